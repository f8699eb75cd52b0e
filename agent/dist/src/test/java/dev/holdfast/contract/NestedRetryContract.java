package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A program that makes a call again and again until it is good, over an agent that does so too. */
class NestedRetryContract {
    @ParameterizedTest
    @EnumSource(names = {"SEND", "SEND_ASYNC", "URL_BUFFERED"})
    void aCallMadeAgainSpendsTheBudgetSoThatAttemptsStopMultiplying(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.THRIFTY)) {
            server.otherwise(ScriptedResponse.respond(503));
            int calls = 20;
            for (int i = 0; i < calls; i++) {
                assertThat(style.call(Call.get(server.uri("/same"))).status()).isEqualTo(503);
            }

            // 10 retries there are: of the first calls, 3 each; each call made again takes one of them away.
            assertThat(server.requests().size()).isBetween(calls + 3, calls + 8);
        }
        try (ScriptedServer server = ScriptedServer.http(Hosts.THRIFTY)) {
            server.otherwise(ScriptedResponse.respond(503));
            int calls = 20;
            for (int i = 0; i < calls; i++) {
                assertThat(style.call(Call.get(server.uri("/" + i))).status()).isEqualTo(503);
            }

            assertThat(server.requests()).as("other calls take nothing away").hasSizeGreaterThanOrEqualTo(calls + 10);
        }
    }
}
