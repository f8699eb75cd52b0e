package dev.holdfast.client.apache4;

import org.apache.http.client.HttpClient;
import org.apache.http.impl.NoConnectionReuseStrategy;
import org.apache.http.impl.client.DefaultHttpClient;
import org.apache.http.impl.client.DefaultHttpRequestRetryHandler;

/**
 * Makes clients that know nothing of the program's: no cookies, passwords, certificates, interceptors or default
 * headers. One for each request: its only connection is closed with the response.
 */
final class CredentialFreeClients {
    private CredentialFreeClients() {}

    /** The client that all versions have. */
    @SuppressWarnings("deprecation") // what took its place came with 4.3
    static HttpClient create() {
        DefaultHttpClient client = new DefaultHttpClient();
        client.setReuseStrategy(new NoConnectionReuseStrategy());
        // Sent once, and there.
        client.setHttpRequestRetryHandler(new DefaultHttpRequestRetryHandler(0, false));
        client.getParams().setParameter("http.protocol.handle-redirects", false);
        return client;
    }
}
