package java.net;

import java.io.IOException;

/**
 * The way from a woven JDK method into Holdfast. The one class of Holdfast that lives in {@code java.base}: the agent
 * defines it there at run time, so that {@code java.net} and {@code java.net.http} can link to it without anything being
 * appended to the boot class path (which prints a warning and costs the application its shared class archive).
 *
 * <p>Its signatures speak of {@link Object} where {@code java.net.http} types are meant: this class sits on the boot
 * loader and cannot see them. Thread-safe; the hook is set once, before the first woven class is defined.
 */
public abstract class HoldfastBridge {
    private static volatile HoldfastBridge hook;

    /** For the agent's one implementation. */
    protected HoldfastBridge() {}

    /**
     * Sets the implementation that all woven methods lead to.
     *
     * @param implementation the agent's hook
     */
    public static void install(HoldfastBridge implementation) {
        hook = implementation;
    }

    /**
     * Stands at the head of {@code HttpClientFacade.send}.
     *
     * @param client the facade
     * @param request the {@code HttpRequest}
     * @param handler the {@code HttpResponse.BodyHandler}
     * @return the response to return, or null: run the original body
     * @throws IOException what the call ended in
     * @throws InterruptedException if the caller was interrupted
     */
    public static Object send(Object client, Object request, Object handler) throws IOException, InterruptedException {
        HoldfastBridge h = hook;
        return h == null ? null : h.onSend(client, request, handler);
    }

    /**
     * Stands at the head of both {@code HttpClientFacade.sendAsync}.
     *
     * @param client the facade
     * @param request the {@code HttpRequest}
     * @param handler the {@code HttpResponse.BodyHandler}
     * @param pushPromises the {@code PushPromiseHandler}, or null
     * @return the future to return, or null: run the original body
     */
    public static Object sendAsync(Object client, Object request, Object handler, Object pushPromises) {
        HoldfastBridge h = hook;
        return h == null ? null : h.onSendAsync(client, request, handler, pushPromises);
    }

    /**
     * Stands at each return of {@code Handler.openConnection(URL, Proxy)} of http and https.
     *
     * @param connection what the JDK made
     * @param url the URL that was opened
     * @param proxy the proxy that was asked for, or null
     * @return the connection to hand to the application; {@code connection} itself where no policy applies
     */
    public static URLConnection opened(URLConnection connection, URL url, Proxy proxy) {
        HoldfastBridge h = hook;
        return h == null ? connection : h.onOpened(connection, url, proxy);
    }

    /**
     * Stands behind the one call inside the JDK that needs the JDK's own connection class
     * ({@code HttpConnectSocketImpl}).
     *
     * @param connection a connection, perhaps Holdfast's
     * @return the JDK's own connection behind it
     */
    public static URLConnection unwrap(URLConnection connection) {
        HoldfastBridge h = hook;
        return h == null ? connection : h.onUnwrap(connection);
    }

    /**
     * Sets the request method that {@code setRequestMethod} refuses, as client libraries do by reflection for PATCH. Behind
     * an https connection of the JDK's stands another one that does the talking.
     *
     * @param connection a connection of the JDK's that was not connected yet
     * @param method the method
     */
    public static void setMethod(HttpURLConnection connection, String method) {
        connection.method = method;
        try {
            java.lang.reflect.Field field = connection.getClass().getDeclaredField("delegate");
            field.setAccessible(true);
            if (field.get(connection) instanceof HttpURLConnection inner) {
                inner.method = method;
            }
        } catch (NoSuchFieldException e) {
            // An http connection: it talks itself.
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** See {@link #send}. */
    protected abstract Object onSend(Object client, Object request, Object handler)
            throws IOException, InterruptedException;

    /** See {@link #sendAsync}. */
    protected abstract Object onSendAsync(Object client, Object request, Object handler, Object pushPromises);

    /** See {@link #opened}. */
    protected abstract URLConnection onOpened(URLConnection connection, URL url, Proxy proxy);

    /** See {@link #unwrap}. */
    protected abstract URLConnection onUnwrap(URLConnection connection);
}
