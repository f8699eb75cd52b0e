package sun.net.www;

import java.io.IOException;
import java.lang.reflect.Field;
import java.net.CookieHandler;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URL;
import java.net.URLConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.HttpsURLConnection;

/**
 * The way from a woven JDK method into Holdfast. The one class of Holdfast that lives in {@code java.base}: the agent
 * defines it there at run time, so that the JDK's own classes can link to it without anything being appended to the
 * boot class path (which prints a warning and costs the application its shared class archive).
 *
 * <p>It stands in a package that {@code java.base} exports to {@code java.net.http} and to no application: code outside
 * the JDK can neither link to it, subclass it nor reflect on it, with or without a security manager. The agent exports
 * the package to its own module when it defines the class. In an exported package, such as {@code java.net}, these
 * methods would be everybody's: any code could read all requests or forge responses.
 *
 * <p>Its signatures speak of {@link Object} where {@code java.net.http} types are meant: this class sits on the boot
 * loader and cannot see them. Thread-safe; the hook is set once, before the first woven class is defined.
 */
public abstract class HoldfastBridge {
    private static final Object INSTALLING = new Object();

    private static final Map<String, Field> FIELDS = new ConcurrentHashMap<>();

    /** The characters besides letters and digits that RFC 9110, section 5.6.2, allows in a token. */
    private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";

    private static boolean installed;
    private static volatile HoldfastBridge hook;

    /** For the agent's one implementation. */
    protected HoldfastBridge() {}

    /**
     * Sets the implementation that all woven methods lead to, for as long as the JVM runs.
     *
     * @param implementation the agent's hook
     * @throws IllegalStateException if one was installed before
     */
    protected static void install(HoldfastBridge implementation) {
        synchronized (INSTALLING) {
            if (installed) {
                throw new IllegalStateException("a hook is installed already");
            }
            installed = true;
            hook = implementation;
        }
    }

