package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Outcome;
import dev.holdfast.call.Step;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** What is done with one connection of the JDK's: make it send, ask it what it got, let go of it. */
final class Talk {
    private Talk() {}

    /**
     * Sends the request and waits for the response's head.
     *
     * @param connection on which the application wrote the body itself, if the attempt is the first
     * @param recipe what to send
     * @param send which attempt
     * @param watchdog watches over its time
     * @return what the JDK threw, null: nothing; with some statuses, there are both an exception and a head
     */
    static @Nullable Exception send(HttpURLConnection connection, Recipe recipe, Step.Send send, Watchdog watchdog) {
        try {
            Upload upload = recipe.upload();
            if (send.attempt() > 1 && upload != null) {
                upload.replayTo(connection.getOutputStream());
            }
            connection.getInputStream();
            return null;
        } catch (IOException | RuntimeException e) {
            return watchdog.barked() ? timedOut(e) : e;
        }
    }

    /** What an attempt ends in whose time was up. */
    static SocketTimeoutException timedOut(Exception cause) {
        SocketTimeoutException timeout = new SocketTimeoutException("Read timed out");
        timeout.initCause(cause);
        return timeout;
    }

    /** The status that a connection got, -1: no head arrived. */
    static int status(HttpURLConnection connection) {
        try {
            return connection.getHeaderField(0) == null ? -1 : connection.getResponseCode();
        } catch (IOException | RuntimeException e) {
            return -1;
        }
    }

    /**
     * How many bytes the body of an answer is to have. Not always what its {@code Content-Length} says: an answer to HEAD, a
     * 204 or a 304 has none, whatever it would have been (RFC 9110, 8.6), and chunks tell their own end (RFC 9112, 6.3).
     *
     * @param connection that got the answer's head
     * @param method what was sent
     * @return -1: that will be seen
     */
    static long bodyLength(HttpURLConnection connection, String method) {
        int status = status(connection);
        if (method.equals("HEAD") || status == 204 || status == 304) {
            return 0;
        }
        return "chunked".equalsIgnoreCase(connection.getHeaderField("Transfer-Encoding"))
                ? -1
                : connection.getContentLengthLong();
    }

    /** Lets go of a response that nobody will read. The JDK drains what is left of a short body, to use the connection again. */
    static void discard(HttpURLConnection connection, @Nullable Exception raised) {
        try {
            InputStream rest = raised == null ? connection.getInputStream() : connection.getErrorStream();
            if (rest != null) {
                rest.close();
                return;
            }
        } catch (IOException | RuntimeException e) {
            // It breaks while nobody wants it.
        }
        connection.disconnect();
    }

    /** The head of a response, asked only while its attempt is the current one. */
    record Head(HttpURLConnection connection, int status) implements Outcome.Response {
        @Override
        public @Nullable String header(String name) {
            return connection.getHeaderField(name);
        }
    }
}
