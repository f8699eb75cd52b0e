package dev.holdfast.client.urlconnection;

import java.net.CookieHandler;
import java.net.HttpURLConnection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sun.net.www.HoldfastConnection;

/**
 * Sees and sets the state of a connection of the JDK's, through a class inside {@code java.base} that no application
 * can reach. Cannot be loaded before that was defined, which is when {@link UrlConnectionInstrumentation} makes its
 * adapter.
 */
final class ConnectionAccess extends HoldfastConnection {
    private ConnectionAccess() {}

    /**
     * Sets the request method that {@code setRequestMethod} refuses, such as PATCH.
     *
     * @param connection a connection of the JDK's that was not connected yet
     * @param method the method
     * @throws IllegalArgumentException if the method is not a token
     */
    public static void setMethod(HttpURLConnection connection, String method) {
        HoldfastConnection.setMethod(connection, method);
    }

    /**
     * The status that a connection has noted, without asking it: its own {@code getResponseCode} begins an exchange
     * where it has noted none.
     *
     * @param connection a connection of the JDK's
     * @return -1: none
     */
    public static int statusOf(HttpURLConnection connection) {
        return responseCode(connection);
    }

    /**
     * The headers of the response that a connection has noted, without asking it: its own {@code getHeaderFields}
     * begins an exchange where it has completed none.
     *
     * @param connection a connection of the JDK's
     * @return lists of values by name, the status line under null; empty: none
     */
    public static Map<?, ?> headersOf(HttpURLConnection connection) {
        return responseHeaders(connection);
    }

    /**
     * The cookie handler that a connection took from the JVM when it was made.
     *
     * @param connection a connection of the JDK's
     * @return null: there was none
     */
    public static @Nullable CookieHandler cookieHandler(HttpURLConnection connection) {
        return HoldfastConnection.cookieHandler(connection);
    }

    /**
     * Gives a connection the cookie handler and the response cache that another one took from the JVM when it was made.
     *
     * @param from a connection of the JDK's
     * @param to a connection of the JDK's that was not connected yet
     */
    public static void copyCaptured(HttpURLConnection from, HttpURLConnection to) {
        HoldfastConnection.copyCaptured(from, to);
    }

    /**
     * Sets the time that a read from a connection's open socket may take.
     *
     * @param connection a connection of the JDK's that has the head of a response, and not its whole body: the socket
     *     of another one may serve another request already
     * @param millis 0 for no limit
     */
    public static void setSocketTimeout(HttpURLConnection connection, int millis) {
        HoldfastConnection.setSocketTimeout(connection, millis);
    }
}
