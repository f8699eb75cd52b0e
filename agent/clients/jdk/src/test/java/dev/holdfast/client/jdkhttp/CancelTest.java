package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The actions of an application on the future of a call, or with one derived from it, before the call has ended. */
@Timeout(30)
class CancelTest {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** The application's ways to end a call. */
    private enum Way {
        CANCEL(true) {
            @Override
            CompletableFuture<?> end(CompletableFuture<HttpResponse<String>> future) {
                future.cancel(true);
                return future;
            }
        },
        CANCEL_A_DEPENDENT(true) {
            @Override
            CompletableFuture<?> end(CompletableFuture<HttpResponse<String>> future) {
                CompletableFuture<?> dependent = future.thenApply(HttpResponse::body);
                dependent.cancel(true);
                return dependent;
            }
        },
        CANCEL_A_DEPENDENT_OF_A_DEPENDENT(true) {
            @Override
            CompletableFuture<?> end(CompletableFuture<HttpResponse<String>> future) {
                CompletableFuture<?> dependent = future.thenCompose(
                                response -> CompletableFuture.completedFuture(response.body()))
                        .thenApply(String::trim);
                dependent.cancel(true);
                return dependent;
            }
        },
        CANCEL_A_COPY(true) {
            @Override
            CompletableFuture<?> end(CompletableFuture<HttpResponse<String>> future) {
                CompletableFuture<?> copy = future.copy();
                copy.cancel(true);
                return copy;
            }
        },
        /** Cancels without ending the client's work: only the future is over. */
        CANCEL_WITHOUT_INTERRUPTING(false) {
            @Override
            CompletableFuture<?> end(CompletableFuture<HttpResponse<String>> future) {
                future.cancel(false);
                return future;
            }
        },
        COMPLETE(false) {
            @Override
            CompletableFuture<?> end(CompletableFuture<HttpResponse<String>> future) {
                future.completeExceptionally(new IllegalStateException("changed my mind"));
                return future;
            }
        },
        TIME_OUT(false) {
            @Override
            CompletableFuture<?> end(CompletableFuture<HttpResponse<String>> future) {
                return future.orTimeout(1, TimeUnit.MILLISECONDS);
            }
        };

        /** True if the client gives up the exchange. */
        final boolean closes;

        Way(boolean closes) {
            this.closes = closes;
        }

        /** Ends the call; returns the future on which that was done. */
        abstract CompletableFuture<?> end(CompletableFuture<HttpResponse<String>> future);
    }

    private static Stream<Arguments> waysAndStages() {
        ScriptedResponse hanging = ScriptedResponse.respond(200, "late").held().closing();
        ScriptedResponse stuck = ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.HANG);
        return Stream.of(Way.values())
                .flatMap(way -> Stream.of(
                        Arguments.of(way, "before the head", hanging, TestPolicy.QUICK),
                        Arguments.of(way, "before the head", hanging, TestPolicy.QUICK.bufferResponse(1024)),
                        Arguments.of(way, "in the body", stuck, TestPolicy.QUICK),
                        Arguments.of(way, "in a body that is held back", stuck, TestPolicy.QUICK.bufferResponse(1024)),
                        Arguments.of(
                                way,
                                "in a body that is timed",
                                stuck,
                                TestPolicy.QUICK.attemptTimeout(java.time.Duration.ofSeconds(20)))));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("waysAndStages")
    void anAttemptEndsAsWithoutAPolicy(Way way, String stage, ScriptedResponse response, TestPolicy testPolicy)
            throws Exception {
        for (int discarded : new int[] {0, 1}) {
            assertThat(ended(way, response, testPolicy, discarded)).isEqualTo(ended(way, response, null, 0));
        }
    }

