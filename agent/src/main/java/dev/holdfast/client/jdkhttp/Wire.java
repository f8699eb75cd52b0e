package dev.holdfast.client.jdkhttp;

import dev.holdfast.fallback.CallerIdentity;
import dev.holdfast.fallback.Fallbacks;
import dev.holdfast.fallback.Request.Identity;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import org.jspecify.annotations.Nullable;

/** What a client puts on the wire beside the request's own headers, as far as it tells who asks. */
final class Wire {
    private Wire() {}

    /**
     * Who asks. To be found out before the request is sent: the answer may bring new cookies.
     *
     * @return null: it cannot be known. An {@code Authenticator} may answer with anybody's password; see
     *     {@link CallerIdentity} for the rest
     */
    static @Nullable Identity identity(HttpClient client, URI uri, Fallbacks fallbacks) {
        if (client.authenticator().isPresent()) {
            return null;
        }
        CallerIdentity caller = new CallerIdentity(fallbacks, "HttpClient", () -> uri)
                .cookies(client.cookieHandler().orElse(null))
                .proxies(client.proxy().orElseGet(ProxySelector::getDefault));
        return ("https".equalsIgnoreCase(uri.getScheme()) ? caller.tls(client.sslContext()) : caller).identity();
    }
}
