package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Fallbacks;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The application shuts its client's executor down while a call of it waits, or while a further attempt is in flight.
 */
@Timeout(120)
class ExecutorLifeTest {
    private final ExecutorService executor = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "application's");
        thread.setDaemon(true);
        return thread;
    });

    @AfterEach
    void shutDown() {
        executor.shutdownNow();
    }

    private static HttpClient client(Executor executor) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .executor(executor)
                .build();
    }

    private static CompletableFuture<String> inBackground(boolean async, WovenClient client, ScriptedServer server) {
        HttpRequest request = HttpRequest.newBuilder(server.uri("/"))
                .timeout(Duration.ofSeconds(3))
                .build();
        CompletableFuture<String> end = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> end.complete(CallEnd.inTime(() -> {
                    HttpResponse<String> response = client.call(async, request, BodyHandlers.ofString());
                    return response.statusCode() + " " + response.body();
                })),
                "application");
        thread.setDaemon(true);
        thread.start();
        return end;
    }

    /** Long enough for the body of a discarded response to arrive, and well within the wait. */
    private static void pause() {
        Awaitility.await().pollDelay(Duration.ofMillis(200)).until(() -> true);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void duringAWaitTheCallEndsInTheResponseThatWasDiscarded(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(503, "busy"));
            WovenClient client = new WovenClient(client(executor), TestPolicy.QUICK.delay(Duration.ofSeconds(1)));
            CompletableFuture<String> end = inBackground(async, client, server);
            client.awaitDiscarded();
            pause();
            executor.shutdown();
            assertThat(end.get()).isEqualTo("gave 503 busy");
            assertThat(server.requests()).hasSize(1);
            assertThat(client.defects).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void duringAWaitTheCallEndsInTheExceptionThatWasBefore(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.afterRequest(Cut.RESET));
            String without = inBackground(async, new WovenClient(client(executor), null), server)
                    .get();
            int sent = server.requests().size();
            WovenClient client = new WovenClient(client(executor), TestPolicy.QUICK.delay(Duration.ofSeconds(1)));
            CompletableFuture<String> end = inBackground(async, client, server);
            server.awaitRequests(2 * sent);
            Awaitility.await().until(() -> server.open() == 0);
            pause();
            executor.shutdown();
            assertThat(end.get()).isEqualTo(without);
            assertThat(server.requests()).hasSize(2 * sent);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anExecutorThatRefusesTheNextAttemptLeavesTheResponseBefore(boolean async) throws Exception {
        AtomicBoolean refuses = new AtomicBoolean();
        Executor refusing = task -> {
            if (refuses.get()) {
                throw new RejectedExecutionException("saturated");
            }
            executor.execute(task);
        };
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(503, "busy"));
            WovenClient client = new WovenClient(client(refusing), TestPolicy.QUICK.delay(Duration.ofSeconds(1)));
            CompletableFuture<String> end = inBackground(async, client, server);
            client.awaitDiscarded();
            pause();
            refuses.set(true);
            assertThat(end.get()).isEqualTo("gave 503 busy");
            assertThat(server.requests()).hasSize(1);
            assertThat(client.defects).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whileTheNextAttemptIsInFlightTheCallEndsInTheResponseBefore(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(503, "busy")).otherwise(ScriptedResponse.afterRequest(Cut.HANG));
            WovenClient client = new WovenClient(client(executor), TestPolicy.QUICK.delay(Duration.ofMillis(300)));
            CompletableFuture<String> end = inBackground(async, client, server);
            server.awaitRequests(2);
            executor.shutdown();
            assertThat(end.get()).isEqualTo("gave 503 busy");
            assertThat(server.requests()).hasSize(2);
            assertThat(client.defects).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anExecutorThatRefusesWhatTheNextAttemptNeedsEndsTheCall(boolean async) throws Exception {
        AtomicBoolean refuses = new AtomicBoolean();
        Executor refusing = task -> {
            if (refuses.get()) {
                throw new RejectedExecutionException("saturated");
            }
            executor.execute(task);
        };
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(503, "busy"))
                    .otherwise(ScriptedResponse.respond(200, "fine").held());
            WovenClient client = new WovenClient(client(refusing), TestPolicy.QUICK.delay(Duration.ofMillis(300)));
            CompletableFuture<String> end = inBackground(async, client, server);
            server.awaitRequests(2);
            refuses.set(true);
            server.release();
            // On some, the head still gets through to the application's handler: then there is no way back.
            assertThat(end.get())
                    .satisfiesAnyOf(
                            ended -> assertThat(ended).isEqualTo("gave 503 busy"),
                            ended -> assertThat(ended).contains("RejectedExecutionException: saturated"));
            assertThat(server.requests()).hasSize(2);
        }
    }

    /** One that is shut down, and still runs what it was given: as long as it does so, a response can arrive. */
    private static final class Retiring extends AbstractExecutorService {
        private final ExecutorService workers = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "retiring");
            thread.setDaemon(true);
            return thread;
        });
        private volatile boolean shutDown;

        @Override
        public void execute(Runnable task) {
            workers.execute(task);
        }

        @Override
        public void shutdown() {
            shutDown = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            shutDown = true;
            return workers.shutdownNow();
        }

        @Override
        public boolean isShutdown() {
            return shutDown;
        }

        @Override
        public boolean isTerminated() {
            return workers.isTerminated();
        }

        @Override
        public boolean awaitTermination(long time, TimeUnit unit) throws InterruptedException {
            return workers.awaitTermination(time, unit);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theOtherOriginIsNotAskedByAClientWhoseExecutorWasShutDownMeanwhile(boolean async) throws Exception {
        Retiring retiring = new Retiring();
        try (ScriptedServer other = ScriptedServer.http("127.0.0.3");
                ScriptedServer server = ScriptedServer.http()) {
            FallbackPolicy degraded = Fallbacks.degraded(other.uri("").toString());
            WovenClient client = new WovenClient(client(retiring), TestPolicy.QUICK.maxRetries(0), degraded);
            server.otherwise(ScriptedResponse.respond(503, "busy"));
            assertThat(inBackground(async, client, server).get()).isEqualTo("gave 200 ok");
            assertThat(other.requests()).hasSize(1);

            server.otherwise(request -> {
                retiring.shutdown();
                return ScriptedResponse.respond(503, "busy");
            });
            assertThat(inBackground(async, client, server).get()).isEqualTo("gave 503 busy");
            assertThat(other.requests()).hasSize(1);
            assertThat(server.requests()).hasSize(2);
            assertThat(client.defects).isEmpty();
        } finally {
            retiring.shutdownNow();
        }
    }
}
