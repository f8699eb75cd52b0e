package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Connections that break. The JDK's clients send some requests a second time by themselves, so what counts is the
 * ratio: a call under a policy may reach the server so many times as the same call of a host without a policy, times
 * the attempts.
 */
class BrokenConnectionContract {
    private static final int ATTEMPTS = 4;

    /** Every way to break a connection before the response's head is complete, that both clients take for an error. */
    static List<ScriptedResponse> breaks() {
        return List.of(
                ScriptedResponse.onAccept(Cut.RESET),
                ScriptedResponse.afterRequest(Cut.RESET),
                ScriptedResponse.afterRequest(Cut.CLOSE),
                ScriptedResponse.respond(200, "never seen").cutInHead(25, Cut.RESET));
    }

    static Stream<Arguments> stylesAndBreaks() {
        return Stream.of(Style.values()).flatMap(style -> breaks().stream().map(broken -> Arguments.of(style, broken)));
    }

    @ParameterizedTest
    @MethodSource("stylesAndBreaks")
    void aGetSurvivesAsManyBreaksAsThereAreRetries(Style style, ScriptedResponse broken) {
        int sendsPerAttempt = reached(style, Call.get(java.net.URI.create("http://x/")), Hosts.BARE, broken)
                .size();
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            for (int i = 0; i < sendsPerAttempt * (ATTEMPTS - 1); i++) {
                server.play(broken);
            }
            CallResult callResult = style.call(Call.get(server.uri("/")));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            assertThat(callResult.text()).isEqualTo("ok");
            assertThat(server.accepted()).isEqualTo(sendsPerAttempt * (ATTEMPTS - 1) + 1);
        }
    }

    @ParameterizedTest
    @MethodSource("stylesAndBreaks")
    void whenRetriesAreUsedUpTheLastErrorIsTheOneThatTheClientGives(Style style, ScriptedResponse broken) {
        Call call = Call.get(java.net.URI.create("http://x/"));
        try (ScriptedServer bare = ScriptedServer.http(Hosts.BARE).otherwise(broken);
                ScriptedServer server = ScriptedServer.http(Hosts.QUICK).otherwise(broken)) {
            always(bare, broken);
            always(server, broken);
            CallResult without = style.call(call.at(bare.uri("/")));
            CallResult with = style.call(call.at(server.uri("/")));
            assertThat(with.thrown()).as("%s", with).isNotNull();
            assertThat(with.thrown()).hasSameClassAs(without.thrown());
            assertThat(with.thrown().getSuppressed()).hasSize(ATTEMPTS - 1);
            assertThat(server.accepted()).isEqualTo(ATTEMPTS * bare.accepted());
        }
    }

    @ParameterizedTest
    @MethodSource("stylesAndBreaks")
    void aPutIsSentAgainByteForByte(Style style, ScriptedResponse broken) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            String body = "0123456789".repeat(1000);
            // Both clients may silently send once more: two breaks are at most two attempts, at least one.
            server.play(broken, broken);
            CallResult callResult = style.call(Call.put(server.uri("/"), body));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            List<ReceivedRequest> whole =
                    server.requests().stream().filter(ReceivedRequest::complete).toList();
            assertThat(whole).isNotEmpty().allSatisfy(r -> assertThat(r.text()).isEqualTo(body));
            assertThat(server.accepted()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @MethodSource("stylesAndBreaks")
    void aPostIsSentNoMoreOftenThanWithoutAPolicy(Style style, ScriptedResponse broken) {
        Call call = Call.post(java.net.URI.create("http://x/"), "order");
        List<String> without = reached(style, call, Hosts.BARE, broken);
        List<String> with = reached(style, call, Hosts.QUICK, broken);
        if (style == Style.URL_BUFFERED && broken.endsNewConnection()) {
            // That client sends once more by itself where a write fails and once more where a read does: two or three
            // connections, as the reset comes early or late. A second attempt would make four of them at least.
            assertThat(with).hasSizeBetween(2, 3).isSubsetOf(without);
        } else {
            assertThat(with).isEqualTo(without);
        }
    }

    @ParameterizedTest
    @MethodSource("stylesAndBreaks")
    void aPostWithAnIdempotencyKeyIsSentAgain(Style style, ScriptedResponse broken) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            server.play(broken, broken, broken);
            CallResult callResult =
                    style.call(Call.post(server.uri("/"), "order").header("Idempotency-Key", "k"));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            assertThat(server.accepted()).isEqualTo(4);
            assertThat(server.requests().get(server.requests().size() - 1).text())
                    .isEqualTo("order");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatBreaksAfterItsHeadWasDeliveredIsNotSentForAgain(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            server.play(ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.RESET));
            CallResult callResult = style.call(Call.get(server.uri("/")));
            assertThat(callResult.thrown()).as("%s", callResult).isInstanceOf(java.io.IOException.class);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aShortBodyIsWhatTheClientMakesOfIt(Style style) {
        ScriptedResponse broken = ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.CLOSE);
        Call call = Call.get(java.net.URI.create("http://x/"));
        assertThat(reached(style, call, Hosts.QUICK, broken)).isEqualTo(reached(style, call, Hosts.BARE, broken));
    }

    @ParameterizedTest
    @EnumSource
    void aBrokenBodyThatIsHeldBackCountsAsAFailedAttempt(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.BUFFERING)) {
            server.play(
                    ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.RESET),
                    ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.CLOSE),
                    ScriptedResponse.respond(200, "0123456789")
                            .header("Content-Type", "application/json")
                            .chunked()
                            .dripping(2, java.time.Duration.ofMillis(1))
                            .cutInBody(4, Cut.CLOSE));
            CallResult callResult = style.call(Call.get(server.uri("/")));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            assertThat(callResult.text()).isEqualTo("ok");
            assertThat(server.requests()).hasSize(4);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPostWhoseAnswerBreaksIsSentOnceThoughItWasHeldBack(Style style) {
        ScriptedResponse broken = ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.RESET);
        for (String host : List.of(Hosts.BARE, Hosts.BUFFERING)) {
            try (ScriptedServer server = ScriptedServer.http(host)) {
                server.play(broken);
                CallResult callResult = style.call(Call.post(server.uri("/"), "order"));
                assertThat(callResult.thrown()).as("%s %s", host, callResult).isInstanceOf(java.io.IOException.class);
                assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("order");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whenNoAttemptBringsTheWholeBodyTheApplicationSeesWhatTheClientMakesOfIt(Style style) {
        for (Cut cut : List.of(Cut.CLOSE, Cut.RESET)) {
            ScriptedResponse broken =
                    ScriptedResponse.respond(200, "0123456789").cutInBody(4, cut);
            try (ScriptedServer bare = ScriptedServer.http(Hosts.BARE).otherwise(broken);
                    ScriptedServer server = ScriptedServer.http(Hosts.BUFFERING).otherwise(broken)) {
                CallResult without = style.call(Call.get(bare.uri("/")));
                CallResult with = style.call(Call.get(server.uri("/")));
                assertThat(server.requests()).hasSize(ATTEMPTS);
                assertThat(with.text()).isEqualTo(without.text());
                if (without.thrown() == null) {
                    assertThat(with.thrown()).isNull();
                } else {
                    assertThat(with.thrown()).hasSameClassAs(without.thrown());
                    assertThat(with.thrown()).hasMessage(without.thrown().getMessage());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerWithoutABodyIsNotOneCutShort(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.BUFFERING)) {
            server.play(
                    ScriptedResponse.respond(200, "0123456789"),
                    ScriptedResponse.respond(204),
                    ScriptedResponse.respond(304),
                    ScriptedResponse.respond(200));
            assertThat(style.call(Call.of("HEAD", server.uri("/"))).headers().get("content-length"))
                    .containsExactly("10");
            assertThat(style.call(Call.get(server.uri("/"))).status()).isEqualTo(204);
            assertThat(style.call(Call.get(server.uri("/"))).status()).isEqualTo(304);
            assertThat(style.call(Call.get(server.uri("/"))).text()).isEmpty();
            assertThat(server.requests()).hasSize(4);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWholeBodyIsHeldBackHoweverItsEndIsTold(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.BUFFERING)) {
            String body = "0123456789".repeat(10);
            server.play(
                    ScriptedResponse.respond(200, body).dripping(30, java.time.Duration.ofMillis(5)),
                    ScriptedResponse.respond(200, body)
                            .header("Content-Type", "application/json")
                            .chunked()
                            .dripping(30, java.time.Duration.ofMillis(5)),
                    ScriptedResponse.respond(200, body)
                            .header("Content-Type", "application/json")
                            .untilClose(),
                    ScriptedResponse.respond(404, body));
            for (int status : new int[] {200, 200, 200, 404}) {
                CallResult callResult = style.call(Call.get(server.uri("/")));
                assertThat(callResult.status()).as("%s", callResult).isEqualTo(status);
                assertThat(callResult.text()).isEqualTo(body);
            }
            assertThat(server.requests()).hasSize(4);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyOfExactlyTheLimitIsHeldBackAndOneOfAByteMoreIsNot(Style style) {
        int limit = 64 * 1024;
        try (ScriptedServer server = ScriptedServer.http(Hosts.BUFFERING)) {
            server.play(ScriptedResponse.respond(200, "x".repeat(limit)).cutInBody(limit - 1, Cut.RESET));
            assertThat(style.call(Call.get(server.uri("/"))).text()).isEqualTo("ok");
            assertThat(server.requests()).hasSize(2);
            server.reset();
            server.play(ScriptedResponse.respond(200, "x".repeat(limit + 1)).cutInBody(limit, Cut.RESET));
            CallResult callResult = style.call(Call.get(server.uri("/")));
            assertThat(callResult.thrown()).as("%s", callResult).isInstanceOf(java.io.IOException.class);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPutThatBreaksWhileItIsWrittenIsSentAgainWhole(Style style) {
        String body = "0123456789".repeat(100_000);
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            // HttpURLConnection does not notice the first: it writes once more by itself.
            server.play(ScriptedResponse.afterRequestHead(Cut.RESET), ScriptedResponse.afterRequestHead(Cut.RESET));
            CallResult callResult = style.call(Call.put(server.uri("/"), body));
            boolean held = style.holdsBody();
            if (held) {
                assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            } else {
                assertThat(callResult.thrown())
                        .as("larger than what is recorded: %s", callResult)
                        .isInstanceOf(java.io.IOException.class);
            }
            assertThat(server.requests().stream().filter(ReceivedRequest::complete))
                    .hasSize(held ? 1 : 0)
                    .allSatisfy(r -> assertThat(r.text()).isEqualTo(body));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyTooLargeToHoldBackIsDeliveredAsItComes(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.BUFFERING)) {
            String large = "0123456789".repeat(20_000);
            server.play(
                    ScriptedResponse.respond(200, large),
                    ScriptedResponse.respond(200, large)
                            .header("Content-Type", "application/json")
                            .chunked()
                            .dripping(50_000, java.time.Duration.ofMillis(1)));
            assertThat(style.call(Call.get(server.uri("/"))).text()).isEqualTo(large);
            assertThat(style.call(Call.get(server.uri("/"))).text()).isEqualTo(large);
            assertThat(server.requests()).hasSize(2);
        }
    }

    /**
     * Returns as lines the requests that a server receives which breaks every connection, and the outcome that the
     * application sees.
     */
    private static List<String> reached(Style style, Call call, String host, ScriptedResponse broken) {
        try (ScriptedServer server = ScriptedServer.http(host)) {
            always(server, broken);
            CallResult callResult = style.call(call.at(server.uri("/")));
            List<String> lines = new ArrayList<>();
            lines.add(
                    callResult.thrown() == null
                            ? callResult.status() + " " + callResult.text()
                            : callResult.thrown().getClass().getName());
            for (int i = 0; i < server.accepted(); i++) {
                lines.add(
                        i < server.requests().size()
                                ? server.requests().get(i).method() + " "
                                        + server.requests().get(i).text()
                                : "connection");
            }
            return lines.subList(lines.size() > 1 ? 1 : 0, lines.size());
        }
    }

    private static void always(ScriptedServer server, ScriptedResponse broken) {
        server.otherwise(broken);
        for (int i = 0; i < 20; i++) {
            server.play(broken); // an answer to a connection has to stand in the script
        }
    }
}
