package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A blocking call whose thread is interrupted, at every stage. */
@Timeout(30)
class InterruptTest {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static Stream<Arguments> stages() {
        ScriptedResponse hanging = ScriptedResponse.afterRequest(Cut.HANG);
        ScriptedResponse stuck = ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.HANG);
        TestPolicy timed = TestPolicy.QUICK.attemptTimeout(java.time.Duration.ofSeconds(20));
        return Stream.of(
                Arguments.of("before the head", hanging, TestPolicy.QUICK),
                Arguments.of("in the body", stuck, TestPolicy.QUICK),
                Arguments.of("in a body that is held back", stuck, TestPolicy.QUICK.bufferResponse(1024)),
                Arguments.of("in a body that is timed", stuck, timed));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("stages")
    void anAttemptEndsAsWithoutAPolicy(String stage, ScriptedResponse response, TestPolicy testPolicy)
            throws Exception {
        String without = interrupted(response, null, 0);
        assertThat(without).contains("InterruptedException");
        for (int discarded : new int[] {0, 1}) {
            assertThat(interrupted(response, testPolicy, discarded)).isEqualTo(without);
        }
    }

    private static String interrupted(ScriptedResponse response, @Nullable TestPolicy testPolicy, int discarded)
            throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            for (int i = 0; i < discarded; i++) {
                // Closing: the client may give a connection back later than the next attempt begins, and then keep it.
                server.play(ScriptedResponse.respond(503, "busy").closing());
            }
            server.play(response);
            WovenClient client = new WovenClient(CLIENT, testPolicy);
            FutureTask<String> task = new FutureTask<>(() -> end(client, server));
            Thread thread = started(task);
            server.awaitRequests(discarded + 1);
            awaitBlocked(thread, "CompletableFuture");
            thread.interrupt();
            String end = task.get(20, TimeUnit.SECONDS);
            server.awaitOpen(0);
            assertThat(server.requests()).hasSize(discarded + 1);
            assertThat(client.defects).isEmpty();
            return end;
        }
    }

    @Test
    void aWaitEndsAtOnceAndNothingMoreIsSent() throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(503, "busy"));
            WovenClient client = new WovenClient(CLIENT, TestPolicy.PATIENT);
            FutureTask<String> task = new FutureTask<>(() -> end(client, server));
            Thread thread = started(task);
            awaitBlocked(thread, "BlockingExchange");
            thread.interrupt();
            assertThat(task.get(20, TimeUnit.SECONDS))
                    .as("as the client's own, in a call without a policy")
                    .isEqualTo("threw java.lang.InterruptedException: null, flag false");
            assertThat(server.requests()).hasSize(1);
            assertThat(client.defects).isEmpty();
        }
    }

    @Test
    void aThreadThatIsInterruptedBeforeSendsNothing() {
        try (ScriptedServer server = ScriptedServer.http()) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> new WovenClient(CLIENT, TestPolicy.QUICK)
                            .send(HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString()))
                    .isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).as("send takes the flag away").isFalse();
        }
    }

    private static String end(WovenClient client, ScriptedServer server) {
        String end = CallEnd.of(
                () -> client.send(HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString()));
        return end + ", flag " + Thread.currentThread().isInterrupted();
    }

    private static Thread started(Runnable task) {
        Thread thread = new Thread(task, "application");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void awaitBlocked(Thread thread, String in) {
        Awaitility.await()
                .until(() -> Stream.of(thread.getStackTrace())
                                .limit(8)
                                .anyMatch(frame -> frame.getClassName().contains(in))
                        && (thread.getState() == Thread.State.WAITING
                                || thread.getState() == Thread.State.TIMED_WAITING));
    }
}
