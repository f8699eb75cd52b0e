package dev.holdfast.weave;

import java.net.CookieHandler;
import java.net.HttpURLConnection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What only code inside {@code java.base} can do with a connection of the JDK's. Leads through the bridge, which no
 * application can reach.
 */
public final class ConnectionAccess {
    private ConnectionAccess() {}

    /**
     * Sets the request method that {@code setRequestMethod} refuses, such as PATCH.
     *
     * @param connection a connection of the JDK's that was not connected yet
     * @param method the method
     * @throws IllegalArgumentException if the method is not a token
     */
    public static void setMethod(HttpURLConnection connection, String method) {
        Dispatcher.setRequestMethod(connection, method);
    }

    /**
     * The status that a connection has noted, without asking it: its own {@code getResponseCode} begins an exchange
     * where it has noted none.
     *
     * @param connection a connection of the JDK's
     * @return -1: none
     */
    public static int statusOf(HttpURLConnection connection) {
        return Dispatcher.notedStatus(connection);
    }

    /**
     * The headers of the response that a connection has noted, without asking it: its own {@code getHeaderFields}
     * begins an exchange where it has completed none.
     *
     * @param connection a connection of the JDK's
     * @return lists of values by name, the status line under null; empty: none
     */
    public static Map<?, ?> headersOf(HttpURLConnection connection) {
        return Dispatcher.notedHeaders(connection);
    }

    /**
     * The cookie handler that a connection took from the JVM when it was made.
     *
     * @param connection a connection of the JDK's
     * @return null: there was none
     */
    public static @Nullable CookieHandler cookieHandler(HttpURLConnection connection) {
        return Dispatcher.capturedCookieHandler(connection);
    }

    /**
     * Gives a connection the cookie handler and the response cache that another one took from the JVM when it was made.
     *
     * @param from a connection of the JDK's
     * @param to a connection of the JDK's that was not connected yet
     */
    public static void copyCaptured(HttpURLConnection from, HttpURLConnection to) {
        Dispatcher.copyCapturedHandlers(from, to);
    }

    /**
     * Sets the time that a read from a connection's open socket may take.
     *
     * @param connection a connection of the JDK's that has the head of a response, and not its whole body: the socket
     *     of another one may serve another request already
     * @param millis 0 for no limit
     */
    public static void setSocketTimeout(HttpURLConnection connection, int millis) {
        Dispatcher.setOpenSocketTimeout(connection, millis);
    }
}
