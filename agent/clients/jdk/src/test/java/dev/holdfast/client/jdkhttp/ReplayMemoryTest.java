package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.ReplayMemory;
import dev.holdfast.policy.Policies;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies of unknown publishers under the bound for all of them. */
class ReplayMemoryTest {
    private static final byte[] BODY = new byte[1_000];

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBodyThatFindsNoRoomIsSentOnceAndOneThatDoesGivesItBack(boolean async) throws Exception {
        WovenClient client = new WovenClient(
                Policies.retry().replayMax(1_500).policy(),
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
        ReplayMemory memory = Objects.requireNonNull(client.engine).replayMemory();
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(503, "busy"));
            ReplayMemory.Share other = memory.open(this);
            assertThat(other.take(501, 1_500)).isTrue();
            assertThat(put(client, async, server)).isEqualTo(503);
            assertThat(server.requests())
                    .extracting(request -> request.body().length)
                    .containsExactly(1_000);
            assertThat(memory.used()).isEqualTo(501);

            other.close();
            server.reset();
            server.play(ScriptedResponse.respond(503, "busy")).otherwise(ScriptedResponse.respond(200, "done"));
            for (int i = 0; i < 10; i++) {
                assertThat(put(client, async, server)).isEqualTo(200);
                assertThat(memory.used()).isZero();
            }
            assertThat(server.requests())
                    .hasSize(11)
                    .extracting(ReceivedRequest::body)
                    .containsOnly(BODY);
            assertThat(client.defects).isEmpty();
        }
    }

    private static int put(WovenClient client, boolean async, ScriptedServer server) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri("/"))
                .PUT(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(BODY)))
                .build();
        return client.call(async, request, BodyHandlers.discarding()).statusCode();
    }
}
