package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.lang.ref.WeakReference;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that the application closes, or lets go of, while a call of it waits for its next attempt. */
@Timeout(60)
class ClientLifeTest {
    /** The ways to close a client, from Java 21 on. */
    private enum Closing {
        CLOSE("close"),
        SHUTDOWN("shutdown"),
        SHUTDOWN_NOW("shutdownNow");

        private final String method;

        Closing(String method) {
            this.method = method;
        }

        void of(HttpClient client) {
            try {
                HttpClient.class.getMethod(method).invoke(client);
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static void assumeClosable() {
        Assumptions.assumeTrue(Runtime.version().feature() >= 21, "clients can be closed from Java 21 on");
    }

    private static HttpClient client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    @ParameterizedTest
    @EnumSource
    void duringAWaitEndsInTheResponseThatWasDiscarded(Closing closing) throws Exception {
        assumeClosable();
        for (boolean async : new boolean[] {false, true}) {
            try (ScriptedServer server = ScriptedServer.http()) {
                server.otherwise(ScriptedResponse.respond(503, "büsy").header("X-Own", "one"));
                HttpClient real = client();
                WovenClient client = new WovenClient(real, TestPolicy.QUICK.delay(Duration.ofSeconds(3)));
                CompletableFuture<HttpResponse<String>> call = inBackground(async, client, server);
                client.awaitDiscarded();
                pause(); // so that the body has arrived too
                closing.of(real);
                assertThat(call).as("%s does not wait for a wait", closing).isNotDone();
                HttpResponse<String> response = call.get(20, TimeUnit.SECONDS);
                assertThat(response.statusCode()).isEqualTo(503);
                assertThat(response.body()).isEqualTo("büsy");
                assertThat(response.headers().firstValue("X-Own")).contains("one");
                assertThat(response.uri()).isEqualTo(server.uri("/"));
                assertThat(response.request().uri()).isEqualTo(server.uri("/"));
                assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
                assertThat(response.previousResponse()).isEmpty();
                assertThat(response.sslSession()).isEmpty();
                assertThat(response).hasToString("(GET " + server.uri("/") + ") 503");
                assertThat(server.requests()).hasSize(1);
                assertThat(client.defects).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void duringAWaitEndsInTheExceptionThatWasBefore(boolean async) throws Exception {
        assumeClosable();
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.afterRequest(Cut.RESET));
            String without = CallEnd.of(() ->
                    inBackground(async, new WovenClient(client(), null), server).get(20, TimeUnit.SECONDS));
            int sent = server.requests().size();
            HttpClient real = client();
            CompletableFuture<HttpResponse<String>> call =
                    inBackground(async, new WovenClient(real, TestPolicy.QUICK.delay(Duration.ofSeconds(1))), server);
            server.awaitRequests(2 * sent);
            Awaitility.await().until(() -> server.open() == 0);
            pause();
            Closing.SHUTDOWN.of(real);
            assertThat(CallEnd.of(() -> call.get(20, TimeUnit.SECONDS))).isEqualTo(without);
            assertThat(server.requests()).hasSize(2 * sent);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void duringAWaitOfAResponseTooLargeToKeepEndsAsAnyCallOfAClosedClient(boolean async) throws Exception {
        assumeClosable();
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(503, "x".repeat(30_000)));
            HttpClient real = client();
            WovenClient client = new WovenClient(real, TestPolicy.QUICK.delay(Duration.ofMillis(500)));
            CompletableFuture<HttpResponse<String>> call = inBackground(async, client, server);
            client.awaitDiscarded();
            pause();
            Closing.SHUTDOWN.of(real);
            String closed = CallEnd.of(() ->
                    inBackground(async, new WovenClient(real, null), server).get());
            assertThat(closed).contains("IOException: closed");
            assertThat(CallEnd.of(() -> call.get(20, TimeUnit.SECONDS))).isEqualTo(closed);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHandlerThatFailsOnTheDiscardedResponseFailsTheCallAsTheClientWouldHave(boolean async) throws Exception {
        assumeClosable();
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(503, "busy"));
            HttpResponse.BodyHandler<String> failing = head -> {
                throw new IllegalStateException("no handler today");
            };
            HttpRequest request = HttpRequest.newBuilder(server.uri("/")).build();
            String without = CallEnd.of(() -> new WovenClient(client(), null).call(async, request, failing));
            HttpClient real = client();
            WovenClient client = new WovenClient(real, TestPolicy.QUICK.delay(Duration.ofMillis(500)));
            CompletableFuture<String> end =
                    CompletableFuture.supplyAsync(() -> CallEnd.of(() -> client.call(async, request, failing)));
            client.awaitDiscarded();
            pause();
            Closing.SHUTDOWN.of(real);
            assertThat(end.get(20, TimeUnit.SECONDS)).isEqualTo(without);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClosedClientRefusesACallAsWithoutAPolicy(boolean async) throws Exception {
        assumeClosable();
        try (ScriptedServer server = ScriptedServer.http()) {
            HttpClient real = client();
            Closing.CLOSE.of(real);
            String without = CallEnd.of(() ->
                    inBackground(async, new WovenClient(real, null), server).get());
            WovenClient client = new WovenClient(real, TestPolicy.QUICK);
            assertThat(CallEnd.of(() -> inBackground(async, client, server).get()))
                    .isEqualTo(without);
            assertThat(server.accepted()).isZero();
            assertThat(client.defects).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aShutdownNowDuringAnAttemptEndsTheCall(boolean async) throws Exception {
        assumeClosable();
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(503)).otherwise(ScriptedResponse.afterRequest(Cut.HANG));
            HttpClient real = client();
            CompletableFuture<HttpResponse<String>> call =
                    inBackground(async, new WovenClient(real, TestPolicy.QUICK), server);
            server.awaitRequests(2);
            Closing.SHUTDOWN_NOW.of(real);
            assertThat(CallEnd.of(() -> call.get(20, TimeUnit.SECONDS))).contains("IOException");
            server.awaitOpen(0);
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void closeWaitsForACallInFlightAndItsRetriesAreOver() throws Exception {
        assumeClosable();
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(503, "busy").held());
            HttpClient real = client();
            CompletableFuture<HttpResponse<String>> call =
                    inBackground(true, new WovenClient(real, TestPolicy.QUICK), server);
            server.awaitRequests(1);
            CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> Closing.CLOSE.of(real));
            Awaitility.await()
                    .until(() -> CallEnd.of(() -> real.send(
                                    HttpRequest.newBuilder(server.uri("/other")).build(), BodyHandlers.discarding()))
                            .contains("closed"));
            assertThat(closed).isNotDone();
            Awaitility.await().until(() -> {
                server.release();
                return closed.isDone();
            });
            assertThat(call.get(20, TimeUnit.SECONDS).body()).isEqualTo("busy");
        }
    }

    @Test
    void aClientThatTheApplicationLetGoOfLivesThroughAWaitAndNotLonger() throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(503, "busy"));
            Dropped dropped = dropped(server);
            for (int i = 0; i < 3; i++) {
                System.gc();
            }
            // On a machine that is slow enough the collections outlast the wait, after which the client may be gone.
            assertThat(dropped.client.get() != null || dropped.future.isDone())
                    .as("the client is there during the wait")
                    .isTrue();
            assertThat(dropped.future.get(10, TimeUnit.SECONDS).body()).isEqualTo("ok");
            Awaitility.await().until(() -> {
                System.gc();
                return dropped.client.get() == null;
            });
        }
    }

    /** Long enough to be well within a wait. */
    private static void pause() {
        Awaitility.await().pollDelay(Duration.ofMillis(200)).until(() -> true);
    }

    private record Dropped(CompletableFuture<HttpResponse<String>> future, WeakReference<HttpClient> client) {}

    private static Dropped dropped(ScriptedServer server) throws InterruptedException {
        HttpClient real = client();
        WovenClient client = new WovenClient(real, TestPolicy.QUICK.delay(Duration.ofSeconds(1)));
        CompletableFuture<HttpResponse<String>> future =
                client.sendAsync(HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString());
        client.awaitDiscarded();
        return new Dropped(future, new WeakReference<>(real));
    }

    private static CompletableFuture<HttpResponse<String>> inBackground(
            boolean async, WovenClient client, ScriptedServer server) {
        HttpRequest request = HttpRequest.newBuilder(server.uri("/")).build();
        if (async) {
            return client.sendAsync(request, BodyHandlers.ofString());
        }
        CompletableFuture<HttpResponse<String>> result = new CompletableFuture<>();
        Thread thread = new Thread(
                new FutureTask<>(() -> {
                    try {
                        return result.complete(client.send(request, BodyHandlers.ofString()));
                    } catch (Throwable e) {
                        return result.completeExceptionally(e);
                    }
                }),
                "application");
        thread.setDaemon(true);
        thread.start();
        return result;
    }
}
