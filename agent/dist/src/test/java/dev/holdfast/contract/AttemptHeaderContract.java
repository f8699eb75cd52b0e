package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.classic.MinimalHttpClient;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Under {@code attempt_header} each attempt but the first says how many were before it, and is else the same request.
 */
class AttemptHeaderContract {
    private static final String NAME = "X-Retry-Attempt";

    private static List<String> numbers(ScriptedServer server) {
        return server.requests().stream()
                .map(request -> String.join(",", request.headers(NAME)))
                .toList();
    }

    /** The requests without their numbers, and without what differs by connection. */
    private static List<String> others(ScriptedServer server) {
        return server.requests().stream()
                .map(request -> request.method() + " " + request.target() + " " + fields(request) + request.text())
                .toList();
    }

    private static List<String> fields(ReceivedRequest request) {
        return request.headers().stream()
                .filter(field -> !field.getKey().equalsIgnoreCase(NAME))
                .map(Map.Entry::toString)
                .collect(Collectors.toList());
    }

    @ParameterizedTest
    @EnumSource
    void retriesAreNumberedAndTheFirstAttemptIsNot(Style style) {
        for (Call call : List.of(
                Call.get(URI.create("http://unused/")),
                Call.put(URI.create("http://unused/"), "precious").header("X-Other", "x"))) {
            try (ScriptedServer server = ScriptedServer.http(Hosts.NUMBERED)) {
                server.play(
                        ScriptedResponse.respond(503),
                        ScriptedResponse.respond(503).closing(),
                        ScriptedResponse.respond(503),
                        ScriptedResponse.respond(200, "fine"));

                assertThat(style.call(call.at(server.uri("/numbered"))).text()).isEqualTo("fine");

                assertThat(numbers(server)).containsExactly("", "1", "2", "3");
                assertThat(others(server).stream().distinct()).as("%s", style).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHeaderThatTheProgramSetsStays(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.NUMBERED)) {
            server.play(ScriptedResponse.respond(503), ScriptedResponse.respond(503));

            Call call = Call.get(server.uri("/")).header("x-retry-attempt", "mine");
            assertThat(style.call(call).status()).isEqualTo(200);

            assertThat(numbers(server)).containsExactly("mine", "mine", "mine");
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutTheKeyNothingIsAdded(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.QUICK)) {
            server.play(ScriptedResponse.respond(503));

            assertThat(style.call(Call.get(server.uri("/"))).status()).isEqualTo(200);

            assertThat(numbers(server)).containsExactly("", "");
            assertThat(others(server).stream().distinct()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSecondAttemptBesideTheFirstIsNumberedToo(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.NUMBERED_HEDGED)) {
            server.play(ScriptedResponse.respond(200, "slow").held(), ScriptedResponse.respond(200, "quick"));

            CallResult result = style.call(Call.get(server.uri("/hedged")));

            assertThat(result.text()).as("%s", result).isEqualTo("quick");
            assertThat(numbers(server)).containsExactly("", "1");
            assertThat(others(server).stream().distinct()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLimitedAttemptIsNumberedToo(Style style) {
        try (ScriptedServer server = ScriptedServer.http(Hosts.NUMBERED_HEDGED)) {
            server.play(ScriptedResponse.respond(503), ScriptedResponse.respond(200, "fine"));

            assertThat(style.call(Call.put(server.uri("/"), "precious")).text()).isEqualTo("fine");

            assertThat(numbers(server)).containsExactly("", "1");
        }
    }

    @Test
    void theProgramsRequestOfApache5StaysAsItWas() throws IOException {
        try (MinimalHttpClient minimal = HttpClients.createMinimal();
                ScriptedServer server = ScriptedServer.http(Hosts.NUMBERED)) {
            server.play(ScriptedResponse.respond(503), ScriptedResponse.respond(503));
            HttpGet request = new HttpGet(server.uri("/"));

            String text = minimal.execute(request, response -> EntityUtils.toString(response.getEntity()));

            assertThat(text).isNotNull();
            assertThat(numbers(server)).containsExactly("", "1", "2");
            assertThat(request.containsHeader(NAME)).isFalse();
        }
    }
}
