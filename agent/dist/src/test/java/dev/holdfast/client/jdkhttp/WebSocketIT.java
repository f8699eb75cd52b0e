package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * WebSockets are untouched whatever the policy of their host: each handshake is sent once and as the client made it,
 * none is timed, counted, rejected or answered by a fallback.
 */
class WebSocketIT {
    /** A text message of two characters, unmasked, as a server sends it (RFC 6455, 5.7). */
    private static final byte[] HI = {(byte) 0x81, 2, 'h', 'i'};

    private static final List<String> POLICIES =
            List.of("attempt_timeout = \"20s\"", "deadline = \"20s\"", """
                    initial_delay = "1ms"
                    [retry.circuit_breaker]
                    enabled = true
                    failure_threshold = 1
                    """, """
                    [retry.circuit_breaker]
                    enabled = true
                    state = "forced_open"
                    """, """
                    [retry.hedge]
                    delay = "1ms"
                    [limits]
                    max_concurrent = 1
                    max_rate = "1/1h"
                    max_wait = "1ms"
                    """, """
                    [retry.fallback]
                    strategy = ["cache", "default_value"]
                    [retry.fallback.default_value]
                    status = 203
                    """, """
                    [retry.fallback]
                    strategy = "degraded"
                    [retry.fallback.degraded]
                    url = "http://127.0.0.2:9/"
                    """);

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void handshakesAreThoseOfTheClientUnderAnyPolicy(Jdk jdk) throws IOException {
        List<String> without = seen(new ForkedJvm(jdk));
        assertThat(without.subList(0, 3))
                .containsExactly(
                        "hi",
                        "refused with 503, jdk.internal.net.http.websocket.CheckFailedException: "
                                + "Unexpected HTTP response status code 503",
                        "hi");
        assertThat(without)
                .hasSize(6)
                .filteredOn(line -> line.contains("Upgrade=websocket"))
                .hasSize(3);
        for (String policy : POLICIES) {
            for (String mode : List.of("", "mode = \"observe\"\n")) {
                Path config = directory.resolve("holdfast.toml");
                Files.writeString(config, mode + "[retry]\n" + policy);
                assertThat(seen(new ForkedJvm(jdk).agent(config.toString())))
                        .as(Files.readString(config))
                        .isEqualTo(without);
            }
        }
    }

    /** Returns what the program saw, then what the server received. */
    private static List<String> seen(ForkedJvm jvm) {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(
                    request -> request.target().equals("/busy") ? ScriptedResponse.respond(503) : opened(request));
            String at = "ws://127.0.0.1:" + server.port();
            ForkedJvm.Result result = jvm.main(WebSocketProgram.class, at + "/first", at + "/busy", at + "/last")
                    .run()
                    .succeeded();
            assertThat(result.err()).matches("(\\[holdfast] .* is active: (?s:.*))?");
            List<String> lines = new ArrayList<>(result.lines());
            for (ReceivedRequest request : server.requests()) {
                lines.add((request.method() + " " + request.target() + " " + request.headers())
                        .replaceAll("(?<=Sec-WebSocket-Key=)[^,\\]]*", "KEY")
                        .replace(":" + server.port(), ":PORT"));
            }
            return lines;
        }
    }

    private static ScriptedResponse opened(ReceivedRequest request) {
        return ScriptedResponse.respond(101)
                .header("Upgrade", "websocket")
                .header("Connection", "Upgrade")
                .header(
                        "Sec-WebSocket-Accept",
                        accept(request.header("Sec-WebSocket-Key").orElse("none")))
                .body(HI);
    }

    private static String accept(String key) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(sum);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
