package dev.holdfast.client.jdkhttp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The application's request with another body publisher or timeout, with the attempt's number, or to another place. It
 * delegates: a copy would refuse what a request of the application's own class may carry (a header that the builder
 * does not take), and costs an allocation per header.
 *
 * <p>Headers above all are asked for when the client asks, and not before: there a tracing agent adds those of the span
 * of this very attempt.
 */
final class AttemptRequest extends HttpRequest {
    /** True on 26 and newer, where a request has options (JEP 517), which a class compiled for 17 cannot pass on. */
    private static final boolean HAS_OPTIONS = Runtime.version().feature() >= 26;

    private final HttpRequest of;
    private final URI uri;
    /** The headers that are forwarded; null: all. */
    private final @Nullable Predicate<String> goesAlong;

    private final @Nullable BodyPublisher publisher;
    private final @Nullable Duration timeout;

    /** The name of a header that is sent beside the application's; null: none. */
    private final @Nullable String counter;

    private final int earlierAttempts;

    private AttemptRequest(
            HttpRequest of,
            URI uri,
            @Nullable Predicate<String> goesAlong,
            @Nullable BodyPublisher publisher,
            @Nullable Duration timeout) {
        this(of, uri, goesAlong, publisher, timeout, null, 0);
    }

    private AttemptRequest(
            HttpRequest of,
            URI uri,
            @Nullable Predicate<String> goesAlong,
            @Nullable BodyPublisher publisher,
            @Nullable Duration timeout,
            @Nullable String counter,
            int earlierAttempts) {
        this.counter = counter;
        this.earlierAttempts = earlierAttempts;
        this.of = of;
        this.uri = uri;
        this.goesAlong = goesAlong;
        this.publisher = publisher;
        this.timeout = timeout;
    }

    /** A request with this publisher and timeout; null: the application's. */
    static HttpRequest of(HttpRequest request, @Nullable BodyPublisher publisher, @Nullable Duration timeout) {
        return HAS_OPTIONS && isBuilt(request)
                ? copy(request, request.uri(), name -> true, publisher, timeout)
                : new AttemptRequest(request, request.uri(), null, publisher, timeout);
    }

    /**
     * A request with one more header.
     *
     * @param counter its name; the request has none of that name
     * @param earlierAttempts its value
     */
    static HttpRequest numbered(HttpRequest request, String counter, int earlierAttempts) {
        return HAS_OPTIONS && isBuilt(request)
                ? HttpRequest.newBuilder(request, (name, value) -> true)
                        .header(counter, Integer.toString(earlierAttempts))
                        .build()
                : new AttemptRequest(request, request.uri(), null, null, null, counter, earlierAttempts);
    }

    /**
     * A request to another place. The application's headers are chosen here, once, and the request is one of the JDK's
     * own wherever the application's is: a tracing agent adds its header when the client asks for the headers, and only
     * in the JDK's classes. To choose among the headers after that would take the agent's for the application's.
     *
     * @param uri where it goes
     * @param goesAlong whether a header of this name goes along
     */
    static HttpRequest toAlternateOrigin(
            HttpRequest request,
            URI uri,
            Predicate<String> goesAlong,
            @Nullable BodyPublisher publisher,
            @Nullable Duration timeout) {
        return isBuilt(request)
                ? copy(request, uri, goesAlong, publisher, timeout)
                : new AttemptRequest(request, uri, goesAlong, publisher, timeout);
    }

    private static boolean isBuilt(HttpRequest request) {
        return request.getClass().getName().startsWith("jdk.internal.net.http.");
    }

    private static HttpRequest copy(
            HttpRequest request,
            URI uri,
            Predicate<String> goesAlong,
            @Nullable BodyPublisher publisher,
            @Nullable Duration timeout) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(request, (name, value) -> goesAlong.test(name))
                .uri(uri);
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
        return uri;
    }

    @Override
    public Optional<HttpClient.Version> version() {
        return of.version();
    }

    @Override
    public HttpHeaders headers() {
        if (counter != null) {
            Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            all.putAll(of.headers().map());
            all.put(counter, List.of(Integer.toString(earlierAttempts)));
            return HttpHeaders.of(all, (name, value) -> true);
        }
        Predicate<String> some = goesAlong;
        return some == null ? of.headers() : HttpHeaders.of(of.headers().map(), (name, value) -> some.test(name));
    }

    @Override
    public String toString() {
        return uri + " " + of.method();
    }
}
