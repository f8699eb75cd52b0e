package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On which threads the application's code runs. */
@Timeout(30)
class ThreadsTest {
    @Test
    void dependentsRunWhereTheClientRunsThem() throws Exception {
        assertThat(threadOfDependent(ScriptedResponse.respond(200, "ok"), null)).isEqualTo("pool");
        assertThat(threadOfDependent(ScriptedResponse.respond(200, "ok"), TestPolicy.QUICK))
                .isEqualTo("pool");
        assertThat(threadOfDependent(ScriptedResponse.respond(503, "busy"), TestPolicy.QUICK))
                .isEqualTo("pool");
        assertThat(threadOfDependent(ScriptedResponse.afterRequest(Cut.RESET), null))
                .isEqualTo("pool");
        assertThat(threadOfDependent(ScriptedResponse.afterRequest(Cut.RESET), TestPolicy.QUICK))
                .isEqualTo("pool");
        TestPolicy timed = TestPolicy.QUICK.attemptTimeout(Duration.ofMillis(300));
        assertThat(threadOfDependent(ScriptedResponse.afterRequest(Cut.HANG), timed))
                .isEqualTo("pool");
        assertThat(threadOfDependent(ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.HANG), timed))
                .isEqualTo("pool");
    }

    @Test
    void dependentsOfACallThatIsCancelledDuringAWaitRunInThePoolToo() throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(503));
            WovenClient client = new WovenClient(HttpClient.newHttpClient(), TestPolicy.PATIENT);
            CompletableFuture<HttpResponse<String>> future =
                    client.sendAsync(HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString());
            CompletableFuture<String> thread = new CompletableFuture<>();
            CompletableFuture<?> unused = future.whenComplete((response, error) -> thread.complete(kindOfThread()));
            client.awaitDiscarded();
            future.copy().cancel(true);
            assertThat(thread.get(20, TimeUnit.SECONDS)).isEqualTo("pool");
        }
    }

    private static String threadOfDependent(ScriptedResponse answer, @Nullable TestPolicy testPolicy) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            // Not before the dependent is there: that of a future that is done runs on the thread that registers it.
            CountDownLatch registered = new CountDownLatch(1);
            server.otherwise(request -> {
                awaited(registered);
                return answer;
            });
            CompletableFuture<String> thread = new CompletableFuture<>();
            CompletableFuture<?> unused = new WovenClient(HttpClient.newHttpClient(), testPolicy)
                    .sendAsync(HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString())
                    .whenComplete((response, error) -> thread.complete(kindOfThread()));
            registered.countDown();
            return thread.get(10, TimeUnit.SECONDS);
        }
    }

    private static void awaited(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String kindOfThread() {
        String name = Thread.currentThread().getName();
        // Where the machine has few processors, the default executor of futures starts a thread for each task.
        return name.matches("ForkJoinPool.commonPool.*|Thread-\\d+") ? "pool" : name;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void handlersAndPublishersRunOnTheClientsExecutorOrTheCallersThread(boolean async) throws Exception {
        String[] allowed = async ? new String[] {"executor"} : new String[] {"executor", "caller"};
        assertThat(threads(async, null, 0)).as("without a policy").isSubsetOf(allowed);
        assertThat(threads(async, TestPolicy.QUICK, 0)).isSubsetOf(allowed);
        assertThat(threads(async, TestPolicy.QUICK, 2)).isSubsetOf(allowed);
        assertThat(threads(async, TestPolicy.QUICK.bufferResponse(1024), 2)).isSubsetOf(allowed);
        assertThat(threads(async, TestPolicy.QUICK.attemptTimeout(Duration.ofSeconds(20)), 2))
                .isSubsetOf(allowed);
    }

    private static Set<String> threads(boolean async, @Nullable TestPolicy testPolicy, int discarded) throws Exception {
        Thread caller = Thread.currentThread();
        ExecutorService executor = Executors.newFixedThreadPool(3, work -> {
            Thread thread = new Thread(work, "executor");
            thread.setDaemon(true);
            return thread;
        });
        Set<String> seen = new ConcurrentSkipListSet<>();
        Runnable look = () -> seen.add(
                Thread.currentThread() == caller
                        ? "caller"
                        : Thread.currentThread().getName());
        try (ScriptedServer server = ScriptedServer.http()) {
            for (int i = 0; i < discarded; i++) {
                server.play(ScriptedResponse.respond(503, "busy"));
            }
            BodyPublisher publisher = new BodyPublisher() {
                @Override
                public long contentLength() {
                    look.run();
                    return 5;
                }

                @Override
                public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
                    look.run();
                    BodyPublishers.ofString("order").subscribe(subscriber);
                }
            };
            BodyHandler<String> handler = head -> {
                look.run();
                return BodySubscribers.mapping(BodySubscribers.ofByteArray(), body -> {
                    look.run();
                    return new String(body, java.nio.charset.StandardCharsets.UTF_8);
                });
            };
            HttpClient client = HttpClient.newBuilder().executor(executor).build();
            HttpRequest request =
                    HttpRequest.newBuilder(server.uri("/")).PUT(publisher).build();
            assertThat(new WovenClient(client, testPolicy)
                            .call(async, request, handler)
                            .body())
                    .isEqualTo("ok");
            assertThat(server.requests()).hasSize(discarded + 1);
        } finally {
            executor.shutdownNow();
        }
        return seen;
    }

    @Test
    void blockingCallsOnVirtualThreadsWaitWithoutHoldingACarrier() throws Exception {
        Assumptions.assumeTrue(Runtime.version().feature() >= 21, "virtual threads exist from Java 21 on");
        ExecutorService threads = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        int calls = 100;
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(503));
            WovenClient client = new WovenClient(
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
                    TestPolicy.QUICK.maxRetries(2).delay(Duration.ofMillis(500)));
            long start = System.nanoTime();
            List<Future<HttpResponse<Void>>> futures = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                futures.add(threads.submit(() ->
                        client.send(HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.discarding())));
            }
            for (Future<HttpResponse<Void>> future : futures) {
                assertThat(future.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
            }
            assertThat(server.requests()).hasSize(3 * calls);
            // A hundred seconds of waiting, on as many carriers as there are processors.
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(25));
        } finally {
            threads.shutdownNow();
        }
    }
}
