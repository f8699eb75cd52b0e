package dev.holdfast.client.jdkhttp;

import dev.holdfast.fallback.CallerIdentity;
import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fallback.FallbackStrategies;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/** The caller's identity as the client sends it, beside the request's own headers. */
final class JdkCallerIdentity {
    private JdkCallerIdentity() {}

    /**
     * Returns the caller's identity. Called before the request is sent: the response may set new cookies.
     *
     * @return null: it cannot be known. An {@code Authenticator} may answer with anybody's password, a request of the
     *     application's own class may say other headers when it is sent; see {@link CallerIdentity} for the rest
     */
    static @Nullable Identity identity(HttpClient client, HttpRequest request, FallbackStrategies fallbackStrategies) {
        if (client.authenticator().isPresent() || !isBuilt(request)) {
            return null;
        }
        URI uri = request.uri();
        CallerIdentity caller = new CallerIdentity(fallbackStrategies, "HttpClient", () -> uri)
                .cookies(client.cookieHandler().orElse(null));
        ProxySelector own = client.proxy().orElse(null);
        CallerIdentity unused = own == null ? caller.defaultProxies() : caller.proxies(own);
        return ("https".equalsIgnoreCase(uri.getScheme())
                        ? caller.tls(client.sslContext())
                                .serverNames(client.sslParameters().getServerNames())
                        : caller)
                .identity();
    }

    /**
     * Returns whether its headers are the same whenever they are asked for: a class of the application's may make them
     * each time.
     */
    private static boolean isBuilt(HttpRequest request) {
        return request.getClass().getModule() == HttpRequest.class.getModule();
    }
}
