package dev.holdfast.client.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.ReplayMemory;
import dev.holdfast.policy.Policies;
import dev.holdfast.testkit.Answer;
import dev.holdfast.testkit.Received;
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
        Opened opened = new Opened(Policies.retry().replayMax(1_500).policy());
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(Answer.respond(503, "busy"));
            ReplayMemory.Share other = opened.engine.replayMemory().open(this);
            assertThat(other.take(501, 1_500)).isTrue();
            assertThat(put(opened, server).getResponseCode()).isEqualTo(503);
            assertThat(server.requests())
                    .extracting(request -> request.body().length)
                    .containsExactly(1_000);
            assertThat(opened.engine.replayMemory().used()).isEqualTo(501);

            other.close();
            server.reset();
            server.play(Answer.respond(503, "busy")).otherwise(Answer.respond(200, "done"));
            for (int i = 0; i < 10; i++) {
                assertThat(put(opened, server).getResponseCode()).isEqualTo(200);
                assertThat(opened.engine.replayMemory().used()).isZero();
            }
            assertThat(server.requests()).hasSize(11).extracting(Received::body).containsOnly(BODY);
            assertThat(opened.defects).isEmpty();
        }
    }

    private static HttpURLConnection put(Opened opened, ScriptedServer server) throws IOException {
        HttpURLConnection connection = opened.open(server.uri("/"));
        connection.setRequestMethod("PUT");
        connection.setDoOutput(true);
        connection.setChunkedStreamingMode(0);
        try (OutputStream body = connection.getOutputStream()) {
            body.write(BODY);
        }
        return connection;
    }
}
