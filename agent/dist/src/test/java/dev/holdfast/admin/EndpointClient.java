package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.awaitility.Awaitility;

/** A client of the endpoint that sends what it is told to, a wrong {@code Host} too. */
final class EndpointClient {
    private static final Pattern ADDRESS = Pattern.compile("the admin endpoint is http://[^/]*:(\\d+)/");

    private EndpointClient() {}

    /** An answer. */
    record Answer(int status, String head, String body) {}

    /** The port that a JVM has said it listens on, the last one if there were several. */
    static int port(ForkedJvm.Running jvm) {
        return Awaitility.await("the endpoint\n" + jvm.err())
                .atMost(Duration.ofSeconds(20))
                .until(() -> lastPort(jvm.err()), port -> port > 0);
    }

    private static int lastPort(String err) {
        Matcher matcher = ADDRESS.matcher(err);
        int port = 0;
        while (matcher.find()) {
            port = Integer.parseInt(matcher.group(1));
        }
        return port;
    }

    static Answer get(int port, String path) throws IOException {
        return send(port, "GET " + path + " HTTP/1.1", "Host: 127.0.0.1:" + port);
    }

    /** Returns what a client gets that accepts gzip alone; decompressed, and as long as its head says. */
    static String compressed(int port, String path) throws IOException {
        byte[] all = bytes(port, "GET " + path + " HTTP/1.1", "Host: 127.0.0.1:" + port, "Accept-Encoding: gzip");
        String text = new String(all, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n") + 4;
        assertThat(text.substring(0, end))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nContent-Encoding: gzip\r\n", "\r\nContent-Length: " + (all.length - end) + "\r\n")
                .contains("\r\nVary: Accept, Accept-Encoding\r\n");
        try (InputStream body = new GZIPInputStream(new ByteArrayInputStream(all, end, all.length - end))) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static Answer send(int port, String... lines) throws IOException {
        String all = new String(bytes(port, lines), StandardCharsets.UTF_8);
        int end = all.indexOf("\r\n\r\n");
        return new Answer(Integer.parseInt(all.substring(9, 12)), all.substring(0, end), all.substring(end + 4));
    }

    private static byte[] bytes(int port, String... lines) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            String request = String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return socket.getInputStream().readAllBytes();
        }
    }
}
