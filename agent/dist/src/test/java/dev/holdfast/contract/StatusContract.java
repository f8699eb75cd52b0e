package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests which responses are retried, for which methods, and which of them the application sees. */
class StatusContract {
    private final ScriptedServer server = ScriptedServer.http(Hosts.QUICK);

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void aGetThatIsAnswered503IsSentAgain(Style style) {
        server.play(ScriptedResponse.respond(503, "busy").header("X-From", "first"))
                .otherwise(ScriptedResponse.respond(200, "fine").header("X-From", "second"));
        CallResult callResult = style.call(Call.get(server.uri("/a?b=c%20d")).header("X-Mine", "kept"));
        assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
        assertThat(callResult.text()).isEqualTo("fine");
        assertThat(callResult.headers().get("x-from")).containsExactly("second");
        assertThat(server.requests()).hasSize(2).allSatisfy(r -> {
            assertThat(r.method()).isEqualTo("GET");
            assertThat(r.target()).isEqualTo("/a?b=c%20d");
            assertThat(r.headers("X-Mine")).containsExactly("kept");
            assertThat(r.body()).isEmpty();
        });
        assertThat(server.requests().get(1).headers())
                .isEqualTo(server.requests().get(0).headers());
    }

    @ParameterizedTest
    @EnumSource
    void aPutIsSentAgainWithTheSameHeadersBytesAndFraming(Style style) {
        server.play(ScriptedResponse.respond(503), ScriptedResponse.respond(500, "x".repeat(5000)));
        String body = "body ".repeat(2000);
        CallResult callResult = style.call(Call.put(server.uri("/put"), body).header("Content-Type", "text/x"));
        assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
        assertThat(server.requests()).hasSize(3).allSatisfy(r -> {
            assertThat(r.method()).isEqualTo("PUT");
            assertThat(r.text()).isEqualTo(body);
            assertThat(r.chunked()).isEqualTo(style.chunks());
            assertThat(r.headers()).isEqualTo(server.requests().get(0).headers());
        });
    }

    @ParameterizedTest
    @EnumSource
    void aDiscardedAnswerLeavesItsConnectionForTheNextAttempt(Style style) {
        // Again where need be: a client may give a connection back later than the next attempt begins.
        await().until(() -> {
            server.reset();
            server.play(ScriptedResponse.respond(503, "busy"), ScriptedResponse.respond(503, "b".repeat(3000)));
            assertThat(style.call(Call.get(server.uri("/"))).status()).isEqualTo(200);
            assertThat(server.requests()).hasSize(3);
            return server.accepted() <= 1;
        });
    }

    @ParameterizedTest
    @EnumSource
    void aPostIsNotSentAgain(Style style) {
        server.play(ScriptedResponse.respond(503, "busy").header("X-From", "only"));
        CallResult callResult = style.call(Call.post(server.uri("/"), "order"));
        assertThat(callResult.status()).as("%s", callResult).isEqualTo(503);
        assertThat(callResult.text()).isEqualTo("busy");
        assertThat(callResult.headers().get("x-from")).containsExactly("only");
        assertThat(server.requests())
                .singleElement()
                .satisfies(r -> assertThat(r.text()).isEqualTo("order"));
    }

    @ParameterizedTest
    @EnumSource
    void aPostWithAnIdempotencyKeyIsSentAgain(Style style) {
        server.play(ScriptedResponse.respond(503, "busy"));
        CallResult callResult = style.call(Call.post(server.uri("/"), "order").header("Idempotency-Key", "k1"));
        assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
        assertThat(server.requests()).hasSize(2).allSatisfy(r -> {
            assertThat(r.method()).isEqualTo("POST");
            assertThat(r.headers("Idempotency-Key")).containsExactly("k1");
            assertThat(r.text()).isEqualTo("order");
        });
    }

    @ParameterizedTest
    @EnumSource
    void aPostIsSentAgainWhereTheConfigurationSaysSo(Style style) {
        try (ScriptedServer lenient = ScriptedServer.http(Hosts.POST_TOO)) {
            lenient.play(ScriptedResponse.respond(503), ScriptedResponse.respond(503));
            assertThat(style.call(Call.post(lenient.uri("/"), "order")).status())
                    .isEqualTo(200);
            assertThat(lenient.requests()).extracting(ReceivedRequest::text).containsExactly("order", "order", "order");
            lenient.reset();
            lenient.play(ScriptedResponse.respond(503));
            assertThat(style.call(Call.put(lenient.uri("/"), "x")).status())
                    .as("the list replaces the default")
                    .isEqualTo(503);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SEND, HEAD",
        "SEND, OPTIONS",
        "SEND, DELETE",
        "SEND_ASYNC, HEAD",
        "SEND_ASYNC, OPTIONS",
        "SEND_ASYNC, DELETE",
        "URL_BUFFERED, HEAD",
        "URL_BUFFERED, OPTIONS",
        "URL_BUFFERED, DELETE",
        "SEND, TRACE",
        "URL_BUFFERED, TRACE"
    })
    void otherIdempotentMethodsAreSentAgain(Style style, String method) {
        server.play(ScriptedResponse.respond(503, "busy"), ScriptedResponse.respond(429, "busy"));
        CallResult callResult = style.call(Call.of(method, server.uri("/")));
        assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
        assertThat(callResult.text()).isEqualTo(method.equals("HEAD") ? "" : "ok");
        assertThat(server.requests()).extracting(ReceivedRequest::method).containsExactly(method, method, method);
    }

