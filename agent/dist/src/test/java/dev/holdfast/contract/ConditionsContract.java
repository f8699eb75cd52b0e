package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests what conditions do: on status, method and header together, and on the body of a response. */
class ConditionsContract {
    private static final String THROTTLED =
            "{\"data\":null,\"errors\":[{\"message\":\"slow down\",\"extensions\":{\"code\":\"THROTTLED\"}}]}";

    private final ScriptedServer server = ScriptedServer.http(Hosts.CONDITIONS);
    private final ScriptedServer defaulted = ScriptedServer.http(Hosts.CONDITIONS_DEFAULTED);

    @AfterEach
    void close() {
        server.close();
        defaulted.close();
    }

    private static ScriptedResponse json(int status, String body) {
        return ScriptedResponse.respond(status, body).header("Content-Type", "application/json");
    }

    @ParameterizedTest
    @EnumSource
    void statusMethodAndHeaderHaveToHoldTogether(Style style) {
        ScriptedResponse limited = ScriptedResponse.respond(403, "limit").header("X-RateLimit-Remaining", "0");
        server.play(limited, limited);
        assertThat(style.call(Call.get(server.uri("/"))).status()).isEqualTo(200);
        assertThat(server.requests()).extracting(ReceivedRequest::method).containsExactly("GET", "GET", "GET");

        server.reset();
        server.play(ScriptedResponse.respond(403, "limit").header("X-RateLimit-Remaining", "7"));
        assertThat(style.call(Call.get(server.uri("/"))).text()).as("header").isEqualTo("limit");
        assertThat(server.requests()).hasSize(1);

        server.reset();
        server.play(limited);
        assertThat(style.call(Call.put(server.uri("/"), "x")).text())
                .as("method")
                .isEqualTo("limit");
        assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("x");
    }

