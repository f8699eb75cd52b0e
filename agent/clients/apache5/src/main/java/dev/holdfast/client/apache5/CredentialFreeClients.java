package dev.holdfast.client.apache5;

import dev.holdfast.exchange.LibraryObjects;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import org.apache.hc.client5.http.config.Configurable;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.BasicHttpClientConnectionManager;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.routing.HttpRoutePlanner;
import org.apache.hc.core5.function.Resolver;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Makes the clients for requests to an alternate origin that must not carry credentials. The program's own client
 * cannot be used: its interceptors, default headers, cookies and credentials are its own to add. Such a client finds
 * the way as the program's does, by its route planner, proxy, sockets and TLS.
 *
 * <p>One for each request: its only connection is closed with the response, since one that was kept may turn out to be
 * closed, and this client sends nothing again; and it takes none from the program's pool, all of which may be held by
 * calls that wait for their fallback.
 */
final class CredentialFreeClients {
    private static final LibraryObjects OBJECTS = ClientParts.OBJECTS;

    private static final String CONTEXT_CONFIG = "http.request-config";

    /** The settings of connections: those of one manager have the same names as those of another. */
    private static final List<String> SETTINGS = List.of("SocketConfig", "ConnectionConfig", "TlsConfig");

    private CredentialFreeClients() {}

    /**
     * A client without a user.
     *
     * @param client the program's
     * @param request the program's, whose configuration may name a proxy
     * @param context the program's, which may have a configuration, too; null: there is none
     */
    static CloseableHttpClient like(
            CloseableHttpClient client, ClassicHttpRequest request, @Nullable HttpContext context) {
        HttpClientBuilder builder = HttpClientBuilder.create()
                .disableAuthCaching()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableRedirectHandling()
                .setConnectionReuseStrategy((sent, response, used) -> false);
        RequestConfig config = config(client, request, context);
        if (config != null) {
            builder.setDefaultRequestConfig(RequestConfig.copy(config)
                    .setAuthenticationEnabled(false)
                    .setRedirectsEnabled(false)
                    .build());
        }
        if (part(client, "routePlanner") instanceof HttpRoutePlanner planner) {
            builder.setRoutePlanner(planner);
        }
        Object manager = part(client, "connManager");
        if (manager != null && part(manager, "connectionOperator") instanceof HttpClientConnectionOperator operator) {
            builder.setConnectionManager(like(manager, operator));
        }
        return builder.build();
    }

    /** The configuration of a request, as the library chooses it: its own, that of its context, of the client. */
    static @Nullable RequestConfig config(
            CloseableHttpClient client, ClassicHttpRequest request, @Nullable HttpContext context) {
        RequestConfig own = request instanceof Configurable configurable ? configurable.getConfig() : null;
        if (own == null && context != null) {
            Object field = part(context, "requestConfig"); // since 5.4 it is no attribute
            if ((field == null ? context.getAttribute(CONTEXT_CONFIG) : field) instanceof RequestConfig config) {
                return config;
            }
        }
        return own != null ? own : client instanceof Configurable configurable ? configurable.getConfig() : null;
    }

    private static BasicHttpClientConnectionManager like(Object manager, HttpClientConnectionOperator operator) {
        BasicHttpClientConnectionManager made = new BasicHttpClientConnectionManager(operator, null);
        for (String setting : SETTINGS) {
            Object value = setting(manager, setting);
            if (value != null) {
                set(made, setting, value);
            }
        }
        return made;
    }

    /** A setting that holds for all routes; null: there is none, or it depends on the route. */
    private static @Nullable Object setting(Object manager, String setting) {
        String field = setting.substring(0, 1).toLowerCase(Locale.ROOT) + setting.substring(1);
        // A resolver of the library's own gives the one value that it was made for.
        if (part(manager, field + "Resolver") instanceof Resolver<?, ?> resolver && OBJECTS.has(resolver)) {
            return resolver.resolve(null);
        }
        Object value = part(manager, field);
        return value == null ? part(manager, "default" + setting) : value;
    }

    /** Two of the settings came with 5.2. */
    private static void set(BasicHttpClientConnectionManager made, String setting, Object value) {
        for (Method method : BasicHttpClientConnectionManager.class.getMethods()) {
            if (method.getName().equals("set" + setting)) {
                try {
                    method.invoke(made, value);
                } catch (IllegalAccessException | InvocationTargetException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private static @Nullable Object part(Object object, String field) {
        try {
            return OBJECTS.hasField(object, field) ? OBJECTS.field(object, field) : null;
        } catch (NoSuchFieldException e) {
            return null;
        }
    }
}
