package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The application's request, with something else in place of what Holdfast has to change. */
class AttemptRequestTest {
    private static final URI PLACE = URI.create("http://127.0.0.1/");

    private final AtomicInteger span = new AtomicInteger();

    /**
     * A request as a tracing agent leaves it: it adds a header of the current span whenever the headers are asked for.
     */
    private final HttpRequest traced =
            new OwnRequest(
                    "GET", HttpRequest.newBuilder(PLACE).header("Cookie", "a=b").build()) {
                @Override
                public HttpHeaders headers() {
                    return HttpHeaders.of(
                            Map.of("Cookie", List.of("a=b"), "traceparent", List.of("span-" + span.get())),
                            (name, value) -> true);
                }
            };

    @Test
    void itsHeadersAreThoseOfTheMomentInWhichTheClientAsks() {
        HttpRequest attempt = AttemptRequest.of(traced, null, Duration.ofSeconds(1));
        span.set(7);
        assertThat(attempt.headers().map())
                .containsEntry("traceparent", List.of("span-7"))
                .containsKey("Cookie");
    }

    /** It adds its header in the JDK's classes only, and behind the choice among the application's headers. */
    @Test
    void elsewhereARequestOfTheJdkStaysOne() {
        HttpRequest built = HttpRequest.newBuilder(PLACE)
                .method("PUT", BodyPublishers.ofString("a"))
                .header("Cookie", "a=b")
                .header("Accept", "text/a")
                .header("Accept", "text/b")
                .version(Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(9))
                .expectContinue(true)
                .build();
        HttpRequest attempt = AttemptRequest.toAlternateOrigin(
                built, PLACE.resolve("/other"), name -> !name.equals("Cookie"), null, Duration.ofSeconds(1));
        assertThat(attempt).isInstanceOf(built.getClass());
        assertThat(attempt.uri()).isEqualTo(PLACE.resolve("/other"));
        assertThat(attempt.method()).isEqualTo("PUT");
        assertThat(attempt.headers().map()).containsExactly(Map.entry("Accept", List.of("text/a", "text/b")));
        assertThat(attempt.bodyPublisher()).isEqualTo(built.bodyPublisher());
        assertThat(attempt.version()).contains(Version.HTTP_1_1);
        assertThat(attempt.timeout()).contains(Duration.ofSeconds(1));
        assertThat(attempt.expectContinue()).isTrue();
    }

    @Test
    void elsewhereTooButForThoseThatDoNotGoAlong() {
        HttpRequest attempt = AttemptRequest.toAlternateOrigin(
                traced, PLACE.resolve("/other"), name -> !name.equals("Cookie"), null, null);
        span.set(7);
        assertThat(attempt.headers().map()).containsExactly(Map.entry("traceparent", List.of("span-7")));
    }
}
