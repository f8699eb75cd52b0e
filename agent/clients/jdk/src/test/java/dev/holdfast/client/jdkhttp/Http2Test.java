package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.client.jdkhttp.Http2Server.Does;
import dev.holdfast.policy.Fallbacks;
import dev.holdfast.testkit.LoopbackTls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls over HTTP/2, whose streams and connections end in ways of their own. */
@Timeout(30)
class Http2Test {
    private final WovenClient client = new WovenClient(HttpClient.newHttpClient(), TestPolicy.QUICK);

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
    void anotherOriginAnswersAndTheOtherStreamIsLetGoOf(boolean async) throws Exception {
        Does[] busy = {Does.BUSY, Does.BUSY, Does.BUSY, Does.BUSY};
        try (Http2Server server = new Http2Server(busy);
                Http2Server other = new Http2Server()) {
            String url = other.uri().resolve("/").toString();
            WovenClient degraded =
                    new WovenClient(HttpClient.newHttpClient(), TestPolicy.QUICK, Fallbacks.degraded(url));
            HttpResponse<String> response = degraded.call(async, get(server), BodyHandlers.ofString());
            assertThat(response.body()).isEqualTo("ok");
            assertThat(response.headers().firstValue("Holdfast-Fallback")).hasValue("degraded");
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(server.requests()).isEqualTo(4);
            assertThat(server.connections()).isEqualTo(1);
            assertThat(other.requests()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anotherOriginThatFailsLeavesTheAnswerThatThereIs(boolean async) throws Exception {
        Does[] busy = {Does.BUSY, Does.BUSY, Does.BUSY, Does.BUSY};
        try (Http2Server server = new Http2Server(busy);
                Http2Server other = new Http2Server(Does.RESET)) {
            String url = other.uri().resolve("/").toString();
            WovenClient degraded =
                    new WovenClient(HttpClient.newHttpClient(), TestPolicy.QUICK, Fallbacks.degraded(url));
            HttpResponse<String> response = degraded.call(async, get(server), BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("Holdfast-Fallback")).isEmpty();
            assertThat(server.requests()).isEqualTo(4);
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
        WovenClient holding = new WovenClient(HttpClient.newHttpClient(), TestPolicy.QUICK.bufferResponse(1024));
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

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBodyIsSentAgainByteForByte(boolean secure) throws Exception {
        WovenClient trusting = new WovenClient(
                HttpClient.newBuilder().sslContext(LoopbackTls.clientContext()).build(), TestPolicy.QUICK);
        byte[] small = bytes(40_000);
        byte[] large = bytes(200_000);
        List<BodyPublisher> publishers = List.of(
                BodyPublishers.ofByteArray(large),
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(small)),
                BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(small), small.length));
        for (BodyPublisher publisher : publishers) {
            for (boolean async : new boolean[] {false, true}) {
                try (Http2Server server = new Http2Server(secure, Does.ANSWER, Does.BUSY, Does.RESET)) {
                    // The first request of a connection may go another way: an upgrade.
                    trusting.call(async, get(server), BodyHandlers.discarding());
                    HttpRequest put =
                            HttpRequest.newBuilder(server.uri()).PUT(publisher).build();
                    HttpResponse<String> response = trusting.call(async, put, BodyHandlers.ofString());
                    assertThat(response.body()).isEqualTo("ok");
                    assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
                    assertThat(response.sslSession().isPresent()).isEqualTo(secure);
                    assertThat(server.bodies().subList(1, 4))
                            .allSatisfy(
                                    body -> assertThat(body).isEqualTo(publisher == publishers.get(0) ? large : small));
                    assertThat(server.bodies()).hasSize(4);
                    assertThat(server.connections()).isEqualTo(1);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCancelledCallResetsItsStreamAndKeepsTheConnection(boolean held) throws Exception {
        WovenClient client = new WovenClient(
                HttpClient.newHttpClient(), held ? TestPolicy.QUICK.bufferResponse(1024) : TestPolicy.QUICK);
        try (Http2Server server = new Http2Server(Does.ANSWER, Does.BUSY, Does.HANG)) {
            client.send(get(server), BodyHandlers.discarding());
            CompletableFuture<HttpResponse<String>> future = client.sendAsync(get(server), BodyHandlers.ofString());
            Awaitility.await().until(() -> server.requests() == 3);
            future.thenApply(HttpResponse::body).cancel(true);
            assertThat(CallEnd.of(future)).contains("CancellationException");
            Awaitility.await().until(() -> server.resets() == 1);
            assertThat(client.send(get(server), BodyHandlers.ofString()).body()).isEqualTo("ok");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAttemptThatTakesTooLongResetsItsStream(boolean async) throws Exception {
        WovenClient client =
                new WovenClient(HttpClient.newHttpClient(), TestPolicy.QUICK.attemptTimeout(Duration.ofMillis(300)));
        try (Http2Server server = new Http2Server(Does.ANSWER, Does.HANG)) {
            client.call(async, get(server), BodyHandlers.discarding());
            assertThat(client.call(async, get(server), BodyHandlers.ofString()).body())
                    .isEqualTo("ok");
            assertThat(server.requests()).isEqualTo(3);
            Awaitility.await().until(() -> server.resets() == 1);
        }
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static HttpRequest get(Http2Server server) {
        return HttpRequest.newBuilder(server.uri()).build();
    }
}
