package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Privileges;
import dev.holdfast.fallback.CallerIdentity;
import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fallback.FallbackStrategies;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.CookieManager;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.util.Map;
import java.util.function.Supplier;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/** The caller's identity as the client sends it, beside the request's own headers. */
final class UrlCallerIdentity {
    private UrlCallerIdentity() {}

    /**
     * Returns the caller's identity. Called before the request is sent: the response may set new cookies.
     *
     * @param proxy what the connection was opened with, null: the JVM's selector chooses
     * @return null: it cannot be known. An {@code Authenticator} may answer with anybody's password, which the JDK
     *     sends again even when the authenticator is gone; see {@link CallerIdentity} for the rest
     */
    static @Nullable Identity identity(
            HttpURLConnection connection,
            @Nullable Proxy proxy,
            Supplier<URI> uri,
            FallbackStrategies fallbackStrategies) {
        if (Privileges.withOwnPrivileges(Authenticator::getDefault) != null) {
            fallbackStrategies.setAuthenticated();
        }
        if (fallbackStrategies.isAuthenticated()) {
            return null;
        }
        CallerIdentity caller = new CallerIdentity(fallbackStrategies, "HttpURLConnection", uri)
                .cookies(CapturedDefaults.cookieHandler(connection));
        if (proxy == null) {
            caller.proxies(Privileges.withOwnPrivileges(ProxySelector::getDefault));
        } else {
            caller.proxy(proxy);
        }
        return (connection instanceof HttpsURLConnection secure ? caller.tls(secure.getSSLSocketFactory()) : caller)
                .identity();
    }

    /**
     * Returns whether a connection's cookie handler would add cookies to a request, as far as that can be known: else
     * it would.
     *
     * @param connection the one before, whose cookie handler a connection to the other origin gets
     */
    static boolean wouldSendCookies(HttpURLConnection connection, URI uri) {
        CookieHandler cookies = CapturedDefaults.cookieHandler(connection);
        if (cookies == null) {
            return false;
        }
        try {
            return cookies.getClass() != CookieManager.class
                    || cookies.get(uri, Map.of()).values().stream().anyMatch(values -> !values.isEmpty());
        } catch (IOException e) {
            return true;
        }
    }
}
