package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.Unreachable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Injected faults: the program sees what it would see of real ones, and the server nothing of the attempt. */
class FaultContract {
    private static final int RETRIES = 2;
    private static final String BODY = "0123456789".repeat(100);

    private static List<Call> calls() {
        URI unused = URI.create("http://unused/");
        return List.of(Call.get(unused), Call.put(unused, BODY), Call.post(unused, BODY));
    }

    static Stream<Arguments> stylesAndErrors() {
        return Stream.of(Style.values())
                .flatMap(style -> Stream.of(
                                "connection_timeout",
                                "connection_refused",
                                "connection_reset",
                                "dns_resolution",
                                "read_timeout",
                                "tls")
                        .map(error -> Arguments.of(style, error)));
    }

    @ParameterizedTest
    @EnumSource
    void anInjectedStatusIsTheResponseOnceTheRetriesAreUsedUp(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.FAULTY)) {
            for (Call call : calls()) {
                CallResult result = style.call(call.at(server.uri("/status")));

                assertThat(result.status()).as("%s", result).isEqualTo(503);
                assertThat(result.headers()).containsEntry("holdfast-fault", List.of("status"));
                assertThat(result.text()).startsWith("Holdfast injected this response");
            }
            assertThat(server.accepted()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anInjectedStatusThatIsNotRetriedIsTheResponse(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.FAULTY)) {
            for (Call call : calls()) {
                assertThat(style.call(call.at(server.uri("/missing"))).status()).isEqualTo(404);
            }
            assertThat(server.accepted()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("stylesAndErrors")
    void anInjectedErrorIsThrownOnceTheRetriesAreUsedUp(Style style, String error) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.FAULTY)) {
            CallResult got = style.call(Call.get(server.uri("/" + error)));

            assertThat(got.thrown()).as("%s", got).isInstanceOf(IOException.class);
            assertThat(got.thrown()).hasMessageContaining("Holdfast injected this fault (" + error + ")");
            assertThat(got.thrown().getSuppressed()).hasSize(RETRIES);
            boolean nothingSent = error.startsWith("dns") || error.matches("connection_(timeout|refused)");
            CallResult posted = style.call(Call.post(server.uri("/" + error), BODY));
            assertThat(posted.thrown()).as("%s", posted).hasSameClassAs(got.thrown());
            assertThat(posted.thrown().getSuppressed()).hasSize(nothingSent ? RETRIES : 0);
            assertThat(server.accepted()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anInjectedErrorHasTheTypeOfTheRealOne(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.FAULTY);
                ScriptedServer bare = ScriptedServer.http(Hosts.BARE);
                Unreachable refusing = Unreachable.refusing(Hosts.BARE)) {
            bare.play(ScriptedResponse.respond(200, "slow").held());
            Duration soon = Duration.ofMillis(200);
            Map<String, CallResult> real = Map.of(
                    "connection_refused", style.call(Call.get(refusing.uri("/"))),
                    "dns_resolution", style.call(Call.get(URI.create("http://bare.test/"))),
                    "read_timeout", style.call(Call.get(bare.uri("/")).readTimeout(soon)));
            real.forEach((error, result) -> {
                assertThat(result.thrown()).as(error).isNotNull();
                assertThat(style.call(Call.get(server.uri("/" + error))).thrown())
                        .as(error)
                        .hasSameClassAs(result.thrown());
            });
            assertThat(style.call(Call.get(server.uri("/connection_reset"))).thrown())
                    .isInstanceOf(SocketException.class);
            assertThat(style.call(Call.get(server.uri("/tls"))).thrown()).isInstanceOf(SSLHandshakeException.class);
            assertThat(server.accepted()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theServerSeesTheOneRequestThatGetsNoFault(Style style) {
        for (String path : List.of("/some-statuses", "/some-resets")) {
            for (Call call : calls().subList(0, 2)) {
                try (ScriptedServer server = ScriptedServer.http(Hosts.FAULTY)) {
                    for (int i = 0; i < 6; i++) {
                        server.play(ScriptedResponse.respond(200, "fine"));
                        assertThat(style.call(call.at(server.uri(path))).text()).isEqualTo("fine");
                    }

                    assertThat(server.requests()).hasSize(6);
                    assertThat(server.requests().stream()
                                    .map(FaultContract::wire)
                                    .distinct())
                            .hasSize(1);
                    assertThat(server.requests().get(0).text()).isEqualTo(call.body() == null ? "" : BODY);
                }
            }
        }
    }

    private static String wire(ReceivedRequest request) {
        return request.method() + " " + request.target() + " " + request.headers() + " " + request.text();
    }

    @ParameterizedTest
    @EnumSource
    void realFailuresBetweenFaultsAreRetriedByteForByte(Style style) {
        for (Call call : calls().subList(0, 2)) {
            try (ScriptedServer server = ScriptedServer.http(Hosts.FAULTY)) {
                server.play(
                        ScriptedResponse.respond(503),
                        ScriptedResponse.respond(503),
                        ScriptedResponse.respond(503),
                        ScriptedResponse.respond(503),
                        ScriptedResponse.respond(200, "fine"));

                assertThat(style.call(call.at(server.uri("/some-statuses"))).text())
                        .isEqualTo("fine");

                assertThat(server.requests()).hasSize(5);
                assertThat(server.requests().stream().map(FaultContract::wire).distinct())
                        .hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDelayedAttemptIsSentAfterIt(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.FAULTY)) {
            for (Call call : calls()) {
                server.play(ScriptedResponse.respond(200, "fine"));
                CallResult result = style.call(call.at(server.uri("/delay")));

                assertThat(result.text()).as("%s", result).isEqualTo("fine");
                assertThat(result.took()).isGreaterThanOrEqualTo(Duration.ofMillis(300));
            }
            assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("", BODY, BODY);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDelayLongerThanAnAttemptMayTakeIsATimeout(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.FAULTY)) {
            CallResult result = style.call(Call.get(server.uri("/late")));

            assertThat(result.thrown()).as("%s", result).isNotNull();
            assertThat(result.thrown())
                    .hasSameClassAs(
                            style.call(Call.get(server.uri("/read_timeout"))).thrown());
            assertThat(result.thrown().getSuppressed()).hasSize(RETRIES);
            assertThat(server.accepted()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDelayLongerThanTheProgramWaitsForAResponseIsItsTimeout(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.FAULTY)) {
            for (Call call : calls()) {
                CallResult result = style.call(call.at(server.uri("/hour")).readTimeout(Duration.ofMillis(200)));

                assertThat(result.thrown()).as("%s", result).isNotNull();
                assertThat(result.thrown())
                        .hasSameClassAs(style.call(Call.get(server.uri("/read_timeout")))
                                .thrown())
                        .hasMessageContaining("Holdfast injected this fault (delay)");
            }
            assertThat(server.accepted()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SEND_ASYNC"})
    void anInterruptEndsADelay(Style style) throws Exception {
        try (ScriptedServer server = ScriptedServer.http(Hosts.FAULTY)) {
            InFlight call = style.start(Call.get(server.uri("/hour")));
            call.interrupt();

            assertThat(call.seen().thrown()).isNotNull();
            assertThat(server.accepted()).isZero();
        }
    }

    @Test
    void cancellingAFutureEndsADelay() {
        try (ScriptedServer server = ScriptedServer.http(Hosts.FAULTY)) {
            Call call = Call.get(server.uri("/hour"));
            CompletableFuture<?> original = Style.client(call).sendAsync(Style.request(call), BodyHandlers.ofString());
            original.thenApply(response -> response).cancel(true);

            assertThatThrownBy(() -> original.get(5, TimeUnit.SECONDS))
                    .isInstanceOfAny(CancellationException.class, ExecutionException.class);
            assertThat(server.accepted()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFallbackAnswersForAFault(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.FAULTY)) {
            CallResult result = style.call(Call.get(server.uri("/fallback")));
            assertThat(result.status()).as("%s", result).isEqualTo(203);
            assertThat(result.text()).isEqualTo("in place of it");
            assertThat(result.headers()).containsKey("holdfast-fallback").doesNotContainKey("holdfast-fault");

            CallResult unsafe = style.call(Call.post(server.uri("/fallback"), BODY));
            assertThat(unsafe.status()).as("a 503 to a POST is its outcome").isEqualTo(503);
            assertThat(unsafe.headers()).containsKey("holdfast-fault");
            assertThat(server.accepted()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theBreakerOpensOnFaults(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.FAULTY)) {
            Call call = Call.get(server.uri("/breaker"));
            Throwable last = null;
            // Fewer do where a server of another test had the port, and its breaker is open.
            for (int i = 0; i < 3; i++) {
                last = style.call(call).thrown();
                assertThat(last)
                        .hasMessageMatching(".*Holdfast injected this fault .*|.* its circuit breaker is open.*");
            }

            assertThat(last).isInstanceOf(ConnectException.class).hasMessageContaining("its circuit breaker is open");
            assertThat(server.accepted()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCutBodyBreaksWhereItIsCutAndIsNotSentForAgain(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.FAULTY)) {
            server.play(ScriptedResponse.respond(200, BODY), ScriptedResponse.respond(200, BODY));

            for (Call call : List.of(Call.get(server.uri("/cut")), Call.put(server.uri("/cut"), BODY))) {
                CallResult result = style.call(call);
                assertThat(result.thrown()).as("%s", result).isInstanceOf(IOException.class);
                assertThat(result.thrown()).hasStackTraceContaining("Holdfast injected this fault (cut_body)");
            }
            assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("", BODY);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatEndsBeforeTheCutIsWhole(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.FAULTY)) {
            for (String body : List.of("", "1234", "0123456789")) {
                server.play(ScriptedResponse.respond(200, body));
                assertThat(style.call(Call.get(server.uri("/cut"))).text()).isEqualTo(body);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCutBodyThatIsHeldBackIsRetried(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.FAULTY)) {
            server.otherwise(ScriptedResponse.respond(200, BODY));

            int calls = 0;
            while (server.requests().size() == calls && calls < 50) { // until one is retried: seven in ten are
                CallResult result = style.call(Call.get(server.uri("/cut-held")));
                assertThat(result.text()).as("%s", result).isEqualTo(BODY);
                calls++;
            }
            assertThat(server.requests()).hasSizeGreaterThan(calls);
        }
    }

    @ParameterizedTest
    @EnumSource
    void otherRequestsToTheHostGetNoFault(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.FAULTY)) {
            server.play(ScriptedResponse.respond(503), ScriptedResponse.afterRequest(Cut.RESET));

            assertThat(style.call(Call.get(server.uri("/other"))).status()).isEqualTo(503);
            assertThat(server.requests()).hasSize(1);
        }
    }
}