    /**
     * Removes the hook: woven methods run as if they were not woven, and no other hook can be installed.
     *
     * @param implementation the hook that is installed; any other one changes nothing
     */
    protected static void uninstall(HoldfastBridge implementation) {
        synchronized (INSTALLING) {
            if (hook == implementation) {
                hook = null;
            }
        }
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
     * Stands at the head of {@code HttpClientFacade.shutdown}, from Java 21 on.
     *
     * @param client the facade
     * @return whether the client is shut down later: do not run the original body
     */
    public static boolean shutdown(Object client) {
        HoldfastBridge h = hook;
        return h != null && h.onShutdown(client);
    }

    /**
     * Stands at the head of {@code HttpClientFacade.shutdownNow}, from Java 21 on.
     *
     * @param client the facade
     * @return false: run the original body
     */
    public static boolean shutdownNow(Object client) {
        HoldfastBridge h = hook;
        return h != null && h.onShutdownNow(client);
    }

    /**
     * Stands at the head of {@code HttpClientFacade.close}, from Java 21 on. Waits for the client's calls.
     *
     * @param client the facade
     * @return false: run the original body
     */
    public static boolean close(Object client) {
        HoldfastBridge h = hook;
        return h != null && h.onClose(client);
    }

    /**
     * Stands behind each exception that {@code Stream.handleReset} makes of a frame.
     *
     * @param error the exception
     * @param publisher the {@code BodyPublisher} of the stream's request, or null
     * @param code why the server reset the stream
     */
    public static void reset(Object error, Object publisher, int code) {
        HoldfastBridge h = hook;
        if (h != null) {
            h.onReset(error, publisher, code);
        }
    }

    /**
     * Stands behind the exception that {@code Http2Connection.handleGoAway} makes of a frame, before Java 24.
     *
     * @param error the exception
     * @param streams the {@code Map} of the connection's streams by their numbers
     * @param last the number of the last one that the server says it may have processed
     * @param publisherOf the {@code MethodHandle} that gives the {@code BodyPublisher} of a stream's request, or null
     */
    public static void goAway(Object error, Object streams, int last, Object publisherOf) {
        HoldfastBridge h = hook;
        if (h != null) {
            h.onGoAway(error, streams, last, publisherOf);
        }
    }

    /**
     * Stands before the failed future that {@code PlainTunnelingConnection} makes where a proxy opened no tunnel.
     *
     * @param error the exception
     * @param proxy the proxy's address
     */
    public static void tunnelFailed(Object error, InetSocketAddress proxy) {
        HoldfastBridge h = hook;
        if (h != null) {
            h.onTunnelFailed(error, proxy);
        }
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
     * Sets the request method that {@code setRequestMethod} refuses, as client libraries do by reflection for PATCH.
     * Behind an https connection of the JDK's stands another one that does the talking.
     *
     * @param connection a connection of the JDK's that was not connected yet
     * @param method the method
     * @throws IllegalArgumentException if the method is not a token (RFC 9110, section 9.1): it would be sent as it is,
     *     and could hold a line end and a second request
     */
    protected static void setMethod(HttpURLConnection connection, String method) {
        if (!isToken(method)) {
            throw new IllegalArgumentException("the method is not a token");
        }
        try {
            Field field = field(connection, "method");
            field.set(connection, method);
            if (delegate(connection) instanceof HttpURLConnection inner) {
                field.set(inner, method);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The status that a connection of the JDK's has noted. Its own {@code getResponseCode} begins an exchange where it
     * has noted none.
     *
     * @param connection a connection of the JDK's
     * @return -1: none
     */
    protected static int responseCode(HttpURLConnection connection) {
        try {
            HttpURLConnection talking = talking(connection);
            return field(talking, "responseCode").getInt(talking);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The headers of the response that a connection of the JDK's has noted. Its own {@code getHeaderFields} begins an
     * exchange where it has completed none.
     *
     * @param connection a connection of the JDK's
     * @return lists of values by name, the status line under null; empty: none
     */
    protected static Map<?, ?> responseHeaders(HttpURLConnection connection) {
        try {
            HttpURLConnection talking = talking(connection);
            Object responses = field(talking, "responses").get(talking);
            return responses == null
                    ? Map.of()
                    : (Map<?, ?>) responses.getClass().getMethod("getHeaders").invoke(responses);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The cookie handler that a connection took from the JVM when it was made, and uses whatever the JVM's is later.
     *
     * @param connection a connection of the JDK's
     * @return null: none
     */
    protected static CookieHandler cookieHandler(HttpURLConnection connection) {
        try {
            HttpURLConnection talking = talking(connection);
            return (CookieHandler) field(talking, "cookieHandler").get(talking);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Gives a connection the cookie handler and the response cache of another one, which took them from the JVM when it
     * was made. There is no public way to set them, and the JVM's own must not be swapped for that: all threads share
     * them.
     *
     * @param from a connection of the JDK's
     * @param to one that was not connected yet
     */
    protected static void copyCaptured(HttpURLConnection from, HttpURLConnection to) {
        try {
            HttpURLConnection source = talking(from);
            HttpURLConnection target = talking(to);
            for (String name : new String[] {"cookieHandler", "cacheHandler"}) {
                Field field = field(target, name);
                Object captured = field.get(source);
                if (field.get(target) != captured) {
                    field.set(target, captured);
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Sets the time that a read from a connection's open socket may take. {@code setReadTimeout} itself comes too late
     * then.
     *
     * @param connection a connection of the JDK's that has the head of a response, and not its whole body: the socket
     *     of another one may serve somebody else already
     * @param millis 0 for no limit
     */
    protected static void setSocketTimeout(HttpURLConnection connection, int millis) {
        try {
            HttpURLConnection talking = talking(connection);
            Object client = field(talking, "http").get(talking);
            if (client != null) {
                client.getClass().getMethod("setReadTimeout", int.class).invoke(client, millis);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpURLConnection talking(HttpURLConnection connection) throws ReflectiveOperationException {
        return delegate(connection) instanceof HttpURLConnection inner ? inner : connection;
    }

    /**
     * Returns a field that the JDK's classes for http and https declare; by its name, for they are internal to the JDK.
     * Looked up once: the JDK copies all fields of a class for each look-up.
     */
    private static Field field(HttpURLConnection of, String name) throws NoSuchFieldException {
        Field known = FIELDS.get(name);
        if (known != null && known.getDeclaringClass().isInstance(of)) {
            return known;
        }
        for (Class<?> at = of.getClass(); at != null; at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    FIELDS.put(name, field);
                    return field;
                }
            }
        }
        throw new NoSuchFieldException(name);
    }

    private static Object delegate(HttpURLConnection connection) throws ReflectiveOperationException {
        if (!(connection instanceof HttpsURLConnection)) {
            return null; // it talks itself
        }
        try {
            return field(connection, "delegate").get(connection);
        } catch (NoSuchFieldException e) {
            return null;
        }
    }

    private static boolean isToken(String text) {
        if (text == null || text.isEmpty()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letterOrDigit = c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
            if (!letterOrDigit && TOKEN_PUNCTUATION.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /** See {@link #send}. */
    protected abstract Object onSend(Object client, Object request, Object handler)
            throws IOException, InterruptedException;

    /** See {@link #sendAsync}. */
    protected abstract Object onSendAsync(Object client, Object request, Object handler, Object pushPromises);

    /** See {@link #shutdown}. */
    protected boolean onShutdown(Object client) {
        return false;
    }

    /** See {@link #shutdownNow}. */
    protected boolean onShutdownNow(Object client) {
        return false;
    }

    /** See {@link #close}. */
    protected boolean onClose(Object client) {
        return false;
    }

    /** See {@link #reset}. */
    protected void onReset(Object error, Object publisher, int code) {}

    /** See {@link #goAway}. */
    protected void onGoAway(Object error, Object streams, int last, Object publisherOf) {}

    /** See {@link #tunnelFailed}. */
    protected void onTunnelFailed(Object error, InetSocketAddress proxy) {}

    /** See {@link #opened}. */
    protected abstract URLConnection onOpened(URLConnection connection, URL url, Proxy proxy);

    /** See {@link #unwrap}. */
    protected abstract URLConnection onUnwrap(URLConnection connection);
}
