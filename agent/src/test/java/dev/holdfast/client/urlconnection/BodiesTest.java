package dev.holdfast.client.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.Policies;
import dev.holdfast.testkit.Answer;
import dev.holdfast.testkit.Answer.Cut;
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
    private final Opened opened =
            new Opened(Policies.retry().breaker(Breakers.consecutive(1).build()).policy());

    @AfterEach
    void close() {
        server.close();
        assertThat(opened.defects).isEmpty();
    }

    /** Ways in which a body ends too early. */
    enum Break {
        RESET(answer -> answer.cutInBody(4, Cut.RESET), 0),
        CLOSED(answer -> answer.cutInBody(4, Cut.CLOSE), 0),
        CHUNKED_AND_CLOSED(answer -> answer.chunked().cutInBody(4, Cut.CLOSE), 0),
        CHUNKED_AND_RESET(answer -> answer.chunked().cutInBody(4, Cut.RESET), 0),
        SILENT(answer -> answer.cutInBody(4, Cut.HANG), 200);

        private final UnaryOperator<Answer> cut;
        private final int readTimeout;

        Break(UnaryOperator<Answer> cut, int readTimeout) {
            this.cut = cut;
            this.readTimeout = readTimeout;
        }
    }

    @ParameterizedTest
    @EnumSource
    void opensABreakerOfOneFailure(Break how) throws IOException {
        server.play(how.cut.apply(Answer.respond(200, "0123456789")));
        HttpURLConnection connection = opened.open(server.uri("/"));
        connection.setReadTimeout(how.readTimeout);
        readToTheEnd(connection);
        assertThatThrownBy(() -> opened.open(server.uri("/")).getInputStream())
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("circuit breaker is open");
    }

    @Test
    void aWholeBodyIsNoFailure() throws IOException {
        server.play(Answer.respond(200, "whole"), Answer.respond(200, "whole").chunked(), Answer.respond(204));
        URI uri = server.uri("/");
        for (int i = 0; i < 4; i++) {
            readToTheEnd(opened.open(uri));
        }
        assertThat(server.requests()).hasSize(4);
    }

    /** Answers whose {@code Content-Length} is not the length of their body. */
    enum OfAnotherLength {
        NOT_MODIFIED(Answer.respond(304).header("Content-Length", "1000")),
        NO_CONTENT(Answer.respond(204).header("Content-Length", "1000")),
        CHUNKED(Answer.respond(200, "whole")
                .chunked()
                .header("Content-Type", "application/json")
                .header("Content-Length", "1000"));

        private final Answer answer;

        OfAnotherLength(Answer answer) {
            this.answer = answer;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyIsWholeWhateverLengthIsToldOfAnother(OfAnotherLength kind) throws IOException {
        server.otherwise(kind.answer);
        readToTheEnd(opened.open(server.uri("/")));
        readToTheEnd(opened.open(server.uri("/")));
        assertThat(server.requests()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void noSuchBodyIsAskedForAgain(OfAnotherLength kind) throws IOException {
        Opened holding = new Opened(Policies.retry()
                .bufferResponse(2000)
                .errors(ErrorKind.PREMATURE_EOF)
                .policy());
        server.otherwise(kind.answer);
        HttpURLConnection connection = holding.open(server.uri("/"));
        assertThat(new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .isEqualTo(kind == OfAnotherLength.CHUNKED ? "whole" : "");
        assertThat(server.requests()).hasSize(1);
        assertThat(holding.defects).isEmpty();
    }

    @Test
    void whatTheApplicationClosesOrCutsOffItselfIsNoFailure() throws IOException {
        server.otherwise(Answer.respond(200, "0123456789").dripping(1, Duration.ofMillis(50)));
        URI uri = server.uri("/");
        HttpURLConnection closed = opened.open(uri);
        InputStream body = closed.getInputStream();
        assertThat(body.read()).isEqualTo('0');
        body.close();
        assertThatThrownBy(body::read).isInstanceOf(IOException.class);
        HttpURLConnection cut = opened.open(uri);
        InputStream other = cut.getInputStream();
        assertThat(other.read()).isEqualTo('0');
        cut.disconnect();
        readToTheEnd(other);
        server.otherwise(Answer.respond(200, "fine"));
        assertThat(opened.open(uri).getResponseCode()).isEqualTo(200);
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
