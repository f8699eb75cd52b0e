package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests what peers that mean no good, or do no good, can make of the server: nothing. */
@Timeout(60)
class ServerTest {
    private static final ConnectionTimeouts SHORT = new ConnectionTimeouts(
            Duration.ofSeconds(30), Duration.ofMillis(500), Duration.ofMillis(500), Duration.ofMillis(500));
    private static final byte[] BIG = new byte[16 << 20];

    private final ConcurrentLinkedQueue<Throwable> defects = new ConcurrentLinkedQueue<>();
    private final List<Socket> sockets = new ArrayList<>();
    private Server server;

    @BeforeEach
    void start() throws IOException {
        server = new Server(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ServerTest::answer,
                (what, cause) -> defects.add(cause),
                SHORT);
        server.start();
    }

    private static Response answer(Request request) {
        return switch (request.path()) {
            case "/big" -> Response.of("text/plain", BIG);
            case "/defect" -> throw new IllegalStateException("a defect");
            case "/deep" -> answer(request);
            case "/error" -> throw new InternalError("an error");
            default -> Response.of("text/plain", request.path().getBytes(StandardCharsets.US_ASCII));
        };
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void goes_on_after_an_error_that_the_program_survives() throws IOException {
        assertThat(ask("GET /error HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .isEmpty();

        assertThat(ask("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n");
        assertThat(defects).singleElement().isInstanceOf(InternalError.class);
        defects.clear();
    }

    @Test
    void answers_and_closes_when_asked_to() throws IOException {
        String response = ask("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(response)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .endsWith("\r\n\r\n/a")
                .contains(
                        "\r\nContent-Length: 2\r\n",
                        "\r\nConnection: close\r\n",
                        "\r\nCache-Control: no-store\r\n",
                        "\r\nX-Content-Type-Options: nosniff\r\n",
                        "\r\nReferrer-Policy: no-referrer\r\n",
                        "\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n")
                .doesNotContain("Access-Control", "Server:", "holdfast");
    }

    @Test
    void a_head_is_answered_without_a_body() throws IOException {
        assertThat(ask("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .contains("Content-Length: 2\r\n")
                .endsWith("\r\n\r\n");
    }

    @Test
    void requests_that_come_at_once_are_answered_in_turn() throws IOException {
        StringBuilder requests = new StringBuilder();
        StringBuilder paths = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            requests.append("GET /").append(i).append(" HTTP/1.1\r\nHost: x\r\n\r\n");
            paths.append('/').append(i);
        }
        requests.append("GET /end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(ask(requests.toString()).replaceAll("(?s)HTTP/1.1 200 OK.*?\r\n\r\n", ""))
                .isEqualTo(paths + "/end");
    }

    @Test
    void a_request_may_come_byte_by_byte() throws IOException {
        Socket socket = connect();
        for (byte b : bytes("GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) {
            socket.getOutputStream().write(b);
        }

        assertThat(rest(socket)).startsWith("HTTP/1.1 200 OK").endsWith("/slow");
    }

    @Test
    void a_head_that_is_too_long_is_refused_and_nothing_behind_it_is_read() throws IOException {
        String head = "GET / HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(20_000) + "\r\n\r\n";

        assertThat(ask(head + "GET /next HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ")
                .doesNotContain("/next");
    }

    @Test
    void what_is_no_request_gets_a_status_and_is_not_trusted_with_another() throws IOException {
        assertThat(ask("GET / HTTP/1.1\r\nContent-Length: 30\r\nHost: x\r\n\r\nGET /smuggled "
                        + "HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ")
                .doesNotContain("smuggled");
        assertThat(ask("\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void a_request_that_is_never_completed_is_given_up_however_busily_it_is_sent() throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(bytes("GET / HTTP/1.1\r\nHost: x\r\n"));
        socket.setSoTimeout(50);

        await().atMost(Duration.ofSeconds(10)).until(() -> {
            try {
                socket.getOutputStream().write(bytes("X: y\r\n"));
                return socket.getInputStream().read() < 0;
            } catch (SocketTimeoutException e) {
                return false;
            } catch (SocketException e) {
                return true;
            }
        });
        assertAlive();
    }

    @Test
    void slow_connections_keep_nobody_out() throws IOException {
        for (int i = 0; i < 3 * Server.MAX_CONNECTIONS; i++) {
            connect().getOutputStream().write(bytes("GET / HT"));
            assertAlive();
        }
    }

    @Test
    void who_does_not_read_the_answer_loses_it() throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(bytes("GET /big HTTP/1.1\r\nHost: x\r\n\r\n"));

        await().atMost(Duration.ofSeconds(10)).until(() -> {
            socket.setSoTimeout(20_000);
            assertAlive();
            return ended(socket);
        });
    }

    /**
     * Returns whether the peer was dropped: reading all of it would be proof to the contrary, so that only the end is
     * looked for.
     */
    private static boolean ended(Socket socket) throws IOException {
        try {
            socket.getOutputStream().write(' ');
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    @Test
    void who_reads_at_last_gets_all_of_a_big_answer() throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(bytes("GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));

        assertThat(rest(socket)).hasSizeGreaterThan(BIG.length);
    }

    @Test
    void what_is_kept_for_those_who_do_not_read_is_bounded() throws IOException {
        List<Socket> lazy = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Socket socket = connect();
            socket.getOutputStream().write(bytes("GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
            lazy.add(socket);
        }

        int whole = 0;
        for (Socket socket : lazy) {
            whole += length(socket) > BIG.length ? 1 : 0;
        }
        assertThat(whole)
                .as("answers of 16 MiB where 8 MiB may be kept beside the first")
                .isBetween(1, 3);
    }

    private static int length(Socket socket) {
        try {
            return rest(socket).length();
        } catch (IOException e) {
            return 0;
        }
    }

    @Test
    void a_defect_is_told_and_costs_one_answer() throws IOException {
        assertThat(ask("GET /defect HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 500 Internal Server Error")
                .contains("Content-Length: 0")
                .doesNotContain("a defect");
        assertThat(ask("GET /deep HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 500 ");
        assertThat(defects)
                .extracting(Object::getClass)
                .isEqualTo(List.of(IllegalStateException.class, StackOverflowError.class));
        assertAlive();
    }

    @Test
    void noise_is_survived() throws IOException {
        Random random = new Random(20_261_124);
        for (int i = 0; i < 200; i++) {
            byte[] noise = new byte[random.nextInt(3 * HttpConnection.LONGEST_HEAD)];
            random.nextBytes(noise);
            byte[] begin = bytes(random.nextBoolean() ? "GET / HTTP/1.1\r\nHost: x\r\n" : "");
            System.arraycopy(begin, 0, noise, 0, Math.min(begin.length, noise.length));
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                socket.setSoLinger(random.nextBoolean(), 0);
                socket.getOutputStream().write(noise);
            } catch (SocketException e) {
                // It was refused while we were still speaking.
            }
        }
        assertAlive();
    }

    @Test
    void a_port_is_free_again_once_the_server_is_closed() throws IOException {
        int port = server.port();
        connect().getOutputStream().write(bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
        assertAlive();
        assertThatThrownBy(() -> another(port)).isInstanceOf(IOException.class);

        server.close();
        server = another(port);
        server.start();
        assertAlive();
    }

    /** Some programs interrupt every thread that they find. Interrupted for good, it would never sleep again. */
    @Test
    void an_interrupt_is_forgotten() throws IOException {
        List<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("holdfast-admin"))
                .toList();
        assertThat(threads).isNotEmpty();
        threads.forEach(Thread::interrupt);
        Awaitility.await().until(() -> threads.stream().noneMatch(Thread::isInterrupted));
        assertAlive();
    }

    /** Simulates that no thread can be started. */
    @Test
    void a_port_is_free_again_where_the_server_was_never_started() throws IOException {
        Server never = another(0);
        int port = never.port();
        never.close();

        another(port).close();
    }

    private Server another(int port) throws IOException {
        return new Server(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                ServerTest::answer,
                (what, cause) -> defects.add(cause),
                SHORT);
    }

    private void assertAlive() throws IOException {
        assertThat(ask("GET /alive HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .endsWith("/alive");
    }

    private String ask(String request) throws IOException {
        Socket socket = connect();
        OutputStream out = socket.getOutputStream();
        out.write(bytes(request));
        String response = rest(socket);
        socket.close();
        return response;
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        // Else the kernel would take most of a big answer.
        socket.setReceiveBufferSize(16 * 1024);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        sockets.add(socket);
        return socket;
    }

    private static String rest(Socket socket) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        in.transferTo(bytes);
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