    private static String ended(Way way, ScriptedResponse response, @Nullable TestPolicy testPolicy, int discarded)
            throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            for (int i = 0; i < discarded; i++) {
                // Closing: the client may give a connection back later than the next attempt begins, and then keep it.
                server.play(ScriptedResponse.respond(503, "busy").closing());
            }
            server.play(response);
            WovenClient client = new WovenClient(CLIENT, testPolicy);
            CompletableFuture<HttpResponse<String>> future =
                    client.sendAsync(HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString());
            server.awaitRequests(discarded + 1);
            CompletableFuture<?> touched = way.end(future);
            String end = cancelled(CallEnd.of(touched)) + " | " + cancelled(CallEnd.of(future));
            if (way.closes) {
                server.awaitOpen(0);
            }
            // Again and again: the server may not have come as far as waiting.
            Awaitility.await().until(() -> {
                server.release();
                return server.open() == 0;
            });
            assertThat(server.requests()).hasSize(discarded + 1);
            assertThat(client.defects).isEmpty();
            return end;
        }
    }

    /** Also where the future is over: without a policy the client goes on with the exchange, and the origin with it. */
    @ParameterizedTest
    @EnumSource
    void anAttemptHoldsItsPermitAsLongAsTheClientGoesOn(Way way) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(200, "late").held().closing());
            Policy limited =
                    Policies.retry().limits(new LimitPolicy(1, 0, 1, 0)).around(TestPolicy.QUICK.policy());
            WovenClient client = new WovenClient(limited, CLIENT);
            CompletableFuture<HttpResponse<String>> future =
                    client.sendAsync(HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString());
            server.awaitRequests(1);
            String unused = CallEnd.of(way.end(future));
            if (!way.closes) {
                assertThat(client.permitsTaken()).isEqualTo(1);
            }
            Awaitility.await().until(() -> {
                if (!way.closes) {
                    server.release();
                }
                return client.permitsTaken() == 0;
            });
            assertThat(client.defects).isEmpty();
        }
    }

    /** The client and the cancel race for the future; who comes first shows in how it says that it was cancelled. */
    private static String cancelled(String end) {
        return end.contains("CancellationException") ? "cancelled" : end;
    }

    @ParameterizedTest
    @EnumSource
    void aWaitEndsAndNothingMoreIsSent(Way way) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(503, "busy"));
            WovenClient client =
                    new WovenClient(CLIENT, way.closes ? TestPolicy.PATIENT : TestPolicy.QUICK.maxRetries(100));
            CompletableFuture<HttpResponse<String>> future =
                    client.sendAsync(HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString());
            client.awaitDiscarded();
            way.end(future);
            assertThat(CallEnd.of(future))
                    .contains(
                            switch (way) {
                                case COMPLETE -> "IllegalStateException";
                                case TIME_OUT -> "TimeoutException";
                                default -> CancellationException.class.getName();
                            });
            int sent = server.requests().size();
            // Calls of another client outlast several waits of this one.
            WovenClient other = new WovenClient(CLIENT, TestPolicy.QUICK.maxRetries(10));
            other.send(HttpRequest.newBuilder(server.uri("/other")).build(), BodyHandlers.ofString());
            assertThat(server.requests().stream().filter(r -> r.target().equals("/")))
                    .hasSizeBetween(sent, sent + 1);
            assertThat(client.defects).isEmpty();
        }
    }

    @Test
    void theFutureEndsAsTheClientsOwnWhereADependentIsCancelledDuringAWait() throws Exception {
        String without;
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.afterRequest(Cut.HANG));
            CompletableFuture<HttpResponse<String>> future =
                    CLIENT.sendAsync(HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString());
            server.awaitRequests(1);
            future.thenApply(HttpResponse::body).cancel(true);
            without = CallEnd.of(future);
        }
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(503));
            WovenClient client = new WovenClient(CLIENT, TestPolicy.PATIENT);
            CompletableFuture<HttpResponse<String>> future =
                    client.sendAsync(HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString());
            client.awaitDiscarded();
            future.thenApply(HttpResponse::body).cancel(true);
            // But for the innermost cause: during a wait there is no exchange that fails.
            assertThat(without).startsWith(CallEnd.of(future).split(" <- java.io", 2)[0]);
        }
    }

    /**
     * With the client's own future, its end and the cancel race; here the end is always first. Spring shows the
     * message.
     */
    @Test
    void theFutureSaysOfACancelWhatTheClientsOwnSays() throws Exception {
        HttpClient ending = new WovenClient(CLIENT, null) {
            @Override
            public <T> CompletableFuture<HttpResponse<T>> sendAsync(
                    HttpRequest request, BodyHandler<T> handler, @Nullable PushPromiseHandler<T> pushPromises) {
                return new CompletableFuture<>() {
                    @Override
                    public boolean cancel(boolean mayInterruptIfRunning) {
                        return completeExceptionally(
                                new CompletionException(new CancellationException("Request cancelled")));
                    }

                    @Override
                    public <U> CompletableFuture<U> newIncompleteFuture() {
                        CompletableFuture<?> whole = this;
                        return new CompletableFuture<>() {
                            @Override
                            public boolean cancel(boolean mayInterruptIfRunning) {
                                return whole.cancel(mayInterruptIfRunning);
                            }
                        };
                    }
                };
            }
        };
        CompletableFuture<HttpResponse<String>> future = new WovenClient(ending, TestPolicy.QUICK)
                .sendAsync(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1/")).build(), BodyHandlers.ofString());

        assertThat(future.cancel(true)).isTrue();

        assertThat(CallEnd.of(future))
                .isEqualTo("threw java.util.concurrent.CompletionException:"
                        + " java.util.concurrent.CancellationException: Request cancelled"
                        + " <- java.util.concurrent.CancellationException: Request cancelled");
    }

    @Test
    void aStageThatATracingAgentPutBehindTheClientsFutureRunsWhereTheCallIsCancelled() throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.afterRequest(Cut.HANG));
            Traced traced = new Traced(CLIENT);
            CompletableFuture<HttpResponse<String>> future = new WovenClient(traced, TestPolicy.QUICK)
                    .sendAsync(HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString());
            server.awaitRequests(1);
            future.cancel(true);

            assertThat(traced.ended.poll(10, TimeUnit.SECONDS)).contains("CancellationException");
            server.awaitOpen(0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStageThatATracingAgentPutBehindTheClientsFutureRunsForTheLoserOfTwoAttempts(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.afterRequest(Cut.HANG));
            Traced traced = new Traced(CLIENT);
            Policy hedging = Policies.retry()
                    .hedge(new HedgePolicy(true, TimeUnit.MILLISECONDS.toNanos(20)))
                    .around(TestPolicy.QUICK.policy());
            assertThat(new WovenClient(hedging, traced)
                            .call(async, HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString())
                            .body())
                    .isEqualTo("ok");

            List<String> ends = List.of(
                    String.valueOf(traced.ended.poll(10, TimeUnit.SECONDS)),
                    String.valueOf(traced.ended.poll(10, TimeUnit.SECONDS)));
            assertThat(ends).anyMatch("200"::equals).anyMatch(end -> end.contains("CancellationException"));
        }
    }

    /**
     * A client as OpenTelemetry's agent leaves it: a span is ended behind the client's future, in a stage that is
     * skipped where the future that it gives in place of that is complete already.
     */
    private static final class Traced extends WovenClient {
        final BlockingQueue<String> ended = new LinkedBlockingQueue<>();

        Traced(HttpClient real) {
            super(real, null);
        }

        @Override
        public <T> CompletableFuture<HttpResponse<T>> sendAsync(
                HttpRequest request, BodyHandler<T> handler, @Nullable PushPromiseHandler<T> pushPromises) {
            CompletableFuture<HttpResponse<T>> real = super.sendAsync(request, handler, pushPromises);
            CompletableFuture<HttpResponse<T>> given = new InPlaceOf<>(real);
            real.whenComplete((response, error) -> {
                if (error == null) {
                    given.complete(response);
                } else {
                    given.completeExceptionally(error);
                }
            });
            return given.whenComplete(
                    (response, error) -> ended.add(error == null ? "" + response.statusCode() : error.toString()));
        }

        private static final class InPlaceOf<T> extends CompletableFuture<T> {
            private final CompletableFuture<?> real;

            InPlaceOf(CompletableFuture<?> real) {
                this.real = real;
            }

            @Override
            public <U> CompletableFuture<U> newIncompleteFuture() {
                return new InPlaceOf<>(real);
            }

            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                boolean cancelled = super.cancel(mayInterruptIfRunning);
                real.cancel(mayInterruptIfRunning);
                return cancelled;
            }
        }
    }

    @Test
    void aFutureThatIsOverIsNotTouchedByACancelThatComesLate() throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(503));
            CompletableFuture<HttpResponse<String>> future = new WovenClient(CLIENT, TestPolicy.QUICK)
                    .sendAsync(HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString());
            assertThat(future.get().body()).isEqualTo("ok");
            assertThat(future.cancel(true)).isFalse();
            future.thenCompose(response -> new CompletableFuture<String>()).cancel(true);
            assertThat(future.get().body()).isEqualTo("ok");
            assertThat(CallEnd.of(future)).startsWith("gave ");
        }
    }

    @Test
    void aThousandCancelsAtAnyMomentLeaveNoFuturePending() throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(503, "busy"));
            WovenClient client = new WovenClient(CLIENT, TestPolicy.QUICK.delay(java.time.Duration.ofMillis(1)));
            for (int i = 0; i < 1000; i++) {
                CompletableFuture<HttpResponse<String>> future =
                        client.sendAsync(HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString());
                int moment = i;
                CompletableFuture<Void> cancel = CompletableFuture.runAsync(
                        () -> (moment % 2 == 0 ? future : future.copy()).cancel(true),
                        CompletableFuture.delayedExecutor(moment % 13 * 300L, TimeUnit.MICROSECONDS));
                future.handle((response, error) -> "over").get(20, TimeUnit.SECONDS);
                cancel.get(20, TimeUnit.SECONDS);
            }
            assertThat(client.defects).isEmpty();
        }
    }
}
