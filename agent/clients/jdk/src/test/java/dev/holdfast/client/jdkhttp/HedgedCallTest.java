package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Observer;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls with a second attempt beside a slow one: what each of the two holds is given back at its end, not by a
 * collector.
 */
@Timeout(30)
class HedgedCallTest {
    private static final HedgePolicy AFTER_20_MS =
            new HedgePolicy(true, Duration.ofMillis(20).toNanos());

    private final List<Observer.Result> ends = new CopyOnWriteArrayList<>();
    private final Semaphore takenBack = new Semaphore(0);
    private final Observer observer = new Observer() {
        @Override
        public void ended(PolicyTarget target, CallInfo call, Result result, int attempts, long nanos) {
            ends.add(result);
        }

        @Override
        public void takenBack(
                PolicyTarget target,
                CallInfo call,
                dev.holdfast.call.Outcome.Failure failure,
                Result result,
                int attempts,
                long nanos) {
            takenBack.release();
        }
    };

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theLoserGivesItsPermitBackThoughTheCallIsOver(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            WovenClient client = new WovenClient(policy(0), new InOrder(server), observer);
            for (int i = 0; i < 6; i++) {
                server.play(ScriptedResponse.respond(200, "slow").held(), ScriptedResponse.respond(200, "quick"));
                HttpResponse<String> response = client.call(async, get(server, "/" + i), BodyHandlers.ofString());
                assertThat(response.body()).isEqualTo("quick");
                Awaitility.await().until(() -> client.permitsTaken() == 0);
            }
            assertThat(server.requests())
                    .extracting(ReceivedRequest::target)
                    .containsExactly("/0", "/0", "/1", "/1", "/2", "/2", "/3", "/3", "/4", "/4", "/5", "/5");
            assertThat(client.defects).isEmpty();
        }
        assertThat(ends).hasSize(6).containsOnly(Observer.Result.HEDGED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theApplicationsHandlerSeesOneResponseOfTwo(boolean async) throws Exception {
        AtomicInteger seen = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.http()) {
            WovenClient client = new WovenClient(policy(0), new InOrder(server), observer);
            server.otherwise(ScriptedResponse.respond(200).held());
            Future<HttpResponse<String>> call = beside(() -> client.call(async, get(server, "/"), head -> {
                seen.incrementAndGet();
                return HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8);
            }));
            server.awaitRequests(2);
            server.release(); // both at once
            assertThat(call.get().statusCode()).isEqualTo(200);
            Awaitility.await().until(() -> client.permitsTaken() == 0);
            assertThat(seen).hasValue(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereABodyIsCutWhileTheHedgeIsOutTheHedgeDecidesAndTheCallIsCountedOnce(boolean async) throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(cutBeside(async, ScriptedResponse.respond(200, "beside")))
                    .isEqualTo("beside after 2");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereTheHedgeFailsTooTheCallIsRetriedAndCountedOnce(boolean async) throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(cutBeside(async, ScriptedResponse.respond(503))).isEqualTo("retried after 3");
        }
    }

    /** The first attempt's body is cut short, then the second attempt's answer is let go. */
    private String cutBeside(boolean async, ScriptedResponse second) throws Exception {
        ends.clear();
        takenBack.drainPermits();
        CountDownLatch wasCut = new CountDownLatch(1);
        AtomicInteger further = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.http()) {
            WovenClient client = new WovenClient(policy(64 * 1024), new InOrder(server), observer);
            server.play(ScriptedResponse.respond(200, "0123456789").held().cutInBody(5, Cut.CLOSE));
            server.otherwise(request -> {
                opened(wasCut);
                return further.incrementAndGet() == 1 ? second : ScriptedResponse.respond(200, "retried");
            });
            Future<HttpResponse<String>> call =
                    beside(() -> client.call(async, get(server, "/"), BodyHandlers.ofString()));
            server.awaitRequests(2);
            server.release();
            takenBack.acquire();
            wasCut.countDown();
            String body = call.get().body();
            Awaitility.await().until(() -> client.permitsTaken() == 0);
            // Delivered as it seemed, which was taken back, and delivered again.
            assertThat(ends).hasSize(2);
            assertThat(client.defects).isEmpty();
            return body + " after " + server.requests().size();
        }
    }

    private static void opened(CountDownLatch latch) {
        try {
            boolean unused = latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatTakesNoSecondRequestLeavesTheFirstAlone(boolean async) throws Exception {
        CompletableFuture<Void> refused = new CompletableFuture<>();
        HttpClient closing = new WovenClient(http1(), null) {
            private final AtomicInteger calls = new AtomicInteger();

            @Override
            public <T> CompletableFuture<HttpResponse<T>> sendAsync(
                    HttpRequest request, BodyHandler<T> handler, @Nullable PushPromiseHandler<T> pushPromises) {
                if (calls.incrementAndGet() == 1) {
                    return super.sendAsync(request, handler, pushPromises);
                }
                refused.complete(null);
                return CompletableFuture.failedFuture(closed());
            }
        };
        WovenClient client = new WovenClient(policy(0), closing, observer);
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(200, "slow").held());
            Future<HttpResponse<String>> call =
                    beside(() -> client.call(async, get(server, "/"), BodyHandlers.ofString()));
            refused.get();
            Awaitility.await().until(() -> client.permitsTaken() == 1);
            server.release();
            assertThat(call.get().body()).isEqualTo("slow");
            assertThat(server.requests()).hasSize(1);
        }
        assertThat(client.permitsTaken()).isZero();
        assertThat(ends).hasSize(1);
    }

    /** Returns the exception of a client of 21 or newer that is shut down. */
    private static IOException closed() {
        IOException error = new IOException("closed");
        error.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("jdk.internal.net.http.HttpClientImpl", "sendAsync", null, -1)
        });
        return error;
    }

    private static Policy policy(long bufferResponse) {
        return Policies.retry()
                .hedge(AFTER_20_MS)
                .limits(new LimitPolicy(4, 0, 1, Duration.ofSeconds(10).toNanos()))
                .around(TestPolicy.QUICK.bufferResponse(bufferResponse).policy());
    }

    /** On a thread of its own: those of the common pool are for the client, and few. */
    private static <T> Future<T> beside(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        new Thread(task, "caller").start();
        return task;
    }

    /** A client that sends an attempt when the one before has arrived: the server plays its script in that order. */
    private static final class InOrder extends WovenClient {
        private final ScriptedServer server;
        private final AtomicInteger sent = new AtomicInteger();

        InOrder(ScriptedServer server) {
            super(http1(), null);
            this.server = server;
        }

        @Override
        public <T> CompletableFuture<HttpResponse<T>> sendAsync(
                HttpRequest request, BodyHandler<T> handler, @Nullable PushPromiseHandler<T> pushPromises) {
            server.awaitRequests(sent.getAndIncrement());
            return super.sendAsync(request, handler, pushPromises);
        }
    }

    private static HttpClient http1() {
        return HttpClient.newBuilder().version(Version.HTTP_1_1).build();
    }

    private static HttpRequest get(ScriptedServer server, String path) {
        return HttpRequest.newBuilder(server.uri(path)).build();
    }
}
