package dev.holdfast.contract;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A call as an application would make it, in words that every {@link Style} can translate.
 *
 * @param uri where to
 * @param method the method
 * @param headers its headers
 * @param body the body, null for none
 * @param publisher makes the body publisher of a {@code java.net.http} style in place of the plain one
 * @param connectTimeout zero for none
 * @param readTimeout zero for none: {@code HttpRequest.timeout} or {@code setReadTimeout}
 * @param followRedirects whether redirects are followed
 */
record Call(
        URI uri,
        String method,
        Map<String, String> headers,
        byte @Nullable [] body,
        @Nullable Supplier<BodyPublisher> publisher,
        Duration connectTimeout,
        Duration readTimeout,
        boolean followRedirects) {

    static Call of(String method, URI uri) {
        return new Call(uri, method, Map.of(), null, null, Duration.ZERO, Duration.ZERO, false);
    }

    static Call get(URI uri) {
        return of("GET", uri);
    }

    static Call put(URI uri, String body) {
        return of("PUT", uri).body(body);
    }

    static Call post(URI uri, String body) {
        return of("POST", uri).body(body);
    }

    Call body(String text) {
        return body(text.getBytes(StandardCharsets.UTF_8));
    }

    Call body(byte[] bytes) {
        return new Call(uri, method, headers, bytes, publisher, connectTimeout, readTimeout, followRedirects);
    }

    Call publisher(Supplier<BodyPublisher> supplier) {
        return new Call(uri, method, headers, body, supplier, connectTimeout, readTimeout, followRedirects);
    }

    Call header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Call(uri, method, more, body, publisher, connectTimeout, readTimeout, followRedirects);
    }

    Call connectTimeout(Duration time) {
        return new Call(uri, method, headers, body, publisher, time, readTimeout, followRedirects);
    }

    Call readTimeout(Duration time) {
        return new Call(uri, method, headers, body, publisher, connectTimeout, time, followRedirects);
    }

    Call following() {
        return new Call(uri, method, headers, body, publisher, connectTimeout, readTimeout, true);
    }

    /** The same call of another place. */
    Call at(URI other) {
        return new Call(other, method, headers, body, publisher, connectTimeout, readTimeout, followRedirects);
    }
}
