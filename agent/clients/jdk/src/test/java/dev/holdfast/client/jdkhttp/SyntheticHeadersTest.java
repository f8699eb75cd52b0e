package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.policy.Fallbacks;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The headers of an answer that the client did not make: its own type takes fewer than a file or another client has.
 */
@Timeout(10)
class SyntheticHeadersTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void namesThatDifferByCaseAreOne(boolean async) throws Exception {
        WovenClient client = new WovenClient(
                HttpClient.newHttpClient(),
                TestPolicy.QUICK.maxRetries(0),
                Fallbacks.defaultValue(200, Map.of("X-Many", List.of("a"), "x-many", List.of("b")), "text"));
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(503, "busy"));
            HttpResponse<String> response =
                    client.call(async, HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString());
            assertThat(response.body()).isEqualTo("text");
            assertThat(response.headers().allValues("X-Many")).containsExactlyInAnyOrder("a", "b");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAnswerThatCannotBeShownEndsTheCall(boolean async) throws Exception {
        WovenClient client = new WovenClient(
                HttpClient.newHttpClient(),
                TestPolicy.QUICK.maxRetries(0),
                Fallbacks.defaultValue(200, Map.of("", List.of("no name")), "text"));
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(503, "busy"));
            HttpRequest request = HttpRequest.newBuilder(server.uri("/")).build();
            assertThatThrownBy(() -> client.call(async, request, BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        }
    }
}
