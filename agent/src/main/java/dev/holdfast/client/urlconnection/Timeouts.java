package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Rights;
import dev.holdfast.call.Step;
import java.net.HttpURLConnection;
import java.util.concurrent.TimeUnit;

/**
 * A connection's own two timeouts: what the application set, which stays in view, and what an attempt's time makes of that.
 * Where nothing is set, the JDK's properties for it hold; a longer time of a policy's must not take their place, and the
 * connection does not show them.
 */
final class Timeouts {
    /** In milliseconds, 0 for none. Read once, as the JDK does. */
    private static final int DEFAULT_CONNECT = property("sun.net.client.defaultConnectTimeout");

    private static final int DEFAULT_READ = property("sun.net.client.defaultReadTimeout");

    private int connect;
    private int read;
    private boolean connectIsSet;
    private boolean readIsSet;
    private boolean shortened;

    private static int property(String name) {
        return Rights.ours(() -> Integer.getInteger(name, 0));
    }

    /** The application set the connect timeout. */
    synchronized void setConnect(int millis) {
        connect = millis;
        connectIsSet = true;
    }

    /** The application set the read timeout. */
    synchronized void setRead(int millis) {
        read = millis;
        readIsSet = true;
    }

    /** The connect timeout that the application set, whatever a policy made of it. */
    synchronized int connect(HttpURLConnection current) {
        return shortened ? connect : current.getConnectTimeout();
    }

    /** See {@link #connect}. */
    synchronized int read(HttpURLConnection current) {
        return shortened ? read : current.getReadTimeout();
    }

    /** Sets those of a connection to what an attempt may take, where they are not shorter. */
    synchronized void shorten(HttpURLConnection connection, Step.Send send) {
        if (send.timeoutNanos() == Long.MAX_VALUE) {
            return;
        }
        shortened = true;
        int millis = (int) Math.min(Integer.MAX_VALUE, Math.max(1, TimeUnit.NANOSECONDS.toMillis(send.timeoutNanos())));
        connection.setConnectTimeout(shorter(connectIsSet ? connect : DEFAULT_CONNECT, millis));
        connection.setReadTimeout(shorter(readIsSet ? read : DEFAULT_READ, millis));
    }

    private static int shorter(int theirs, int ours) {
        return theirs <= 0 ? ours : Math.min(theirs, ours);
    }
}
