package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.ScriptedResponse.Cut;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The tool itself: what it is told to send is on the wire, what it records is what was sent. */
@Timeout(30)
class ScriptedServerTest {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void playsTheScriptInOrderAndRecordsEachRequest() throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(
                    ScriptedResponse.respond(503).header("Retry-After", "1"), ScriptedResponse.respond(200, "fine"));
            HttpRequest post = HttpRequest.newBuilder(server.uri("/a?b=c"))
                    .header("X-One", "1")
                    .POST(HttpRequest.BodyPublishers.ofString("sent"))
                    .build();
            HttpResponse<String> first = client.send(post, BodyHandlers.ofString());
            HttpResponse<String> second = client.send(post, BodyHandlers.ofString());
            assertThat(first.statusCode()).isEqualTo(503);
            assertThat(first.headers().firstValue("Retry-After")).contains("1");
            assertThat(second.body()).isEqualTo("fine");
            assertThat(server.accepted()).isEqualTo(1);
            assertThat(server.requests()).hasSize(2).allSatisfy(r -> {
                assertThat(r.method()).isEqualTo("POST");
                assertThat(r.target()).isEqualTo("/a?b=c");
                assertThat(r.header("x-one")).contains("1");
                assertThat(r.text()).isEqualTo("sent");
                assertThat(r.complete()).isTrue();
                assertThat(r.connection()).isEqualTo(1);
            });
        }
    }

    @Test
    void decodesAChunkedRequestAndSendsAChunkedResponse() throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(200, "0123456789").chunked().dripping(3, Duration.ofMillis(1)));
            HttpURLConnection c = (HttpURLConnection) server.uri("/").toURL().openConnection();
            c.setDoOutput(true);
            c.setChunkedStreamingMode(16);
            try (OutputStream out = c.getOutputStream()) {
                out.write("a".repeat(100).getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(new String(c.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("0123456789");
            assertThat(server.requests().get(0).chunked()).isTrue();
            assertThat(server.requests().get(0).text()).isEqualTo("a".repeat(100));
        }
    }

    @Test
    void resetsAtEveryStage() throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.onAccept(Cut.RESET));
            assertThatThrownBy(() -> raw(server, "GET ")).isInstanceOf(SocketException.class);
            server.play(ScriptedResponse.afterRequestHead(Cut.RESET));
            assertThatThrownBy(() -> raw(server, "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n"))
                    .isInstanceOf(SocketException.class);
            server.play(ScriptedResponse.afterRequest(Cut.RESET));
            assertThatThrownBy(() -> raw(server, "GET / HTTP/1.1\r\n\r\n")).isInstanceOf(SocketException.class);
            server.play(ScriptedResponse.respond(200, "12345").cutInHead(20, Cut.RESET));
            assertThatThrownBy(() -> raw(server, "GET / HTTP/1.1\r\n\r\n")).isInstanceOf(SocketException.class);
            assertThat(server.requests()).hasSize(3);
            assertThat(server.requests().get(0).complete()).isFalse();
            assertThat(server.accepted()).isEqualTo(4);
        }
    }

    @Test
    void closesAtEveryStage() throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.onAccept(Cut.CLOSE));
            assertThat(raw(server, "GET ")).isEmpty();
            server.play(ScriptedResponse.afterRequestHead(Cut.CLOSE));
            assertThat(raw(server, "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"))
                    .isEmpty();
            server.play(ScriptedResponse.respond(200, "12345").cutInHead(8, Cut.CLOSE));
            assertThat(raw(server, "GET / HTTP/1.1\r\n\r\n")).isEqualTo("HTTP/1.1");
            server.play(ScriptedResponse.respond(200, "12345").cutInBody(3, Cut.CLOSE));
            assertThat(raw(server, "GET / HTTP/1.1\r\n\r\n")).endsWith("Content-Length: 5\r\n\r\n123");
            server.play(ScriptedResponse.respond(200, "12345").declaring(9));
            assertThat(raw(server, "GET / HTTP/1.1\r\n\r\n"))
                    .endsWith("Content-Length: 9\r\nConnection: close\r\n\r\n12345");
        }
    }

    @Test
    void aCutBodyIsAnErrorToTheHttpClient() {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(200, "12345").cutInBody(3, Cut.CLOSE));
            assertThatThrownBy(() -> get(server)).isInstanceOf(IOException.class);
            server.play(ScriptedResponse.respond(200, "12345").cutInBody(3, Cut.RESET));
            assertThatThrownBy(() -> get(server)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void holdsAnAnswerUntilReleased() throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(200, "late").held());
            CompletableFuture<HttpResponse<String>> call =
                    client.sendAsync(HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString());
            server.awaitRequests(1);
            assertThat(call).isNotDone();
            server.release();
            assertThat(call.get().body()).isEqualTo("late");
        }
    }

    @Test
    void noticesThatTheClientOfASilentConnectionHasGone() throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.afterRequest(Cut.HANG));
            try (Socket socket = new Socket("127.0.0.1", server.port())) {
                socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                server.awaitRequests(1);
                assertThat(server.open()).isEqualTo(1);
            }
            server.awaitOpen(0);
        }
    }

    @Test
    void speaksTls() throws Exception {
        try (ScriptedServer server = ScriptedServer.https("127.0.0.2")) {
            server.play(
                    ScriptedResponse.respond(200, "secret"),
                    ScriptedResponse.afterRequest(Cut.RESET),
                    ScriptedResponse.afterRequest(Cut.RESET),
                    ScriptedResponse.afterRequest(Cut.CLOSE),
                    ScriptedResponse.afterRequest(Cut.CLOSE));
            HttpClient trusting = HttpClient.newBuilder()
                    .sslContext(LoopbackTls.clientContext())
                    .build();
            HttpRequest request = HttpRequest.newBuilder(server.uri("/")).build();
            assertThat(trusting.send(request, BodyHandlers.ofString()).body()).isEqualTo("secret");
            assertThatThrownBy(() -> trusting.send(request, BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> trusting.send(request, BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void unreachableAddressesFailAsTheySay() {
        try (Unreachable refusing = Unreachable.refusing("127.0.0.2");
                Unreachable silent = Unreachable.silent("127.0.0.2")) {
            assertThatThrownBy(() -> new Socket("127.0.0.2", refusing.port()).close())
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("refused");
            HttpClient impatient = HttpClient.newBuilder()
                    .connectTimeout(Duration.ofMillis(100))
                    .build();
            assertThatThrownBy(() -> impatient.send(
                            HttpRequest.newBuilder(silent.uri("/")).build(), BodyHandlers.ofString()))
                    .isInstanceOf(HttpConnectTimeoutException.class);
            assertThatThrownBy(() -> new Socket(Unreachable.UNRESOLVABLE_HOST, 80).close())
                    .isInstanceOf(UnknownHostException.class);
        }
    }

    private String get(ScriptedServer server) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.ofString())
                .body();
    }

    private static String raw(ScriptedServer server, String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (EOFException e) {
            throw new AssertionError(e);
        }
    }
}
