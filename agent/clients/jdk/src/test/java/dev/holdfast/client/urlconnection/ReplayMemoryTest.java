package dev.holdfast.client.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.ReplayMemory;
import dev.holdfast.policy.Policies;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import org.junit.jupiter.api.Test;

/** Streamed bodies under the bound for all of them. */
class ReplayMemoryTest {
    private static final byte[] BODY = new byte[1_000];

    @Test
    void aBodyThatFindsNoRoomIsSentOnceAndOneThatDoesGivesItBack() throws IOException {
        WovenConnections wovenConnections =
                new WovenConnections(Policies.retry().replayMax(1_500).policy());
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(503, "busy"));
            ReplayMemory.Share other = wovenConnections.engine.replayMemory().open(this);
            assertThat(other.take(501, 1_500)).isTrue();
            assertThat(put(wovenConnections, server).getResponseCode()).isEqualTo(503);
            assertThat(server.requests())
                    .extracting(request -> request.body().length)
                    .containsExactly(1_000);
            assertThat(wovenConnections.engine.replayMemory().used()).isEqualTo(501);

            other.close();
            server.reset();
            server.play(ScriptedResponse.respond(503, "busy")).otherwise(ScriptedResponse.respond(200, "done"));
            for (int i = 0; i < 10; i++) {
                assertThat(put(wovenConnections, server).getResponseCode()).isEqualTo(200);
                assertThat(wovenConnections.engine.replayMemory().used()).isZero();
            }
            assertThat(server.requests())
                    .hasSize(11)
                    .extracting(ReceivedRequest::body)
                    .containsOnly(BODY);
            assertThat(wovenConnections.defects).isEmpty();
        }
    }

    private static HttpURLConnection put(WovenConnections wovenConnections, ScriptedServer server) throws IOException {
        HttpURLConnection connection = wovenConnections.open(server.uri("/"));
        connection.setRequestMethod("PUT");
        connection.setDoOutput(true);
        connection.setChunkedStreamingMode(0);
        try (OutputStream body = connection.getOutputStream()) {
            body.write(BODY);
        }
        return connection;
    }
}
