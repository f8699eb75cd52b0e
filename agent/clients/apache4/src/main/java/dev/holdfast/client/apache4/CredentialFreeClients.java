package dev.holdfast.client.apache4;

import dev.holdfast.exchange.LibraryObjects;
import java.util.Set;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.client.HttpClient;
import org.apache.http.impl.NoConnectionReuseStrategy;
import org.apache.http.impl.client.AbstractHttpClient;
import org.apache.http.impl.client.DefaultHttpClient;
import org.apache.http.impl.client.DefaultHttpRequestRetryHandler;
import org.apache.http.impl.conn.SingleClientConnManager;
import org.apache.http.params.BasicHttpParams;
import org.apache.http.params.HttpParams;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Makes the clients for requests to an alternate origin that must not carry credentials: no cookies, passwords,
 * interceptors or default headers of the program's. Such a client finds the way as the program's does, by its route
 * planner, proxy, sockets and TLS.
 *
 * <p>One for each request: its only connection is closed with the response; and it takes none from the program's pool,
 * all of which may be held by calls that wait for their fallback.
 */
@SuppressWarnings("deprecation") // what took its place came with 4.3
final class CredentialFreeClients {
    private static final LibraryObjects OBJECTS = ClientParts.OBJECTS;

    private static final Set<String> BUILT = Set.of("impl.client.InternalHttpClient", "impl.client.MinimalHttpClient");

    private CredentialFreeClients() {}

    /**
     * A client without a user.
     *
     * @param client the program's
     * @param request the program's, whose configuration or parameters may name a proxy
     * @param context the program's, which may have a configuration; null: there is none
     * @param alternate where it sends
     */
    static HttpClient like(HttpClient client, HttpRequest request, @Nullable HttpContext context, HttpHost alternate) {
        if (BUILT.contains(OBJECTS.nameOf(client))) {
            Object manager = part(client, "connManager");
            return BuiltClients.credentialFree(
                    BuiltClients.config(request, context, part(client, "defaultConfig")),
                    part(client, "routePlanner"),
                    manager == null ? null : part(manager, "connectionOperator"));
        }
        HttpParams params = new BasicHttpParams();
        DefaultHttpClient made;
        if (client instanceof AbstractHttpClient old) {
            Parameters.copyHarmless(old.getParams(), params);
            Parameters.copyHarmless(request.getParams(), params);
            ForcedRoutes.copy(old.getParams(), params, alternate);
            ForcedRoutes.copy(request.getParams(), params, alternate);
            made = new DefaultHttpClient(
                    new SingleClientConnManager(
                            params, old.getConnectionManager().getSchemeRegistry()),
                    params);
            made.setRoutePlanner(old.getRoutePlanner());
        } else {
            made = new DefaultHttpClient();
        }
        made.setReuseStrategy(new NoConnectionReuseStrategy());
        // Sent once, and there.
        made.setHttpRequestRetryHandler(new DefaultHttpRequestRetryHandler(0, false));
        made.getParams().setParameter("http.protocol.handle-redirects", false);
        made.getParams().setParameter("http.protocol.handle-authentication", false);
        return made;
    }

    /** A field of an object; null: it has none. */
    static @Nullable Object part(Object object, String field) {
        try {
            return OBJECTS.hasField(object, field) ? OBJECTS.field(object, field) : null;
        } catch (NoSuchFieldException e) {
            return null;
        }
    }
}
