package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.client.jdkhttp.Http2Server.Does;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls over HTTP/2, whose streams and connections end in ways of their own. */
class Http2Test {
    private final Woven client = new Woven(HttpClient.newHttpClient(), Rules.QUICK);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDiscardedAnswerLeavesItsConnectionInUse(boolean async) throws Exception {
        try (Http2Server server = new Http2Server(Does.BUSY, Does.BUSY)) {
            HttpResponse<String> response = client.call(async, get(server), BodyHandlers.ofString());
            assertThat(response.body()).isEqualTo("ok");
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(server.requests()).isEqualTo(3);
            assertThat(server.connections()).isEqualTo(1);
            assertThat(server.resets()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStreamThatTheServerResetsIsABrokenConnection(boolean async) throws Exception {
        try (Http2Server server = new Http2Server(Does.RESET, Does.RESET)) {
            assertThat(client.call(async, get(server), BodyHandlers.ofString()).body())
                    .isEqualTo("ok");
            assertThat(server.requests()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStreamThatTheServerRefusesIsSentAgain(boolean async) throws Exception {
        // The JDK sends it once more itself, from some version on.
        try (Http2Server server = new Http2Server(Does.REFUSE, Does.REFUSE, Does.REFUSE)) {
            assertThat(client.call(async, get(server), BodyHandlers.ofString()).body())
                    .isEqualTo("ok");
            assertThat(server.requests()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aServerThatTakesItsLeaveIsAskedAgain(boolean async) throws Exception {
        try (Http2Server server = new Http2Server(Does.GO_AWAY, Does.GO_AWAY, Does.GO_AWAY)) {
            assertThat(client.call(async, get(server), BodyHandlers.ofString()).body())
                    .isEqualTo("ok");
            assertThat(server.requests()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPostWhoseStreamTheServerResetsIsSentOnce(boolean async) throws Exception {
        try (Http2Server server = new Http2Server(Does.RESET)) {
            HttpRequest post = HttpRequest.newBuilder(server.uri())
                    .POST(BodyPublishers.ofString("order"))
                    .build();
            assertThatThrownBy(() -> client.call(async, post, BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
            assertThat(server.requests()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBodyThatTheServerResetsIsAFailedAttemptWhereItWasHeldBack(boolean async) throws Exception {
        Woven holding = new Woven(HttpClient.newHttpClient(), Rules.QUICK.bufferResponse(1024));
        try (Http2Server server = new Http2Server(Does.RESET_IN_BODY, Does.RESET_IN_BODY)) {
            assertThat(holding.call(async, get(server), BodyHandlers.ofString()).body())
                    .isEqualTo("ok");
            assertThat(server.requests()).isEqualTo(3);
        }
        try (Http2Server server = new Http2Server(Does.RESET_IN_BODY)) {
            assertThatThrownBy(() -> client.call(async, get(server), BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
            assertThat(server.requests()).isEqualTo(1);
        }
    }

    private static HttpRequest get(Http2Server server) {
        return HttpRequest.newBuilder(server.uri()).build();
    }
}
