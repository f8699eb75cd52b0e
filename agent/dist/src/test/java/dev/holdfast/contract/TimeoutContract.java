package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.Unreachable;
import java.net.SocketTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers that come late, slowly or never. */
class TimeoutContract {
    private static final ScriptedResponse SILENCE = ScriptedResponse.afterRequest(Cut.HANG);

    @ParameterizedTest
    @EnumSource
    void aGetThatIsNotAnsweredInTimeIsSentAgain(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            server.play(SILENCE, SILENCE);
            CallResult callResult = style.call(Call.get(server.uri("/")).readTimeout(Duration.ofMillis(200)));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            assertThat(server.requests()).hasSize(3);
            await().until(() -> server.open() <= 1); // the silent ones are closed, the last may be kept alive
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPostThatIsNotAnsweredInTimeIsNotSentAgain(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            server.play(SILENCE);
            CallResult callResult =
                    style.call(Call.post(server.uri("/"), "order").readTimeout(Duration.ofMillis(200)));
            assertThat(callResult.thrown()).isInstanceOf(timeoutOf(style));
            assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("order");
            server.awaitOpen(0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAttemptThatTakesTooLongIsGivenUpAndTriedAgain(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT)) {
            server.play(SILENCE);
            CallResult callResult = style.call(Call.put(server.uri("/"), "whole"));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            assertThat(callResult.took()).isGreaterThanOrEqualTo(Duration.ofMillis(900));
            assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("whole", "whole");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPostThatTakesTooLongFailsAsTheClientsOwnTimeoutDoes(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT)) {
            server.play(SILENCE);
            CallResult callResult = style.call(Call.post(server.uri("/"), "order"));
            assertThat(callResult.thrown()).isInstanceOf(timeoutOf(style));
            assertThat(server.requests()).hasSize(1);
            server.awaitOpen(0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theDeadlineEndsAnAttemptThatIsNotAnswered(Style style) {
        // Where the machine was too slow to send it within the short deadline, the long one decides.
        for (String host : List.of(Hosts.DEADLINE, Hosts.LONG_DEADLINE)) {
            try (ScriptedServer server = ScriptedServer.http(host)) {
                server.play(SILENCE);
                CallResult callResult = style.call(Call.get(server.uri("/")));
                assertThat(callResult.thrown()).as("%s", callResult).isInstanceOf(timeoutOf(style));
                assertThat(callResult.took()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(20));
                server.awaitOpen(0);
                if (server.requests().isEmpty() && host.equals(Hosts.DEADLINE)) {
                    continue;
                }
                assertThat(server.requests()).hasSize(1);
                return;
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void noRetryIsSentPastTheDeadline(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.LONG_DEADLINE)) {
            // The first call of a style in a JVM may take longer than the deadline.
            assertThat(style.call(Call.get(server.uri("/"))).status()).isEqualTo(200);
        }
        try (ScriptedServer server = ScriptedServer.http(Hosts.DEADLINE)) {
            server.otherwise(ScriptedResponse.respond(503, "busy"));
            CallResult callResult = style.call(Call.get(server.uri("/")));
            // Wherever the deadline falls, into a wait or an attempt: the answer before it is there.
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(503);
            assertThat(callResult.text()).isEqualTo("busy");
            assertThat(server.requests()).as("of a hundred, 50 ms apart").hasSizeBetween(1, 13);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAttemptThatTheDeadlineCutsShortLeavesTheAnswerBeforeIt(Style style) {
        ScriptedResponse plain = ScriptedResponse.respond(503, "busy").header("X-From", "first");
        ScriptedResponse chunked =
                ScriptedResponse.respond(503, "chunk by chunk").chunked().header("X-From", "first");
        for (ScriptedResponse busy : List.of(plain, chunked)) {
            cutShort(style, busy);
        }
    }

    /** Takes the long deadline where the machine was too slow to send the second attempt within the short one. */
    private static void cutShort(Style style, ScriptedResponse busy) {
        for (String host : List.of(Hosts.DEADLINE, Hosts.LONG_DEADLINE)) {
            try (ScriptedServer server = ScriptedServer.http(host)) {
                server.play(busy, SILENCE);
                CallResult callResult = style.call(Call.put(server.uri("/"), "whole"));
                if (complete(server) < 2 && host.equals(Hosts.DEADLINE)) {
                    continue;
                }
                assertThat(callResult.status()).as("%s", callResult).isEqualTo(503);
                assertThat(callResult.text()).isIn("busy", "chunk by chunk");
                assertThat(callResult.headers().get("x-from")).containsExactly("first");
                assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("whole", "whole");
                return;
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRetryAfterPastTheDeadlineIsNotWaitedFor(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.LONG_DEADLINE)) {
            server.play(ScriptedResponse.respond(503, "later").header("Retry-After", "60"));
            CallResult callResult = style.call(Call.get(server.uri("/")));
            assertThat(callResult.text()).as("%s", callResult).isEqualTo("later");
            assertThat(callResult.took()).isLessThan(Duration.ofSeconds(10));
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSlowBodyArrivesWhole(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            String body = "0123456789".repeat(4);
            server.play(ScriptedResponse.respond(503, body).dripping(10, Duration.ofMillis(10)))
                    .play(ScriptedResponse.respond(200, body).dripping(1, Duration.ofMillis(15)));
            CallResult callResult = style.call(Call.get(server.uri("/")).readTimeout(Duration.ofMillis(500)));
            assertThat(callResult.text()).as("%s", callResult).isEqualTo(body);
            assertThat(server.requests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPostWithAnIdempotencyKeyThatIsNotAnsweredInTimeIsSentAgain(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            server.play(SILENCE);
            Call call = Call.post(server.uri("/"), "order").header("Idempotency-Key", "k");
            CallResult callResult = style.call(call.readTimeout(Duration.ofMillis(200)));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("order", "order");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whenNoAttemptIsAnsweredInTimeTheLastTimeoutIsTheCalls(Style style) {
        // Where the machine was too slow to send each attempt within the short timeout, the long one decides.
        for (Duration timeout : List.of(Duration.ofMillis(100), Duration.ofSeconds(2))) {
            try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
                server.otherwise(SILENCE);
                CallResult callResult =
                        style.call(Call.put(server.uri("/"), "whole").readTimeout(timeout));
                assertThat(callResult.thrown()).as("%s", callResult).isInstanceOf(timeoutOf(style));
                assertThat(callResult.thrown().getSuppressed()).hasSize(3);
                server.awaitOpen(0);
                if (complete(server) < 4 && timeout.toMillis() == 100) {
                    continue;
                }
                assertThat(server.requests())
                        .extracting(ReceivedRequest::text)
                        .containsExactly("whole", "whole", "whole", "whole");
                return;
            }
        }
    }

    private static long complete(ScriptedServer server) {
        return server.requests().stream().filter(ReceivedRequest::complete).count();
    }

    // HttpRequest.timeout does not hold for a body, on all JDKs but the newest.
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SEND", "SEND_ASYNC"})
    void aBodyThatStopsIsWhatTheClientMakesOfIt(Style style) {
        for (String host : new String[] {Hosts.BARE, Hosts.QUICK}) {
            try (ScriptedServer server = ScriptedServer.http(host)) {
                server.play(ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.HANG));
                CallResult callResult = style.call(Call.get(server.uri("/")).readTimeout(Duration.ofMillis(150)));
                assertThat(callResult.thrown()).as("%s", callResult).isInstanceOf(SocketTimeoutException.class);
                assertThat(server.requests()).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theDeadlineEndsAConnectingThatIsNotAnswered(Style style) {
        try (Unreachable silent = Unreachable.silent(Hosts.DEADLINE)) {
            CallResult callResult = style.call(Call.post(silent.uri("/"), "order"));
            assertThat(callResult.thrown()).as("%s", callResult).isInstanceOf(timeoutOf(style));
            assertThat(callResult.took()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(20));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAttemptThatTakesTooLongToConnectHasSentNothing(Style style) {
        try (Unreachable silent = Unreachable.silent(Hosts.TIMED_WHOLE)) {
            CallResult callResult = style.call(Call.post(silent.uri("/"), "order"));
            assertThat(callResult.thrown()).as("%s", callResult).isInstanceOf(timeoutOf(style));
            assertThat(callResult.thrown().getSuppressed()).as("%s", callResult).hasSize(3);
            assertThat(callResult.took()).isGreaterThanOrEqualTo(Duration.ofMillis(1_500));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatIsHeldBackHasToComeInTimeAsWell(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.TIMED_WHOLE)) {
            ScriptedResponse slow =
                    ScriptedResponse.respond(200, "0123456789".repeat(50)).dripping(1, Duration.ofMillis(20));
            server.play(slow, slow);
            CallResult callResult = style.call(Call.get(server.uri("/")));
            assertThat(callResult.text()).as("%s", callResult).isEqualTo("ok");
            assertThat(callResult.took()).as("one such body takes ten").isLessThan(Duration.ofSeconds(9));
            assertThat(server.requests()).hasSize(3);
        }
    }

    private static Class<? extends java.io.IOException> timeoutOf(Style style) {
        return style.javaNetHttp() ? HttpTimeoutException.class : SocketTimeoutException.class;
    }

    /** A connection that is cut within a head ends that head, as one of the JDK's clients sees it. */
    @ParameterizedTest
    @EnumSource
    void aHeadThatTheAttemptTimeoutCutsIsNoResponse(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.ATTEMPT_TIMEOUT)) {
            server.play(ScriptedResponse.respond(401, "who").header("X-A", "1").cutInHead(33, Cut.HANG));
            CallResult callResult = style.call(Call.get(server.uri("/")));
            assertThat(callResult.status())
                    .as("%s", callResult)
                    .isIn(200, -1); // where the machine is slow, no attempt is in time
        }
    }
}
