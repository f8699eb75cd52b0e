package dev.holdfast.client.jdkhttp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The application's request with another body publisher or timeout. It delegates, whatever class the application's
 * request is of: a copy would refuse what a class of its own may carry (a header that the builder does not take), and
 * costs an allocation per header.
 */
final class AttemptRequest extends HttpRequest {
    /** From 26 on a request has options (JEP 517), which a class compiled for 17 cannot hand on. */
    private static final boolean HAS_OPTIONS = Runtime.version().feature() >= 26;

    private final HttpRequest of;
    private final @Nullable BodyPublisher publisher;
    private final @Nullable Duration timeout;

    private AttemptRequest(HttpRequest of, @Nullable BodyPublisher publisher, @Nullable Duration timeout) {
        this.of = of;
        this.publisher = publisher;
        this.timeout = timeout;
    }

    /** A request with this publisher and timeout; null: the application's. */
    static HttpRequest of(HttpRequest request, @Nullable BodyPublisher publisher, @Nullable Duration timeout) {
        if (HAS_OPTIONS && request.getClass().getName().startsWith("jdk.internal.net.http.")) {
            return copy(request, publisher, timeout);
        }
        return new AttemptRequest(request, publisher, timeout);
    }

    private static HttpRequest copy(
            HttpRequest request, @Nullable BodyPublisher publisher, @Nullable Duration timeout) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(request, (name, value) -> true);
        if (timeout != null) {
            builder.timeout(timeout);
        }
        if (publisher != null) {
            builder.method(request.method(), publisher);
        }
        return builder.build();
    }

    @Override
    public Optional<BodyPublisher> bodyPublisher() {
        return publisher == null ? of.bodyPublisher() : Optional.of(publisher);
    }

    @Override
    public Optional<Duration> timeout() {
        return timeout == null ? of.timeout() : Optional.of(timeout);
    }

    @Override
    public String method() {
        return of.method();
    }

    @Override
    public boolean expectContinue() {
        return of.expectContinue();
    }

    @Override
    public URI uri() {
        return of.uri();
    }

    @Override
    public Optional<HttpClient.Version> version() {
        return of.version();
    }

    @Override
    public HttpHeaders headers() {
        return of.headers();
    }

    @Override
    public String toString() {
        return of.toString();
    }
}
