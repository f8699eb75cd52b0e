package dev.holdfast.client.jdkhttp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A response that the client did not make itself.
 *
 * @param <T> the application's body type
 */
record SyntheticResponse<T>(
        int statusCode,
        HttpRequest request,
        Optional<HttpResponse<T>> previousResponse,
        HttpHeaders headers,
        @Nullable T body,
        Optional<SSLSession> sslSession,
        URI uri,
        HttpClient.Version version)
        implements HttpResponse<T> {

    /** One of the client's, with another body. */
    static <T> HttpResponse<T> of(HttpResponse<T> of, @Nullable T body) {
        return new SyntheticResponse<>(
                of.statusCode(),
                of.request(),
                of.previousResponse(),
                of.headers(),
                body,
                of.sslSession(),
                of.uri(),
                of.version());
    }

    /** Returns the same text as the client's own response. */
    @Override
    public String toString() {
        return "(" + request.method() + " " + uri + ") " + statusCode;
    }
}
