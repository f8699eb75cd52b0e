package dev.holdfast.client.apache5;

import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The client for requests to an alternate origin that must not carry credentials. The program's own client cannot be
 * used: its interceptors, default headers, cookies, credentials and certificates are its own to add. Made when first
 * needed; trusts what the JVM trusts. Opens a connection for each request: one that was kept may turn out to be closed,
 * and this client sends nothing again. Thread-safe.
 */
final class CredentialFreeClient {
    private @Nullable CloseableHttpClient client;

    /** A client without a user. */
    synchronized CloseableHttpClient get() {
        CloseableHttpClient made = client;
        if (made == null) {
            made = HttpClientBuilder.create()
                    .disableAuthCaching()
                    .disableAutomaticRetries()
                    .disableCookieManagement()
                    .disableRedirectHandling()
                    .setConnectionReuseStrategy((request, response, context) -> false)
                    .build();
            client = made;
        }
        return made;
    }
}