    @ParameterizedTest
    @CsvSource({"SEND, PATCH", "SEND_ASYNC, PATCH", "SEND, LOCK"})
    void otherMethodsAreNotSentAgain(Style style, String method) {
        server.play(ScriptedResponse.respond(503, "busy"));
        CallResult callResult = style.call(Call.of(method, server.uri("/")).body("change"));
        assertThat(callResult.status()).as("%s", callResult).isEqualTo(503);
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void whenRetriesAreUsedUpTheLastAnswerIsDelivered(Style style) {
        for (int i = 1; i <= 6; i++) {
            server.play(ScriptedResponse.respond(503, "answer " + i).header("X-Number", "" + i));
        }
        CallResult callResult = style.call(Call.get(server.uri("/")));
        assertThat(callResult.status()).as("%s", callResult).isEqualTo(503);
        assertThat(callResult.text()).isEqualTo("answer 4");
        assertThat(callResult.headers().get("x-number")).containsExactly("4");
        assertThat(server.requests()).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource({
        "SEND, 400", "SEND, 404", "SEND, 501", "SEND_ASYNC, 403", "SEND_ASYNC, 404", "URL_BUFFERED, 400",
        "URL_BUFFERED, 404", "URL_BUFFERED, 410", "URL_BUFFERED, 501", "SEND, 204", "URL_BUFFERED, 304", "SEND, 302"
    })
    void otherStatusesAreDeliveredAtOnce(Style style, int status) {
        server.play(ScriptedResponse.respond(status, status == 204 || status == 304 ? "" : "as it is"));
        CallResult callResult = style.call(Call.get(server.uri("/")));
        assertThat(callResult.status()).as("%s", callResult).isEqualTo(status);
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "SEND, 429",
        "SEND, 500",
        "SEND, 502",
        "SEND, 504",
        "SEND_ASYNC, 504",
        "URL_BUFFERED, 429",
        "URL_BUFFERED, 500",
        "URL_BUFFERED, 502",
        "URL_BUFFERED, 504"
    })
    void theSeedsStatusesAreRetried(Style style, int status) {
        server.play(ScriptedResponse.respond(status, "again"));
        assertThat(style.call(Call.get(server.uri("/"))).status()).isEqualTo(200);
        assertThat(server.requests()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void retryAfterInSecondsIsWaitedFor(Style style) {
        server.play(ScriptedResponse.respond(429, "later").header("Retry-After", "1"));
        assertThat(style.call(Call.put(server.uri("/"), "whole")).status()).isEqualTo(200);
        assertThat(gapMillis()).isGreaterThanOrEqualTo(990L);
        assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("whole", "whole");
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC", "URL_BUFFERED"})
    void retryAfterAsADateIsWaitedFor(Style style) {
        // A date has whole seconds: three of them are between two and three away, when the call begins.
        ZonedDateTime date = ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(3);
        server.play(
                ScriptedResponse.respond(503).header("Retry-After", DateTimeFormatter.RFC_1123_DATE_TIME.format(date)));
        assertThat(style.call(Call.get(server.uri("/"))).status()).isEqualTo(200);
        assertThat(gapMillis()).isGreaterThanOrEqualTo(900L);
    }

    @ParameterizedTest
    @EnumSource
    void aRetryAfterOverTheCapIsDeliveredAtOnce(Style style) {
        server.play(ScriptedResponse.respond(429, "much later").header("Retry-After", "86400"));
        CallResult callResult = style.call(Call.get(server.uri("/")));
        assertThat(callResult.status()).as("%s", callResult).isEqualTo(429);
        assertThat(callResult.text()).isEqualTo("much later");
        assertThat(callResult.headers().get("retry-after")).containsExactly("86400");
        assertThat(callResult.took()).isLessThan(Duration.ofSeconds(5));
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void aRetryAfterThatMakesNoSenseIsIgnored(Style style) {
        server.play(
                ScriptedResponse.respond(503).header("Retry-After", "soon"),
                ScriptedResponse.respond(503).header("Retry-After", "-5"),
                ScriptedResponse.respond(503).header("Retry-After", "0"));
        assertThat(style.call(Call.get(server.uri("/"))).status()).isEqualTo(200);
        assertThat(server.requests()).hasSize(4);
    }

    @ParameterizedTest
    @EnumSource
    void inModeObserveTheApplicationSeesTheFirstAnswer(Style style) {
        try (ScriptedServer observed = ScriptedServer.http(Hosts.OBSERVED)) {
            observed.play(ScriptedResponse.respond(503, "first"));
            CallResult callResult = style.call(Call.get(observed.uri("/")));
            assertThat(callResult.text()).isEqualTo("first");
            assertThat(observed.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHostWithoutAPolicyIsLeftAlone(Style style) {
        for (String host : List.of(Hosts.BARE, "localhost")) {
            try (ScriptedServer bare = ScriptedServer.http(host)) {
                bare.play(ScriptedResponse.respond(503, "first"));
                CallResult callResult = style.call(Call.get(bare.uri("/")));
                assertThat(callResult.text()).isEqualTo("first");
                assertThat(bare.requests()).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRedirectIsFollowedAnewByEachAttempt(Style style) {
        server.play(
                ScriptedResponse.respond(302).header("Location", "/there"),
                ScriptedResponse.respond(503),
                ScriptedResponse.respond(302).header("Location", "/there"),
                ScriptedResponse.respond(200, "arrived"));
        CallResult callResult = style.call(Call.get(server.uri("/here")).following());
        assertThat(callResult.text()).as("%s", callResult).isEqualTo("arrived");
        assertThat(server.requests())
                .extracting(ReceivedRequest::target)
                .containsExactly("/here", "/there", "/here", "/there");
    }

    private long gapMillis() {
        List<ReceivedRequest> requests = server.requests();
        assertThat(requests).hasSize(2);
        return (requests.get(1).nanos() - requests.get(0).nanos()) / 1_000_000;
    }
}
