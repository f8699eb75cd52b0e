package dev.holdfast.leak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs {@link LeakProgram} under the packaged agent. */
class LeakIT {
    private static final int CALLS = 10_000;

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void tenThousandCallsWithRetriesLeaveNothingBehind(Jdk jdk) throws IOException {
        Path config = directory.resolve("leak.toml");
        Files.writeString(config, """
                [hosts."127.0.0.2".retry]
                initial_delay = "0s"
                max_delay = "1ms"
                jitter = false
                [hosts."127.0.0.2".retry.budget]
                enabled = false
                [hosts."127.0.0.8".retry]
                initial_delay = "60s"
                max_delay = "60s"
                [hosts."127.0.0.8".retry.budget]
                enabled = false
                """);
        Set<String> seen = ConcurrentHashMap.newKeySet();
        try (ScriptedServer server = ScriptedServer.http("127.0.0.2");
                ScriptedServer patient = ScriptedServer.http("127.0.0.8")) {
            patient.otherwise(ScriptedResponse.respond(503, "busy"));
            server.otherwise(request -> {
                if (request.target().equals("/open")) {
                    return ScriptedResponse.respond(200, "" + server.open());
                }
                int number = Integer.parseInt(request.target().substring("/once/".length()));
                return !seen.add(request.target()) ? ScriptedResponse.respond(200, "fine") : failure(number);
            });
            ForkedJvm.Result result = new ForkedJvm(jdk)
                    .agent(config.toString())
                    .main(
                            LeakProgram.class,
                            server.uri("/").toString(),
                            patient.uri("/").toString(),
                            "" + CALLS)
                    .within(Duration.ofMinutes(5))
                    .run()
                    .succeeded();
            List<String> lines = result.lines();
            assertThat(lines).as(result.err()).hasSize(2);
            Usage before = Usage.fromLine(lines.get(0));
            Usage after = Usage.fromLine(lines.get(1));
            assertThat(server.requests()).hasSizeGreaterThan(2 * CALLS);
            assertThat(after)
                    .as("after, against %s before", before)
                    .matches(usage -> usage.withinReachOf(before), "holds no more than before");
        }
    }

    /** A call's first answer: mostly a 503, sometimes a broken connection. */
    private static ScriptedResponse failure(int number) {
        return switch (number % 16) {
            case 3 -> ScriptedResponse.respond(503, "busy").closing();
            case 7 -> ScriptedResponse.afterRequest(Cut.RESET);
            case 11 -> ScriptedResponse.respond(503, "busy ".repeat(2000)).chunked();
            default -> ScriptedResponse.respond(503, "busy");
        };
    }
}
