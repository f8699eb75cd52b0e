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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * What the client puts on the wire beside the request's own headers, as far as it tells who asks, and what came back.
 */
final class UrlCallerIdentity {
    private static final String NO_NAME = "";

    private UrlCallerIdentity() {}

    /**
     * Who asks. To be found out before the request is sent: the answer may bring new cookies.
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

    /**
     * The headers of an answer, in the order in which they came; names that differ by case only are one. A line that is
     * no header has a value without a name, and ends nothing: what may not be kept is said behind it, too.
     */
    static Map<String, List<String>> headers(Attempt.Head head) {
        Map<String, List<String>> headers = lines(head);
        headers.remove(NO_NAME);
        return headers;
    }

    /**
     * The same with the lines that are no headers, under an empty name: nobody knows what {@code "Vary : *"} was to
     * say.
     */
    static Map<String, List<String>> lines(Attempt.Head head) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        Map<String, List<String>> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; ; i++) {
            String name = head.nameAt(i);
            String value = head.valueAt(i);
            if (value == null) {
                return headers;
            }
            String key = name == null ? NO_NAME : name;
            List<String> values = byName.get(key);
            if (values == null) {
                values = new ArrayList<>(1);
                byName.put(key, values);
                headers.put(key, values);
            }
            values.add(value);
        }
    }
}
