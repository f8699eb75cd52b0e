package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.Observer;
import dev.holdfast.policy.Fallbacks;
import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The client as a tracing agent leaves it, without one: each request has a span, which begins when the client is given
 * the request, puts its header into the JDK's own classes of requests, and ends in a stage behind the client's future,
 * in whose place the agent hands out one of its own. A future that somebody else ends first never ends its span.
 */
@Timeout(30)
class TracedClientTest {
    private static final HttpRequest BUILT =
            HttpRequest.newBuilder(URI.create("http://127.0.0.1/")).build();

    private final TracedClient traced = new TracedClient();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theClientEndsAnAttemptWhoseFutureTheApplicationCancels(boolean itself) {
        WovenClient client = new WovenClient(traced, TestPolicy.QUICK);
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(200).held());
            CompletableFuture<HttpResponse<String>> call = client.sendAsync(get(server), BodyHandlers.ofString());
            server.awaitRequests(1);
            boolean unused = (itself ? call : call.thenApply(HttpResponse::body)).cancel(true);
            traced.awaitEnds(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theClientEndsTheHedgedAttemptThatLost(boolean async) throws Exception {
        WovenClient client = new WovenClient(hedged(), traced, Observer.NONE);
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(
                    ScriptedResponse.respond(200, "slow").held(),
                    ScriptedResponse.respond(200, "quick").held());
            CompletableFuture<String> end = new CompletableFuture<>();
            Thread application = new Thread(() -> end.complete(CallEnd.inTime(() ->
                    client.call(async, get(server), BodyHandlers.ofString()).body())));
            application.start();
            server.awaitRequests(2);
            server.release();
            assertThat(end.get()).matches("gave (slow|quick)");
            traced.awaitEnds(2);
        }
    }

