package dev.holdfast.client.apache4;

import dev.holdfast.exchange.LibraryObjects;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.http.HttpHost;
import org.apache.http.params.HttpParams;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parameters of a client or a request ({@code HttpParams}), which all versions have and the newest ones still
 * heed. Of a name that is not known nobody can say what it is for.
 */
final class Parameters {
    private static final LibraryObjects OBJECTS = ClientParts.OBJECTS;
    private static final int DEEPEST = 8;

    private static final String DEFAULT_HEADERS = "http.default-headers";
    private static final String DEFAULT_PROXY = "http.route.default-proxy";

    private static final String LOCAL_ADDRESS = "http.route.local-address";

    private static final Set<String> TABLES = Set.of("params.BasicHttpParams", "params.SyncBasicHttpParams");

    /** Parameters that are others, one before the other: the fields that have them, in the library's order. */
    private static final Map<String, List<String>> STACKS = Map.of(
            "params.DefaultedHttpParams", List.of("local", "defaults"),
            "impl.client.ClientParamsStack",
                    List.of("overrideParams", "requestParams", "clientParams", "applicationParams"));

    /** Parameters by which no user is told from another, and no origin. */
    private static final Set<String> HARMLESS = Set.of(
            "http.conn-manager.max-per-route",
            "http.conn-manager.max-total",
            "http.conn-manager.timeout",
            "http.connection.max-header-count",
            "http.connection.max-line-length",
            "http.connection.stalecheck",
            "http.connection.timeout",
            "http.protocol.content-charset",
            "http.protocol.cookie-policy",
            "http.protocol.element-charset",
            "http.protocol.expect-continue",
            "http.protocol.handle-redirects",
            "http.protocol.max-redirects",
            "http.protocol.reject-relative-redirect",
            "http.protocol.strict-transfer-encoding",
            "http.protocol.version",
            "http.protocol.wait-for-continue",
            "http.socket.buffer-size",
            "http.socket.keepalive",
            "http.socket.linger",
            "http.socket.reuseaddr",
            "http.socket.timeout",
            "http.tcp.nodelay",
            "http.useragent");

    private Parameters() {}

    /**
     * Says what parameters tell of who asks, and through which proxy.
     *
     * @param parameters null: there are none
     * @return empty: nothing; null: it is not known
     */
    static @Nullable String text(@Nullable Object parameters) throws NoSuchFieldException {
        StringBuilder text = new StringBuilder();
        return add(parameters, text, 0) ? text.toString() : null;
    }

    /** Copies the proxy, the address of this machine, and what is harmless. */
    @SuppressWarnings("deprecation") // what all versions have
    static void copyHarmless(HttpParams from, HttpParams to) {
        for (String name : HARMLESS) {
            copy(name, from, to);
        }
        copy(DEFAULT_PROXY, from, to);
        copy(LOCAL_ADDRESS, from, to);
    }

    @SuppressWarnings("deprecation") // what all versions have
    private static void copy(String name, HttpParams from, HttpParams to) {
        Object value = from.getParameter(name);
        if (value != null) {
            HttpParams unused = to.setParameter(name, value);
        }
    }

    private static boolean add(@Nullable Object parameters, StringBuilder text, int depth) throws NoSuchFieldException {
        if (parameters == null) {
            return true;
        }
        String type = OBJECTS.nameOf(parameters);
        if (TABLES.contains(type)) {
            return OBJECTS.field(parameters, "parameters") instanceof Map<?, ?> table && add(table, text);
        }
        List<String> stack = STACKS.get(type);
        if (stack == null || depth == DEEPEST) {
            return false;
        }
        for (String field : stack) {
            if (!add(OBJECTS.field(parameters, field), text, depth + 1)) {
                return false;
            }
        }
        return true;
    }

    private static boolean add(Map<?, ?> table, StringBuilder text) {
        for (Map.Entry<?, ?> parameter : table.entrySet()) {
            String name = String.valueOf(parameter.getKey());
            Object value = parameter.getValue();
            if (value == null || HARMLESS.contains(name)) {
                continue;
            }
            if (name.equals(DEFAULT_HEADERS)) {
                text.append(" headers ").append(value);
            } else if (name.equals(DEFAULT_PROXY) && value instanceof HttpHost proxy) {
                text.append(" proxy ").append(proxy.toURI());
            } else {
                return false;
            }
        }
        return true;
    }
}
