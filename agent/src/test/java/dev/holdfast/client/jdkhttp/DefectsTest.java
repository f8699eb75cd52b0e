package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.Answer;
import dev.holdfast.testkit.ScriptedServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Holdfast fails inside. Whenever that is, the application gets an answer of the server's, and no unsafe request is
 * sent twice.
 */
@Timeout(60)
class DefectsTest {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final int MOMENTS = 12;

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void aGetEndsInAnAnswerOfTheServer(boolean async, boolean forEver) throws Exception {
        int failed = 0;
        for (int moment = 1; moment <= MOMENTS; moment++) {
            try (ScriptedServer server = ScriptedServer.http()) {
                server.play(Answer.respond(503, "busy"), Answer.respond(503, "busy"));
                Woven client = failing(moment, forEver);
                HttpResponse<String> response = call(
                        client, async, HttpRequest.newBuilder(server.uri("/")).build());
                assertThat(response.statusCode() + response.body()).isIn("200ok", "503busy");
                assertThat(server.requests()).hasSizeBetween(1, 3);
                failed += client.defects.isEmpty() ? 0 : 1;
            }
        }
        assertThat(failed).as("moments at which something failed").isGreaterThan(3);
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void aPostIsSentOnce(boolean async, boolean forEver) throws Exception {
        for (int moment = 1; moment <= MOMENTS; moment++) {
            try (ScriptedServer server = ScriptedServer.http()) {
                server.play(Answer.respond(503, "busy"));
                HttpRequest post = HttpRequest.newBuilder(server.uri("/"))
                        .POST(BodyPublishers.ofString("order"))
                        .build();
                assertThat(call(failing(moment, forEver), async, post).body()).isEqualTo("busy");
                assertThat(server.requests()).hasSize(1);
            }
        }
    }

    private static HttpResponse<String> call(Woven client, boolean async, HttpRequest request) throws Exception {
        return async
                ? client.sendAsync(request, BodyHandlers.ofString()).get(10, TimeUnit.SECONDS)
                : client.send(request, BodyHandlers.ofString());
    }

    /** A client whose Holdfast fails when it asks for the time for the nth time, or from then on. */
    private static Woven failing(int moment, boolean forEver) {
        Woven client = new Woven(CLIENT, Rules.QUICK.delay(Duration.ofMillis(100)));
        AtomicInteger asked = new AtomicInteger();
        IntPredicate fails = n -> forEver ? n >= moment : n == moment;
        client.time.clock = () -> {
            if (fails.test(asked.incrementAndGet())) {
                throw new IllegalStateException("a defect");
            }
            return System.nanoTime();
        };
        return client;
    }
}
