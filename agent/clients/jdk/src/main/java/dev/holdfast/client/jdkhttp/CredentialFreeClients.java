package dev.holdfast.client.jdkhttp;

import java.lang.ref.WeakReference;
import java.net.http.HttpClient;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Copies of clients without credentials: for each client of the application that adds credentials, by an authenticator
 * or from a cookie store, one that does not: for requests to another origin, where they are to stay behind. Made when
 * needed, and gone when no request of its own is under way and the collector comes by. Thread-safe.
 */
final class CredentialFreeClients {
    /**
     * The values weakly too: a client holds the application's executor, through which it may well reach the client that
     * it stands for, and neither would ever be let go.
     */
    private static final Map<HttpClient, WeakReference<HttpClient>> COPIES = new WeakHashMap<>();

    private CredentialFreeClients() {}

    /** A client without credentials: the given one where it has none. */
    static HttpClient of(HttpClient client) {
        if (client.authenticator().isEmpty() && client.cookieHandler().isEmpty()) {
            return client;
        }
        synchronized (COPIES) {
            WeakReference<HttpClient> known = COPIES.get(client);
            HttpClient bare = known == null ? null : known.get();
            if (bare == null) {
                bare = make(client);
                COPIES.put(client, new WeakReference<>(bare));
            }
            return bare;
        }
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
