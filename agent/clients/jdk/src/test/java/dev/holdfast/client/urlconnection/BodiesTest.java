package dev.holdfast.client.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.Policies;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A body that breaks while the application reads it counts as a failure of its attempt, however it breaks. */
class BodiesTest {
    private final ScriptedServer server = ScriptedServer.http();
    private final WovenConnections wovenConnections = new WovenConnections(
            Policies.retry().breaker(Breakers.consecutive(1).build()).policy());

    @AfterEach
    void close() {
        server.close();
        assertThat(wovenConnections.defects).isEmpty();
    }

    /** Ways in which a body ends too early. */
    enum Break {
        RESET(response -> response.cutInBody(4, Cut.RESET), 0),
        CLOSED(response -> response.cutInBody(4, Cut.CLOSE), 0),
        CHUNKED_AND_CLOSED(response -> response.chunked().cutInBody(4, Cut.CLOSE), 0),
        CHUNKED_AND_RESET(response -> response.chunked().cutInBody(4, Cut.RESET), 0),
        SILENT(response -> response.cutInBody(4, Cut.HANG), 200);

        private final UnaryOperator<ScriptedResponse> cut;
        private final int readTimeout;

        Break(UnaryOperator<ScriptedResponse> cut, int readTimeout) {
            this.cut = cut;
            this.readTimeout = readTimeout;
        }
    }

    @ParameterizedTest
    @EnumSource
    void opensABreakerOfOneFailure(Break how) throws IOException {
        server.play(how.cut.apply(ScriptedResponse.respond(200, "0123456789")));
        HttpURLConnection connection = wovenConnections.open(server.uri("/"));
        connection.setReadTimeout(how.readTimeout);
        readToTheEnd(connection);
        assertThatThrownBy(() -> wovenConnections.open(server.uri("/")).getInputStream())
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("circuit breaker is open");
    }

    @Test
    void aWholeBodyIsNoFailure() throws IOException {
        server.play(
                ScriptedResponse.respond(200, "whole"),
                ScriptedResponse.respond(200, "whole").chunked(),
                ScriptedResponse.respond(204));
        URI uri = server.uri("/");
        for (int i = 0; i < 4; i++) {
            readToTheEnd(wovenConnections.open(uri));
        }
        assertThat(server.requests()).hasSize(4);
    }

    /** Answers whose {@code Content-Length} is not the length of their body. */
    enum OfAnotherLength {
        NOT_MODIFIED(ScriptedResponse.respond(304).header("Content-Length", "1000")),
        NO_CONTENT(ScriptedResponse.respond(204).header("Content-Length", "1000")),
        CHUNKED(ScriptedResponse.respond(200, "whole")
                .chunked()
                .header("Content-Type", "application/json")
                .header("Content-Length", "1000"));

        private final ScriptedResponse response;

        OfAnotherLength(ScriptedResponse response) {
            this.response = response;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyIsWholeWhateverLengthIsToldOfAnother(OfAnotherLength kind) throws IOException {
        server.otherwise(kind.response);
        readToTheEnd(wovenConnections.open(server.uri("/")));
        readToTheEnd(wovenConnections.open(server.uri("/")));
        assertThat(server.requests()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void noSuchBodyIsAskedForAgain(OfAnotherLength kind) throws IOException {
        WovenConnections holding = new WovenConnections(Policies.retry()
                .bufferResponse(2000)
                .errors(ErrorKind.PREMATURE_EOF)
                .policy());
        server.otherwise(kind.response);
        HttpURLConnection connection = holding.open(server.uri("/"));
        assertThat(new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .isEqualTo(kind == OfAnotherLength.CHUNKED ? "whole" : "");
        assertThat(server.requests()).hasSize(1);
        assertThat(holding.defects).isEmpty();
    }

    @Test
    void whatTheApplicationClosesOrCutsOffItselfIsNoFailure() throws IOException {
        server.otherwise(ScriptedResponse.respond(200, "0123456789").dripping(1, Duration.ofMillis(50)));
        URI uri = server.uri("/");
        HttpURLConnection closed = wovenConnections.open(uri);
        InputStream body = closed.getInputStream();
        assertThat(body.read()).isEqualTo('0');
        body.close();
        assertThatThrownBy(body::read).isInstanceOf(IOException.class);
        HttpURLConnection cut = wovenConnections.open(uri);
        InputStream other = cut.getInputStream();
        assertThat(other.read()).isEqualTo('0');
        cut.disconnect();
        readToTheEnd(other);
        server.otherwise(ScriptedResponse.respond(200, "fine"));
        assertThat(wovenConnections.open(uri).getResponseCode()).isEqualTo(200);
    }

    private static void readToTheEnd(HttpURLConnection connection) throws IOException {
        readToTheEnd(connection.getInputStream());
    }

    private static void readToTheEnd(InputStream body) {
        try (body) {
            while (body.read() >= 0) {
                // Only its end is of interest.
            }
        } catch (IOException e) {
            // Expected of some.
        }
    }
}
