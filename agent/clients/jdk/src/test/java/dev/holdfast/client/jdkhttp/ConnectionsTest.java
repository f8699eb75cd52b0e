package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what becomes of the connection of a discarded response. */
@Timeout(30)
class ConnectionsTest {
    private final WovenClient client = new WovenClient(
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
            TestPolicy.QUICK.delay(Duration.ofMillis(50)));

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itIsUsedAgainWhereTheRestIsSmall(boolean async) throws Exception {
        ScriptedResponse small = ScriptedResponse.respond(503, "busy");
        for (ScriptedResponse discarded : List.of(
                small,
                ScriptedResponse.respond(503),
                small.chunked().dripping(1, Duration.ofMillis(1)),
                ScriptedResponse.respond(503, "x".repeat(60_000)))) {
            try (ScriptedServer server = ScriptedServer.http()) {
                // Again where need be: the client may give a connection back later than the next attempt begins.
                Awaitility.await().until(() -> {
                    server.reset();
                    server.play(discarded, discarded);
                    call(async, server);
                    return server.accepted() <= 1;
                });
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itIsClosedWhereTheRestIsLarge(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            // Larger than what sockets hold, so that the server sees it.
            server.play(ScriptedResponse.respond(503, "x".repeat(20_000_000)));
            call(async, server);
            assertThat(server.accepted()).isEqualTo(2);
            server.awaitOpen(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itIsClosedWhereTheRestDoesNotCome(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(503, "0123456789").cutInBody(4, ScriptedResponse.Cut.HANG));
            call(async, server);
            assertThat(server.open()).as("the call does not wait for it").isEqualTo(2);
            assertThat(server.accepted()).isEqualTo(2);
            server.awaitOpen(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHundredCallsOpenOneConnection(boolean async) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            ScriptedResponse busy = ScriptedResponse.respond(503, "busy");
            ScriptedResponse fine = ScriptedResponse.respond(200, "fine");
            WovenClient quick = new WovenClient(
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(), TestPolicy.QUICK);
            for (int i = 0; i < 100; i++) {
                server.play(busy, fine);
                HttpRequest request = HttpRequest.newBuilder(server.uri("/")).build();
                assertThat(quick.call(async, request, BodyHandlers.ofString()).body())
                        .isEqualTo("fine");
            }
            assertThat(server.requests()).hasSize(200);
            assertThat(server.accepted()).isLessThan(5); // the client itself may be late in giving one back
        }
    }

    private void call(boolean async, ScriptedServer server) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri("/")).build();
        assertThat(client.call(async, request, BodyHandlers.ofString()).body()).isEqualTo("ok");
        assertThat(client.defects).isEmpty();
    }
}
