package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client that is shut down lets the calls that were made before end, their waits and further attempts included,
 * refuses new ones, and has terminated when they have ended; one that is shut down now ends their waits.
 */
class ClosingIT {
    private static final String CLOSED = "threw java.io.IOException: closed <- java.io.IOException: closed | "
            + "threw java.util.concurrent.CompletionException: java.io.IOException: closed <- java.io.IOException: "
            + "closed";

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void aClientOutlivesTheCallsThatWereMadeBeforeItsEnd(Jdk jdk) throws IOException {
        Assumptions.assumeTrue(jdk.feature() >= 21, "clients can be closed from Java 21 on");
        Path config = directory.resolve("holdfast.toml");
        Files.writeString(config, """
                [hosts."127.0.0.2".retry]
                initial_delay = "300ms"
                jitter = false
                budget.min_per_second = 10
                [hosts."127.0.0.2".limits]
                max_concurrent = 2
                max_wait = "40s"
                [hosts."127.0.0.8".retry]
                initial_delay = "60s"
                max_delay = "60s"
                budget.min_per_second = 10
                """);
        Set<String> seen = ConcurrentHashMap.newKeySet();
        try (ScriptedServer server = ScriptedServer.http("127.0.0.2");
                ScriptedServer patient = ScriptedServer.http("127.0.0.8")) {
            server.otherwise(request -> seen.add(request.target())
                    ? ScriptedResponse.respond(503, "busy")
                    : ScriptedResponse.respond(200, "fine"));
            patient.otherwise(ScriptedResponse.respond(503, "busy"));
            ForkedJvm.Result result = new ForkedJvm(jdk)
                    .agent(config.toString())
                    .main(
                            ClosingProgram.class,
                            server.uri("/").toString(),
                            patient.uri("/").toString())
                    .run()
                    .succeeded();
            assertThat(result.lines())
                    .containsExactly(
                            "close: true",
                            "close: gave 200 fine",
                            "close: gave 200 fine",
                            "close: gave 200 fine",
                            "close: gave 200 fine",
                            "close: gave 200 fine",
                            "close: gave 200 fine",
                            "closed: " + CLOSED,
                            "shut down, new call: " + CLOSED,
                            "shut down, new call without a policy: " + CLOSED,
                            "shut down, ended before its call: false",
                            "shut down, awaited: true",
                            "shut down, terminated: true",
                            "shut down: true gave 200 fine",
                            "shutdownNow: false false",
                            "shutdownNow: gave 503 busy",
                            "shutdownNow: true",
                            "shutdownNow: false false",
                            "shutdownNow: gave 503 busy",
                            "shutdownNow: true",
                            "interrupted close: false false",
                            "interrupted close: false",
                            "interrupted close: true",
                            "interrupted close: gave 503 busy",
                            "interrupted close: true",
                            "interrupted close: false false",
                            "interrupted close: false",
                            "interrupted close: true",
                            "interrupted close: gave 503 busy",
                            "interrupted close: true",
                            "closed by a dependent: true");
            // Each call twice: six that were closed, one that was shut down, one with the dependent.
            assertThat(server.requests()).hasSize(16);
            assertThat(patient.requests())
                    .extracting(ReceivedRequest::method)
                    .isEqualTo(List.of("GET", "GET", "GET", "GET"));
        }
    }
}