    @ParameterizedTest
    @EnumSource
    void ofARepeatedHeaderAllValuesAreLookedAt(Style style) {
        for (String[] values : new String[][] {{"7", "0"}, {"0", "7"}, {"7", "0", "8"}}) {
            ScriptedResponse limited = ScriptedResponse.respond(403, "limit");
            for (String value : values) {
                limited = limited.header("X-RateLimit-Remaining", value);
            }
            server.reset();
            server.play(limited);
            assertThat(style.call(Call.get(server.uri("/"))).status()).isEqualTo(200);
            assertThat(server.requests()).extracting(ReceivedRequest::method).containsExactly("GET", "GET");
        }
        server.reset();
        server.play(ScriptedResponse.respond(403, "limit")
                .header("X-RateLimit-Remaining", "7")
                .header("X-RateLimit-Remaining", "8"));
        assertThat(style.call(Call.get(server.uri("/"))).text()).isEqualTo("limit");
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void ofARepeatedRetryAfterTheLongestCounts(Style style) {
        for (String[] values : new String[][] {{"0", "120"}, {"120", "0"}}) {
            server.reset();
            server.play(ScriptedResponse.respond(429, "busy")
                    .header("Retry-After", values[0])
                    .header("Retry-After", values[1]));
            CallResult callResult = style.call(Call.get(server.uri("/")));
            assertThat(callResult.status()).as("longer than max_retry_after").isEqualTo(429);
            assertThat(callResult.text()).isEqualTo("busy");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSuccessIsNotSentAgainForAHeaderAlone(Style style) {
        server.play(ScriptedResponse.respond(200, "done").header("X-Again", "yes"));
        CallResult callResult = style.call(Call.put(server.uri("/"), "x"));
        assertThat(callResult.text()).as("%s", callResult).isEqualTo("done");
        assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("x");

        server.reset();
        server.play(ScriptedResponse.respond(409, "conflict").header("X-Again", "yes"));
        assertThat(style.call(Call.put(server.uri("/"), "x")).status()).isEqualTo(200);
        assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("x", "x");
    }

    @ParameterizedTest
    @EnumSource
    void aTextInTheBodyOfASuccessIsSentAgainFor(Style style) {
        server.play(
                ScriptedResponse.respond(200, "Rate is LIMITED, come back later"),
                ScriptedResponse.respond(200, "<faultcode>Server</faultcode>").header("Content-Type", "text/xml"),
                ScriptedResponse.respond(200, "a rate that is limited")
                        .header("Content-Type", "text/html")
                        .chunked());
        CallResult callResult = style.call(Call.put(server.uri("/"), "whole"));
        assertThat(callResult.text()).as("%s", callResult).isEqualTo("ok");
        assertThat(server.requests())
                .extracting(ReceivedRequest::text)
                .containsExactly("whole", "whole", "whole", "whole");
    }

    @ParameterizedTest
    @EnumSource
    void aValueInTheBodyOfASuccessIsSentAgainFor(Style style) {
        server.play(json(200, THROTTLED));
        String good = "{\"data\":{\"a\":\"THROTTLED\"},\"errors\":[]}";
        server.otherwise(json(200, good));
        CallResult callResult = style.call(Call.get(server.uri("/graph")));
        assertThat(callResult.text()).as("%s", callResult).isEqualTo(good);
        assertThat(callResult.headers().get("content-type")).containsExactly("application/json");
        assertThat(server.requests()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void aPostIsNotSentAgainForItsBody(Style style) {
        server.play(json(200, THROTTLED).header("X-From", "only"));
        CallResult callResult = style.call(Call.post(server.uri("/"), "order"));
        assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
        assertThat(callResult.text()).isEqualTo(THROTTLED);
        assertThat(callResult.headers().get("x-from")).containsExactly("only");
        assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("order");
    }

    @ParameterizedTest
    @EnumSource
    void whenRetriesAreUsedUpTheLastBodyIsDeliveredWhole(Style style) {
        server.otherwise(json(200, THROTTLED));
        CallResult callResult = style.call(Call.get(server.uri("/")));
        assertThat(callResult.text()).as("%s", callResult).isEqualTo(THROTTLED);
        assertThat(server.requests()).hasSize(4);
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatIsLargeOrAStreamIsNotLookedAt(Style style) {
        String large = "rate limited ".repeat(2000);
        server.otherwise(ScriptedResponse.respond(200, large));
        assertThat(style.call(Call.get(server.uri("/"))).text()).isEqualTo(large);
        assertThat(server.requests()).hasSize(1);

        server.reset();
        server.otherwise(ScriptedResponse.respond(200, large)
                .header("Content-Type", "text/html")
                .chunked());
        assertThat(style.call(Call.get(server.uri("/"))).text()).isEqualTo(large);
        assertThat(server.requests()).hasSize(1);

        server.reset();
        server.otherwise(ScriptedResponse.respond(429, large)
                .header("Content-Type", "text/html")
                .chunked());
        CallResult busy = style.call(Call.get(server.uri("/")));
        assertThat(busy.status()).as("%s", busy).isEqualTo(429);
        assertThat(busy.text()).isEqualTo(large);
        assertThat(server.requests()).as("its head decides").hasSize(4);

        server.reset();
        server.otherwise(
                ScriptedResponse.respond(200, "data: rate limited\n\n").header("Content-Type", "text/event-stream"));
        assertThat(style.call(Call.get(server.uri("/"))).text()).isEqualTo("data: rate limited\n\n");
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void theBodyOfAnErrorMayForbidARetry(Style style) {
        server.play(json(429, "{\"error\":{\"code\":\"slow_down\"}}"));
        String final429 = "{\"error\":{\"code\":\"insufficient_quota\"}}";
        server.otherwise(json(429, final429));
        CallResult callResult = style.call(Call.get(server.uri("/")));
        assertThat(callResult.status()).as("%s", callResult).isEqualTo(429);
        assertThat(callResult.text()).isEqualTo(final429);
        assertThat(server.requests()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatBreaksBeforeItIsLookedAtIsAFailedAttempt(Style style) {
        server.play(
                json(200, THROTTLED).cutInBody(20, Cut.RESET),
                json(429, THROTTLED).cutInBody(20, Cut.RESET));
        CallResult callResult = style.call(Call.get(server.uri("/")));
        assertThat(callResult.text()).as("%s", callResult).isEqualTo("ok");
        assertThat(server.requests()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"HEAD, 200", "GET, 204"})
    void aResponseWithoutABodyHasNoText(String method, int status) {
        for (Style style : Style.values()) {
            server.reset();
            server.play(ScriptedResponse.respond(status, status == 204 ? "" : THROTTLED));
            assertThat(style.call(Call.of(method, server.uri("/"))).status()).isEqualTo(status);
            assertThat(server.requests()).as("%s", style).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFallbackTakesThePlaceOfASuccessThatSaysThatItIsNone(Style style) {
        defaulted.otherwise(json(200, "{\"state\":\"failing\"}"));
        CallResult replaced = style.call(Call.get(defaulted.uri("/")));
        assertThat(replaced.status()).as("%s", replaced).isEqualTo(203);
        assertThat(replaced.text()).isEqualTo("in place of it");
        assertThat(replaced.headers().get("holdfast-fallback")).containsExactly("default_value");
        assertThat(defaulted.requests()).hasSize(1);

        defaulted.reset();
        defaulted.otherwise(json(200, THROTTLED));
        assertThat(style.call(Call.get(defaulted.uri("/"))).status()).isEqualTo(203);
        assertThat(defaulted.requests()).as("after the retries").hasSize(4);

        defaulted.reset();
        defaulted.otherwise(json(200, "{\"state\":\"up\"}"));
        assertThat(style.call(Call.get(defaulted.uri("/"))).text()).isEqualTo("{\"state\":\"up\"}");
        assertThat(defaulted.requests()).hasSize(1);
    }
}
