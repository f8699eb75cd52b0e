package dev.holdfast.client.jdkhttp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;

/**
 * A request of a class of its own, which can be what the JDK's builder does not make: any method, with no publisher.
 */
class OwnRequest extends HttpRequest {
    private final HttpRequest of;
    private final String method;

    OwnRequest(String method, HttpRequest of) {
        this.of = of;
        this.method = method;
    }

    @Override
    public Optional<BodyPublisher> bodyPublisher() {
        return Optional.empty();
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public Optional<Duration> timeout() {
        return of.timeout();
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
}