    @Test
    void theClientEndsBothHedgedAttemptsOfACallThatIsInterrupted() {
        WovenClient client = new WovenClient(hedged(), traced, Observer.NONE);
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(200).held());
            AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
            Thread application = new Thread(() -> {
                try {
                    client.send(get(server), BodyHandlers.ofString());
                } catch (Exception e) {
                    thrown.set(e);
                }
            });
            application.start();
            server.awaitRequests(2);
            application.interrupt();
            traced.awaitEnds(2);
            Awaitility.await().until(() -> thrown.get() instanceof InterruptedException);
        }
    }

    @Test
    void theClientEndsTheRequestToAnotherOriginOfACallThatIsCancelled() {
        try (ScriptedServer server = ScriptedServer.http();
                ScriptedServer other = ScriptedServer.http("127.0.0.3")) {
            WovenClient client = degraded(other);
            server.otherwise(ScriptedResponse.respond(503));
            other.otherwise(ScriptedResponse.respond(200).held());
            CompletableFuture<HttpResponse<String>> call = client.sendAsync(get(server), BodyHandlers.ofString());
            other.awaitRequests(1);
            boolean unused = call.cancel(true);
            traced.awaitEnds(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theRequestToAnotherOriginTakesTheHeaderOfItsSpanAndNotWhatTheApplicationHas(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http();
                ScriptedServer other = ScriptedServer.http("127.0.0.3")) {
            WovenClient client = degraded(other);
            server.otherwise(ScriptedResponse.respond(503));
            HttpRequest request = HttpRequest.newBuilder(server.uri("/a"))
                    .header("traceparent", "the application's")
                    .header("X-Tenant", "9")
                    .header("Accept", "text/a")
                    .build();
            assertThat(client.call(async, request, BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
            traced.awaitEnds(2);
            assertThat(traced.sent).hasSize(2).allMatch(sent -> sent.getClass() == BUILT.getClass());
            assertThat(other.requests()).singleElement().satisfies(received -> {
                assertThat(received.target()).isEqualTo("/a");
                assertThat(received.header("Accept")).contains("text/a");
                assertThat(received.header("X-Tenant")).isEmpty();
                assertThat(received.header("traceparent")).isEmpty();
            });
            assertThat(server.requests()).extracting(ReceivedRequest::target).containsExactly("/a");
        }
    }

    private WovenClient degraded(ScriptedServer other) {
        return new WovenClient(
                traced,
                TestPolicy.QUICK.maxRetries(0),
                Fallbacks.degraded(other.uri("").toString()));
    }

    private static Policy hedged() {
        return Policies.retry()
                .hedge(new HedgePolicy(true, TimeUnit.MILLISECONDS.toNanos(5)))
                .around(TestPolicy.QUICK.delay(Duration.ofMillis(1)).policy());
    }

    private static HttpRequest get(ScriptedServer server) {
        return HttpRequest.newBuilder(server.uri("/")).build();
    }

    /** The agent's side of a client. */
    private static final class TracedClient extends WovenClient {
        private final List<HttpRequest> sent = new CopyOnWriteArrayList<>();
        private final List<SpanFuture<?>> spans = new CopyOnWriteArrayList<>();

        TracedClient() {
            super(HttpClient.newBuilder().version(Version.HTTP_1_1).build(), null);
        }

        @Override
        public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
                throws IOException, InterruptedException {
            sent.add(request);
            SpanFuture<HttpResponse<T>> span = new SpanFuture<>();
            spans.add(span);
            try {
                return super.send(request, handler);
            } finally {
                span.end(null, null);
            }
        }

        @Override
        public <T> CompletableFuture<HttpResponse<T>> sendAsync(
                HttpRequest request, BodyHandler<T> handler, @Nullable PushPromiseHandler<T> pushPromises) {
            sent.add(request);
            SpanFuture<HttpResponse<T>> span = new SpanFuture<>();
            spans.add(span);
            span.behind(super.sendAsync(request, handler, pushPromises));
            return span;
        }

        void awaitEnds(int requests) {
            Awaitility.await()
                    .until(() -> spans.size() >= requests && spans.stream().allMatch(span -> span.ended));
            assertThat(spans).hasSize(requests);
            assertThat(spans).extracting(span -> span.endedByOthers).containsOnlyNulls();
        }
    }

    /** The agent's future in place of the client's. */
    private static final class SpanFuture<T> extends CompletableFuture<T> {
        private volatile boolean ended;
        private volatile @Nullable String endedByOthers;
        private volatile @Nullable CompletableFuture<T> clients;

        void behind(CompletableFuture<T> future) {
            clients = future;
            CompletableFuture<?> unused = future.whenComplete(this::end);
        }

        void end(@Nullable T value, @Nullable Throwable error) {
            if (error == null ? super.complete(value) : super.completeExceptionally(error)) {
                ended = true;
            }
        }

        /** Hands a dependent's cancel on to the client, as the client's own futures do. */
        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            CompletableFuture<T> future = clients;
            return new CompletableFuture<>() {
                @Override
                public boolean cancel(boolean interrupt) {
                    return (future == null || future.copy().cancel(interrupt)) && super.cancel(interrupt);
                }
            };
        }

        @Override
        public boolean cancel(boolean interrupt) {
            endedByOthers = "cancel";
            return super.cancel(interrupt);
        }

        @Override
        public boolean complete(T value) {
            endedByOthers = "complete";
            return super.complete(value);
        }

        @Override
        public boolean completeExceptionally(Throwable error) {
            endedByOthers = "completeExceptionally";
            return super.completeExceptionally(error);
        }

        @Override
        public CompletableFuture<T> orTimeout(long time, TimeUnit unit) {
            endedByOthers = "orTimeout";
            return super.orTimeout(time, unit);
        }

        @Override
        public CompletableFuture<T> completeOnTimeout(T value, long time, TimeUnit unit) {
            endedByOthers = "completeOnTimeout";
            return super.completeOnTimeout(value, time, unit);
        }
    }
}
