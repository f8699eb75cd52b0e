package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.Unreachable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Interrupt, cancel and disconnect at every stage: the call ends, nothing more is sent, no connection stays. */
class AbandonContract {
    private static final Duration PROMPT = Duration.ofSeconds(5);

    @ParameterizedTest
    @EnumSource
    void whileAnAnswerIsAwaited(Style style) throws Exception {
        Class<?> without = abandoned(style, Hosts.BARE, ScriptedResponse.afterRequest(Cut.HANG));
        assertThat(abandoned(style, Hosts.QUICK, ScriptedResponse.afterRequest(Cut.HANG)))
                .isEqualTo(without);
    }

    // HttpURLConnection.disconnect itself waits for a read of the body that is under way, with and without an agent.
    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC"})
    void whileABodyArrives(Style style) throws Exception {
        ScriptedResponse stuck = ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.HANG);
        Class<?> without = abandoned(style, Hosts.BARE, stuck);
        assertThat(abandoned(style, Hosts.QUICK, stuck)).isEqualTo(without);
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC"})
    void whileABodyIsHeldBack(Style style) throws Exception {
        // What is held back looks like an answer that has not come yet.
        Class<?> without = abandoned(style, Hosts.BARE, ScriptedResponse.afterRequest(Cut.HANG));
        ScriptedResponse stuck = ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.HANG);
        assertThat(abandoned(style, Hosts.BUFFERING, stuck)).isEqualTo(without);
    }

    @ParameterizedTest
    @EnumSource
    void whileTheAnswerOfALaterAttemptIsAwaited(Style style) throws Exception {
        Class<?> without = abandoned(style, Hosts.BARE, ScriptedResponse.afterRequest(Cut.HANG));
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            server.play(ScriptedResponse.respond(503, "busy").closing())
                    .otherwise(ScriptedResponse.afterRequest(Cut.HANG));
            InFlight call = style.start(Call.put(server.uri("/"), "whole"));
            server.awaitRequests(2);
            call.awaitReading();
            call.abandon();
            CallResult callResult = call.seen();
            assertThat(callResult.thrown())
                    .as("%s", callResult)
                    .satisfiesAnyOf(
                            thrown -> assertThat(thrown).isInstanceOf(without),
                            // OkHttp's word where the attempt is cancelled before it reads, be it without a policy.
                            thrown -> assertThat(thrown).hasMessage("Canceled"));
            server.awaitOpen(0);
            assertThat(server.requests()).hasSize(2);
        }
    }

    private static Class<?> abandoned(Style style, String host, ScriptedResponse response) throws InterruptedException {
        try (ScriptedServer server = ScriptedServer.http(host)) {
            server.play(response);
            InFlight call = style.start(Call.get(server.uri("/")));
            server.awaitRequests(1);
            call.awaitReading();
            call.abandon();
            CallResult callResult = call.seen();
            assertThat(callResult.thrown()).as("%s", callResult).isNotNull();
            server.awaitOpen(0);
            assertThat(server.requests()).hasSize(1);
            return callResult.thrown().getClass();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whileItWaitsForTheNextAttempt(Style style) throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.PATIENT)) {
            server.play(ScriptedResponse.respond(503, "busy").closing());
            InFlight call = style.start(Call.get(server.uri("/")));
            server.awaitRequests(1);
            server.awaitOpen(0);
            call.abandon();
            CallResult callResult = call.seen();
            assertThat(callResult.took()).isLessThan(PROMPT);
            switch (style) {
                case SEND -> assertThat(callResult.thrown()).isInstanceOf(InterruptedException.class);
                case SEND_ASYNC -> assertThat(callResult.thrown()).isInstanceOf(CancellationException.class);
                default ->
                    assertThat(callResult.thrown() instanceof IOException || callResult.status() == 503)
                            .as("%s", callResult)
                            .isTrue();
            }
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC"})
    void whileItConnects(Style style) throws Exception {
        try (Unreachable silent = Unreachable.silent(Hosts.QUICK)) {
            InFlight call = style.start(Call.get(silent.uri("/")));
            Assertions.assertThatThrownBy(() -> notBefore(call)).isInstanceOf(TimeoutException.class);
            call.abandon();
            CallResult callResult = call.seen();
            assertThat(callResult.thrown())
                    .isInstanceOf(style == Style.SEND ? InterruptedException.class : CancellationException.class);
        }
    }

    /** Gives a call 100 ms in which it should not end. */
    private static void notBefore(InFlight call) throws Exception {
        CompletableFuture.runAsync(() -> {
                    try {
                        call.seen();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .get(100, TimeUnit.MILLISECONDS);
    }

    @Test
    void aSendOfAnInterruptedThreadEndsAtOnce() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.PATIENT)) {
            server.otherwise(ScriptedResponse.respond(503));
            Thread.currentThread().interrupt();
            CallResult callResult = Style.SEND.call(Call.get(server.uri("/")));
            assertThat(callResult.thrown()).isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).as("send clears the flag").isFalse();
            assertThat(server.requests()).hasSizeLessThanOrEqualTo(1);
        }
    }

    /**
     * These clients do not feel an interrupt while they read, and go on; so they do under a policy. OkHttp looks at the
     * flag before each read: what becomes of its calls depends on where the network cuts the response.
     */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SEND", "SEND_ASYNC", "OKHTTP", "OKHTTP_FILE", "OKHTTP_ENQUEUE_WRITTEN", "OKHTTP_ENQUEUE_ONE_SHOT"
            })
    void anInterruptWhileAnHttpUrlConnectionReadsChangesNothing(Style style) throws Exception {
        for (String host : new String[] {Hosts.BARE, Hosts.PATIENT}) {
            try (ScriptedServer server = ScriptedServer.http(host)) {
                server.play(ScriptedResponse.respond(200, "fine").held());
                InFlight call = style.start(Call.put(server.uri("/"), "whole"));
                server.awaitRequests(1);
                call.awaitReading();
                call.interrupt();
                server.release();
                assertThat(call.seen().text()).isEqualTo("fine");
                assertThat(server.requests()).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SEND", "SEND_ASYNC"})
    void anInterruptEndsTheWaitOfAnHttpUrlConnection(Style style) throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.PATIENT)) {
            server.play(ScriptedResponse.respond(503, "busy").closing());
            InFlight call = style.start(Call.get(server.uri("/")));
            server.awaitRequests(1);
            server.awaitOpen(0);
            call.interrupt();
            CallResult callResult = call.seen();
            assertThat(callResult.took()).isLessThan(PROMPT);
            assertThat(server.requests()).hasSize(1);
        }
    }

    /** Its socket is closed by an interrupt, and so it is during a wait; the flag stays. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SEND", "SEND_ASYNC", "OKHTTP_ENQUEUE_WRITTEN", "OKHTTP_ENQUEUE_ONE_SHOT"})
    void anInterruptOfAVirtualThreadEndsAnHttpUrlConnectionAsWithout(Style style) throws Exception {
        Assumptions.assumeTrue(Runtime.version().feature() >= 21, "there are no virtual threads");
        Call call = Call.put(URI.create("http://x/"), "whole");
        String without = interruptedVirtually(style, call, Hosts.BARE, ScriptedResponse.afterRequest(Cut.HANG));
        assertThat(without).isEqualTo("java.net.SocketException, interrupted");
        assertThat(interruptedVirtually(style, call, Hosts.PATIENT, ScriptedResponse.afterRequest(Cut.HANG)))
                .isEqualTo(without);
        assertThat(interruptedVirtually(
                        style,
                        call,
                        Hosts.PATIENT,
                        ScriptedResponse.respond(503, "busy").closing()))
                .isEqualTo(
                        style.urlConnection()
                                ? without
                                : style.apache4()
                                        ? "org.apache.http.impl.execchain.RequestAbortedException, interrupted"
                                        : "java.io.InterruptedIOException, interrupted");
    }

    private static String interruptedVirtually(Style style, Call call, String host, ScriptedResponse response)
            throws Exception {
        try (ScriptedServer server = ScriptedServer.http(host)) {
            server.play(response);
            CompletableFuture<String> end = new CompletableFuture<>();
            Runnable calling = () -> {
                CallResult callResult = style.call(call.at(server.uri("/")));
                String thrown = callResult.thrown() == null
                        ? "status " + callResult.status()
                        : callResult.thrown().getClass().getName();
                end.complete(thrown + (Thread.currentThread().isInterrupted() ? ", interrupted" : ""));
            };
            Thread thread = (Thread)
                    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, calling);
            server.awaitRequests(1);
            Awaitility.await()
                    .until(() -> thread.getState() == Thread.State.WAITING
                            || thread.getState() == Thread.State.TIMED_WAITING);
            thread.interrupt();
            String seen = end.get(10, TimeUnit.SECONDS);
            assertThat(server.requests()).hasSize(1);
            return seen;
        }
    }

    @Test
    void cancellingADependentFutureCancelsTheCall() throws Exception {
        Call call = Call.get(URI.create("http://x/"));
        for (String host : new String[] {Hosts.BARE, Hosts.QUICK}) {
            try (ScriptedServer server = ScriptedServer.http(host)) {
                server.otherwise(ScriptedResponse.afterRequest(Cut.HANG));
                CompletableFuture<String> dependent = Style.client(call)
                        .sendAsync(Style.request(call.at(server.uri("/"))), BodyHandlers.ofString())
                        .thenApply(response -> response.body())
                        .thenApply(String::trim);
                server.awaitRequests(1);
                dependent.cancel(true);
                server.awaitOpen(0);
                assertThat(server.requests()).hasSize(1);
            }
        }
    }

    @Test
    void cancellingADependentFutureEndsTheWait() throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.PATIENT)) {
            server.otherwise(ScriptedResponse.respond(503, "busy").closing());
            Call call = Call.get(server.uri("/"));
            CompletableFuture<?> original = Style.client(call).sendAsync(Style.request(call), BodyHandlers.ofString());
            CompletableFuture<?> dependent = original.thenApply(response -> response);
            server.awaitRequests(1);
            server.awaitOpen(0);
            dependent.cancel(true);
            // Where it comes before the wait has begun, the call ends in the response that there is.
            assertThat(Assertions.catchThrowable(() -> original.get(5, TimeUnit.SECONDS)))
                    .satisfiesAnyOf(
                            end -> assertThat(end).isNull(),
                            end -> assertThat(end)
                                    .isInstanceOfAny(CancellationException.class, ExecutionException.class));
            assertThat(server.requests()).hasSize(1);
        }
    }

    /** With the newer client alone, some of such calls never end. */
    @ParameterizedTest
    @EnumSource
    void aCallWhoseBodyHandlerGivesNoSubscriberEnds(Policied host) throws Exception {
        try (ScriptedServer server = ScriptedServer.http(host.address)) {
            HttpClient client = Style.client(Call.get(server.uri("/")));
            HttpRequest request = Style.request(Call.get(server.uri("/")));
            for (int i = 0; i < 150; i++) {
                CompletableFuture<HttpResponse<Void>> call = client.sendAsync(request, head -> null);
                Throwable thrown = Assertions.catchThrowable(() -> call.get(10, TimeUnit.SECONDS));
                assertThat(thrown).hasCauseInstanceOf(NullPointerException.class);
                thrown = Assertions.catchThrowable(() -> client.send(request, head -> null));
                assertThat(thrown).hasCauseInstanceOf(NullPointerException.class);
            }
            assertThat(server.requests()).hasSize(300);
        }
    }

    /** Hosts with a policy. */
    enum Policied {
        QUICK(Hosts.QUICK),
        ATTEMPT_TIMEOUT(Hosts.ATTEMPT_TIMEOUT),
        BUFFERING(Hosts.BUFFERING);

        private final String address;

        Policied(String address) {
            this.address = address;
        }
    }
}
