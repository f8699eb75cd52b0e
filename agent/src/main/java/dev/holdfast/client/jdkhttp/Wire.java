package dev.holdfast.client.jdkhttp;

import dev.holdfast.fallback.Fallbacks;
import dev.holdfast.fallback.Request.Identity;
import java.io.IOException;
import java.net.CookieHandler;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** What a client puts on the wire beside the request's own headers, as far as it tells who asks. */
final class Wire {
    private Wire() {}

    /**
     * Who asks. To be found out before the request is sent: the answer may bring new cookies.
     *
     * @return null: it cannot be known. An {@code Authenticator} may answer with anybody's password, and a cookie handler
     *     that is not the JDK's is the application's code, which is not called an additional time
     */
    static @Nullable Identity identity(HttpClient client, URI uri, Fallbacks fallbacks) {
        if (client.authenticator().isPresent()) {
            return null;
        }
        String text = "";
        Optional<CookieHandler> cookies = client.cookieHandler();
        if (cookies.isPresent()) {
            if (cookies.get().getClass() != CookieManager.class) {
                return null;
            }
            try {
                List<String> sent = cookies.get().get(uri, Map.of()).get("Cookie");
                text = sent == null || sent.isEmpty() ? "" : "cookies " + sent;
            } catch (IOException e) {
                return null;
            }
        }
        if (!"https".equalsIgnoreCase(uri.getScheme())) {
            return new Identity(text, true);
        }
        SSLContext context = client.sslContext();
        if (!context.getProtocol().equals("Default")) {
            // Its certificates are nobody's business, but another context may have others.
            return new Identity(text + " tls " + fallbacks.nameOf(context), false);
        }
        String store = fallbacks.keyStore();
        return new Identity(store.isEmpty() ? text : text + " keys " + store, true);
    }

    /** Whether how a response came about forbids to keep it: by a password, or by way of what must not be kept. */
    static boolean speaksAgainstKeeping(HttpClient client, HttpResponse<?> response) {
        Optional<? extends HttpResponse<?>> previous = response.previousResponse();
        if (previous.isPresent() && client.cookieHandler().isPresent()) {
            return true; // another place, other cookies
        }
        while (previous.isPresent()) {
            HttpResponse<?> one = previous.get();
            if (one.statusCode() == 401 || one.statusCode() == 407 || saysNoStore(one.headers())) {
                return true;
            }
            previous = one.previousResponse();
        }
        return false;
    }

    private static boolean saysNoStore(HttpHeaders headers) {
        for (String value : headers.allValues("Cache-Control")) {
            String lower = value.toLowerCase(Locale.ROOT);
            if (lower.contains("no-store") || lower.contains("private")) {
                return true;
            }
        }
        return false;
    }
}
