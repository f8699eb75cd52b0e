package dev.holdfast.client.jdkhttp;

import java.net.http.HttpClient;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * For each client of the application that adds credentials of its own, by an authenticator or from a cookie store, one like
 * it that does not: for requests to another origin, where they are to stay behind. Made when first needed, and gone with the
 * client that it stands for. Thread-safe.
 */
final class BareClients {
    private static final Map<HttpClient, HttpClient> BARE = Collections.synchronizedMap(new WeakHashMap<>());

    private BareClients() {}

    /** A client without credentials: the given one where it has none. */
    static HttpClient of(HttpClient client) {
        return client.authenticator().isEmpty() && client.cookieHandler().isEmpty()
                ? client
                : BARE.computeIfAbsent(client, BareClients::make);
    }

    private static HttpClient make(HttpClient client) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(client.version())
                .followRedirects(client.followRedirects())
                .sslContext(client.sslContext())
                .sslParameters(client.sslParameters());
        client.connectTimeout().ifPresent(builder::connectTimeout);
        client.executor().ifPresent(builder::executor);
        client.proxy().ifPresent(builder::proxy);
        return builder.build();
    }
}
