package dev.holdfast.client.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.Policies;
import dev.holdfast.testkit.LoopbackTls;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An attempt's time bounds the wait for its response's head, and nothing else. */
class TimesTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final WovenConnections wovenConnections = new WovenConnections(Policies.retry()
            .backoff(new Backoff(1_000_000L, 1_000_000L, 1.0, Jitter.NONE))
            .attemptTimeout(LONG)
            .deadline(LONG)
            .bufferResponse(100)
            .policy());

    /** With a read timeout on its socket, a connection over TLS waits that long for its peer when it is closed. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 2\r\n\r\nok", "Content-Length: 200\r\n\r\nok"})
    void aTlsConnectionIsClosedAtOnceThoughItsServerLeavesTheSocketOpen(String rest) throws Exception {
        try (Server server = new Server("200 OK\r\nConnection: close\r\n" + rest)) {
            HttpURLConnection connection = server.open(wovenConnections);
            assertThat(connection.getResponseCode()).isEqualTo(200);

            inTime(connection::disconnect);
        }
    }

    @Test
    void aDiscardedResponseOverTlsIsClosedAtOnceToo() throws Exception {
        try (Server server = new Server(
                "503 Busy\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno",
                "200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")) {
            HttpURLConnection connection = server.open(wovenConnections);
            FutureTask<Integer> status = new FutureTask<>(connection::getResponseCode);

            inTime(status);
            assertThat(status.get()).isEqualTo(200);
        }
    }

    /** Streams of events pause as long as they like, and so does what follows a part that was held back. */
    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "application/json"})
    void aBodyMayPauseLongerThanItsAttemptHadForTheHead(String type) throws Exception {
        Duration time = Duration.ofSeconds(2);
        WovenConnections brief = new WovenConnections(
                Policies.retry().attemptTimeout(time).bufferResponse(2).policy());
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> served = onThread(() -> pausing(listening, type, time.plusMillis(500)));
            HttpURLConnection connection = brief.open(URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/"));

            assertThat(new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("abcd");
            assertThat(connection.getReadTimeout()).isZero();
            served.get(60, TimeUnit.SECONDS);
            assertThat(brief.defects).isEmpty();
        }
    }

    private static void pausing(ServerSocket listening, String type, Duration pause) {
        try (Socket socket = listening.accept()) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    ("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            Thread.sleep(pause.toMillis()); // the pause is the case
            out.write("1\r\nd\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void inTime(Runnable closing) throws Exception {
        onThread(closing).get(60, TimeUnit.SECONDS);
    }

    /** Not the common pool, which may have a single thread. */
    private static CompletableFuture<Void> onThread(Runnable work) {
        return CompletableFuture.runAsync(work, task -> {
            Thread thread = new Thread(task, "test");
            thread.setDaemon(true);
            thread.start();
        });
    }

    /** Answers each connection once, and then leaves it open and does not read. */
    private static final class Server implements AutoCloseable {
        private final SSLServerSocket listening;
        private final List<Socket> sockets = new ArrayList<>();
        private final Future<?> serving;

        Server(String... answers) throws IOException {
            listening = (SSLServerSocket) LoopbackTls.serverContext()
                    .getServerSocketFactory()
                    .createServerSocket(0, 5, InetAddress.getLoopbackAddress());
            serving = onThread(() -> {
                for (String response : answers) {
                    try {
                        answer(response);
                    } catch (IOException e) {
                        return;
                    }
                }
            });
        }

        private void answer(String response) throws IOException {
            Socket socket = listening.accept();
            sockets.add(socket);
            BufferedReader request =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String line = request.readLine();
            while (line != null && !line.isEmpty()) {
                line = request.readLine();
            }
            socket.getOutputStream().write(("HTTP/1.1 " + response).getBytes(StandardCharsets.US_ASCII));
        }

        HttpURLConnection open(WovenConnections wovenConnections) throws IOException {
            HttpsURLConnection connection = (HttpsURLConnection)
                    wovenConnections.open(URI.create("https://127.0.0.1:" + listening.getLocalPort() + "/"));
            connection.setSSLSocketFactory(LoopbackTls.clientContext().getSocketFactory());
            connection.setHostnameVerifier((host, session) -> true);
            return connection;
        }

        @Override
        public void close() throws Exception {
            listening.close();
            serving.get(60, TimeUnit.SECONDS);
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
