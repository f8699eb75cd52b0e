package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the protection of an origin against load: the breaker in an outage and after it, the budget, the limits. */
class LoadContract {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @ParameterizedTest
    @EnumSource
    void inAnOutageNothingButProbesReachesTheServerUntilItIsWell(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.BREAKING)) {
            server.otherwise(ScriptedResponse.respond(503, "down"));
            Call call = Call.get(server.uri("/path?secret=1"));

            CallResult last = style.call(call);
            assertThat(last.status())
                    .as("the third failure in a row, delivered: %s", last)
                    .isEqualTo(503);
            assertThat(last.text()).isEqualTo("down");
            server.awaitRequests(3);

            CallResult rejected = style.call(call);
            assertThat(rejected.thrown()).as("%s", rejected).isExactlyInstanceOf(ConnectException.class);
            assertThat(rejected.thrown())
                    .hasMessageStartingWith("Holdfast did not send a request to http://127.0.0.10:" + server.port()
                            + ": its circuit breaker is open (too many failures in a row); the next probe is due in ")
                    .hasMessageNotContaining("secret");
            assertThat(server.requests()).hasSize(3);

            // A probe that fails opens it again: one request, although there are two retries.
            Awaitility.await().atMost(PATIENCE).until(() -> style.call(call).status() == 503);
            assertThat(server.requests()).hasSize(4);

            server.otherwise(ScriptedResponse.respond(200, "up"));
            Awaitility.await().atMost(PATIENCE).until(() -> style.call(call).status() == 200);
            assertThat(server.requests()).hasSize(5);
            for (int i = 0; i < 5; i++) {
                assertThat(style.call(call).text()).isEqualTo("up");
            }
            assertThat(server.requests()).hasSize(10);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC", "URL_BUFFERED"})
    void aFullOutageCostsNoMoreThanTheBudget(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.BUDGETED)) {
            server.otherwise(ScriptedResponse.respond(503));
            int calls = 1000;
            long began = System.nanoTime();
            for (int i = 0; i < calls; i++) {
                assertThat(style.call(Call.get(server.uri("/" + i))).status()).isEqualTo(503);
            }
            long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds() + 1;

            // No call ended well. So 3 retries within the time to live of 30 s, and 3 more each time that they leave
            // it.
            assertThat(server.requests()).hasSizeBetween(calls + 3, (int) (calls + 3 * (1 + (seconds + 26) / 27)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC", "URL_BUFFERED"})
    void noMoreAttemptsThanAllowedAreUnderWayAtATime(Style style) throws InterruptedException {
        try (ScriptedServer server = ScriptedServer.http(Hosts.LIMITED)) {
            server.otherwise(ScriptedResponse.respond(200, "fine").held());
            List<InFlight> calls = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                calls.add(style.start(Call.get(server.uri("/" + i))));
            }
            server.awaitRequests(2);
            // The others have had the time of a round trip that is not held up.
            try (ScriptedServer other = ScriptedServer.http(Hosts.BARE)) {
                assertThat(style.call(Call.get(other.uri("/"))).status()).isEqualTo(200);
            }
            assertThat(server.requests()).hasSize(2);

            for (int sent = 2; sent <= 6; sent += 2) {
                server.awaitRequests(sent);
                assertThat(server.requests()).hasSize(sent);
                server.release();
            }
            for (InFlight call : calls) {
                assertThat(call.seen().status()).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC", "URL_BUFFERED"})
    void whoGivesUpWaitingForAPlaceLeavesTheQueue(Style style) throws InterruptedException {
        try (ScriptedServer server = ScriptedServer.http(Hosts.LIMITED)) {
            server.otherwise(ScriptedResponse.respond(200, "fine").held());
            InFlight first = style.start(Call.get(server.uri("/1")));
            InFlight second = style.start(Call.get(server.uri("/2")));
            server.awaitRequests(2);
            InFlight queued = style.start(Call.get(server.uri("/queued")));
            queued.awaitWaiting();
            queued.abandon();
            assertThat(queued.seen().took()).isLessThan(Duration.ofSeconds(5));

            server.release();
            assertThat(first.seen().status()).isEqualTo(200);
            assertThat(second.seen().status()).isEqualTo(200);
            server.otherwise(ScriptedResponse.respond(200, "fine"));
            assertThat(style.call(Call.get(server.uri("/3"))).status()).isEqualTo(200);
            assertThat(server.requests()).extracting(r -> r.target()).containsExactlyInAnyOrder("/1", "/2", "/3");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC", "URL_BUFFERED"})
    void attemptsBeyondTheRateWaitForTheirTurn(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.LIMITED)) {
            long began = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                assertThat(style.call(Call.get(server.uri("/"))).status()).isEqualTo(200);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(490));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSecondAttemptOvertakesASlowOneWhoseConnectionIsClosed(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.HEDGED)) {
            server.play(ScriptedResponse.respond(200, "slow").held(), ScriptedResponse.respond(200, "quick"));
            String body = "body ".repeat(100);
            CallResult callResult = style.call(Call.put(server.uri("/"), body).header("X-Mine", "kept"));
            assertThat(callResult.text()).as("%s", callResult).isEqualTo("quick");
            assertThat(server.requests()).hasSize(2).allSatisfy(r -> {
                assertThat(r.text()).isEqualTo(body);
                assertThat(r.headers("X-Mine")).containsExactly("kept");
            });
            Awaitility.await().atMost(PATIENCE).until(() -> server.open() <= 1);
        }
    }

    /** With four permits, of which each call takes two: the fifth is sent only if no loser has kept its own. */
    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC", "URL_BUFFERED", "APACHE5", "APACHE4"})
    void theLoserOfTwoAttemptsGivesItsPermitBack(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.HEDGED)) {
            for (int i = 1; i <= 5; i++) {
                server.play(ScriptedResponse.respond(200, "slow").held(), ScriptedResponse.respond(200, "quick"));
                CallResult callResult = style.call(Call.get(server.uri("/" + i)));
                assertThat(callResult.text()).as("%s", callResult).isEqualTo("quick");
                Awaitility.await().atMost(PATIENCE).until(() -> server.open() <= 1);
            }
            assertThat(server.requests())
                    .extracting(r -> r.target())
                    .containsExactly("/1", "/1", "/2", "/2", "/3", "/3", "/4", "/4", "/5", "/5");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC", "URL_BUFFERED", "APACHE5", "APACHE4"})
    void theSlowAttemptMayWinAfterAll(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.HEDGED)) {
            server.play(
                    ScriptedResponse.respond(200, "slow").delayed(Duration.ofMillis(1500)),
                    ScriptedResponse.respond(200, "slower").held());
            CallResult callResult = style.call(Call.get(server.uri("/")));
            assertThat(callResult.text()).as("%s", callResult).isEqualTo("slow");
            assertThat(server.requests()).hasSize(2);
            Awaitility.await().atMost(PATIENCE).until(() -> server.open() <= 1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC", "URL_BUFFERED", "APACHE5", "APACHE4"})
    void ofTwoAttemptsTheOneThatFailsDoesNotDecide(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.HEDGED)) {
            server.play(
                    ScriptedResponse.respond(200, "slow").delayed(Duration.ofMillis(1500)),
                    ScriptedResponse.respond(503, "broken"));
            CallResult callResult = style.call(Call.get(server.uri("/")));
            assertThat(callResult.text()).as("%s", callResult).isEqualTo("slow");
            assertThat(server.requests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC", "URL_BUFFERED", "APACHE5", "APACHE4"})
    void aPostIsSentOnce(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.HEDGED)) {
            server.play(ScriptedResponse.respond(200, "slow").delayed(Duration.ofMillis(300)));
            assertThat(style.call(Call.post(server.uri("/"), "body")).text()).isEqualTo("slow");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC", "URL_BUFFERED", "APACHE5", "APACHE4"})
    void whoGivesUpEndsBothAttempts(Style style) throws InterruptedException {
        try (ScriptedServer server = ScriptedServer.http(Hosts.HEDGED)) {
            server.otherwise(ScriptedResponse.respond(200, "slow").held());
            InFlight call = style.start(Call.get(server.uri("/")));
            server.awaitRequests(2);
            call.abandon();
            assertThat(call.seen().thrown()).isNotNull();
            server.awaitOpen(0);
            assertThat(server.requests()).hasSize(2);
        }
    }
}
