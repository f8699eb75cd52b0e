package sun.net.www;

import java.lang.reflect.Field;
import java.net.CookieHandler;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.HttpsURLConnection;

/**
 * The state of a connection of the JDK's that only code inside {@code java.base} can see and set. The agent defines it
 * there beside {@link HoldfastBridge}, where what is said of who can reach it holds for this class too. Thread-safe.
 */
public abstract class HoldfastConnection {
    private static final Map<String, Field> FIELDS = new ConcurrentHashMap<>();

    /** The characters besides letters and digits that RFC 9110, section 5.6.2, allows in a token. */
    private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";

    /** Allows the agent's one subclass, which calls the methods below and has no instances. */
    protected HoldfastConnection() {}

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
}
