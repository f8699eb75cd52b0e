package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.Policies;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The recording of a body is released with the call, whatever the application keeps. */
@Timeout(60)
class RecordedBodyTest {
    private static final int LENGTH = 8 << 20;

    private final WovenClient client = new WovenClient(
            Policies.retry().replayLimit(LENGTH).policy(),
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());

    /** A response holds the request that it answers, and by that the publisher of its body. */
    @ParameterizedTest
    @CsvSource({"false,0", "true,0", "false,1", "true,1", "false,2"})
    void aResponseThatIsKeptHoldsNothingOfIt(boolean async, int failures) throws Exception {
        List<HttpResponse<Void>> kept = new ArrayList<>();
        long before = usedAfterCollection();
        for (int i = 0; i < 4; i++) {
            kept.add(answered(async, failures));
        }
        Awaitility.await().until(() -> usedAfterCollection() < before + LENGTH);
        assertThat(kept).extracting(HttpResponse::statusCode).containsOnly(200);
    }

    private HttpResponse<Void> answered(boolean async, int failures) throws Exception {
        try (ScriptedServer server = ScriptedServer.http()) {
            for (int i = 0; i < failures; i++) {
                server.play(ScriptedResponse.respond(503, "busy"));
            }
            HttpRequest request = HttpRequest.newBuilder(server.uri("/"))
                    .PUT(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[LENGTH])))
                    .build();
            HttpResponse<Void> response = client.call(async, request, BodyHandlers.discarding());
            assertThat(server.requests())
                    .extracting(received -> received.body().length)
                    .hasSize(failures + 1)
                    .containsOnly(LENGTH);
            return response;
        }
    }

    private static long usedAfterCollection() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
