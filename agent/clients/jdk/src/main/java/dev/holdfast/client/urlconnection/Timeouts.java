package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Privileges;
import dev.holdfast.call.Step;
import java.net.HttpURLConnection;
import java.util.concurrent.TimeUnit;

/**
 * A connection's own two timeouts: what the application set, which stays in view, and what an attempt's time makes of
 * that. Where nothing is set, the JDK's properties for it hold; a longer time of a policy's must not take their place,
 * and the connection does not show them.
 *
 * <p>Only the connect timeout is shortened. A socket keeps its read timeout when the attempt is over: it would cut
 * streams that the application reads later, and an https connection waits that long for its peer when it is closed.
 * That an attempt ends in time while it waits for a response is the {@link Watchdog}'s part.
 */
final class Timeouts {
    /** The JDK's default in milliseconds, 0 for none. Read once, as the JDK does. */
    private static final int DEFAULT_CONNECT = property("sun.net.client.defaultConnectTimeout");

    private static final int DEFAULT_READ = property("sun.net.client.defaultReadTimeout");

    private int connect;
    private int read;
    private boolean connectIsSet;
    private boolean readIsSet;
    private boolean shortened;

    private static int property(String name) {
        return Privileges.withOwnPrivileges(() -> Integer.getInteger(name, 0));
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

    /** Returns the read timeout without a policy, in milliseconds, 0 for no limit. */
    synchronized int read() {
        return readIsSet ? read : DEFAULT_READ;
    }

    /** Sets the connect timeout of a connection to what an attempt may take, where it is not shorter. */
    synchronized void shorten(HttpURLConnection connection, Step.Send send) {
        if (send.timeoutNanos() == Long.MAX_VALUE) {
            return;
        }
        shortened = true;
        connection.setConnectTimeout(shorter(connectIsSet ? connect : DEFAULT_CONNECT, send.timeoutNanos()));
    }

    /**
     * The shorter one of two times, in milliseconds.
     *
     * @param millis 0 for no limit
     * @param nanos counts as a millisecond at least
     */
    static int shorter(int millis, long nanos) {
        int ours = (int) Math.min(Integer.MAX_VALUE, Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
        return millis <= 0 ? ours : Math.min(millis, ours);
    }
}
