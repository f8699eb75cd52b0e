package dev.holdfast.leak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.leak.LibraryLeakProgram.Origin;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs {@link LibraryLeakProgram} under the packaged agent. {@code -Dholdfast.leak.calls=10000} makes as many calls
 * with each library.
 */
class LibraryLeakIT {
    private static final int CALLS = Integer.getInteger("holdfast.leak.calls", 2_000);
    private static final String POLICY = """
            [hosts."127.0.0.%d".retry]
            max_retries = %d
            initial_delay = "%s"
            max_delay = "%s"
            jitter = false
            %s
            [hosts."127.0.0.%d".retry.budget]
            enabled = false
            """;

    @TempDir
    Path directory;

    private final Map<Origin, ScriptedServer> servers = new EnumMap<>(Origin.class);
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void calls_on_which_policies_act_leave_nothing_behind(Jdk jdk) throws IOException {
        for (Origin origin : Origin.values()) {
            servers.put(
                    origin,
                    ScriptedServer.http("127.0.0." + address(origin)).otherwise(request -> answer(origin, request)));
        }
        List<String> arguments = new ArrayList<>(List.of("" + CALLS));
        servers.values().forEach(server -> arguments.add(server.uri("/").toString()));

        List<String> lines = new ForkedJvm(jdk)
                .agent(config().toString())
                .main(LibraryLeakProgram.class, arguments.toArray(String[]::new))
                .within(Duration.ofMinutes(10))
                .run()
                .succeeded()
                .lines();

        assertThat(lines).hasSize(3 * LibraryCaller.values().length);
        for (LibraryCaller caller : LibraryCaller.values()) {
            List<String> those = lines.subList(3 * caller.ordinal(), 3 * caller.ordinal() + 3);
            Usage before = Usage.fromLine(those.get(0));
            Usage after = Usage.fromLine(those.get(1));
            assertThat(after)
                    .as("%s: after, against %s before", caller, before)
                    .matches(usage -> usage.withinReachOf(before), "holds no more than before");
            assertThat(those.get(2)).isEqualTo(caller + " busy 0");
        }
        assertThat(servers.get(Origin.FAILS_ONCE).requests())
                .hasSizeGreaterThan(3 * CALLS / 2 * LibraryCaller.values().length);
        assertThat(servers.get(Origin.HEDGED).requests()).isNotEmpty();
    }

    @AfterEach
    void close() {
        servers.values().forEach(ScriptedServer::close);
    }

    private static int address(Origin origin) {
        return 2 + origin.ordinal();
    }

    private Path config() throws IOException {
        String moved = servers.get(Origin.LATE).uri("/alternate").toString();
        return Files.writeString(
                directory.resolve("leak.toml"),
                policy(Origin.FAILS_ONCE, 3, "0s", "")
                        + policy(Origin.DOWN, 1, "0s", """
                                fallback.strategy = "default_value"
                                fallback.default_value.body = "in place of it"
                                """)
                        + policy(Origin.SLOW, 9, "0s", """
                                attempt_timeout = "50ms"
                                policy.retryable_errors = ["read_timeout", "connection_timeout", "connection_reset"]
                                """)
                        + policy(Origin.HEDGED, 3, "0s", "hedge.delay = \"20ms\"")
                        + policy(Origin.BROKEN, 1, "0s", "")
                        + policy(Origin.MOVED, 0, "0s", """
                                fallback.strategy = "degraded"
                                fallback.degraded.url = "%s"
                                """.formatted(moved))
                        + policy(Origin.PATIENT, 3, "60s", "")
                        + policy(Origin.LATE, 3, "0s", ""));
    }

    private static String policy(Origin origin, int retries, String delay, String more) {
        int address = address(origin);
        return POLICY.formatted(address, retries, delay, delay.equals("0s") ? "1ms" : delay, more, address);
    }

    private ScriptedResponse answer(Origin origin, ReceivedRequest request) {
        String target = request.target();
        if (target.equals("/open")) {
            return ScriptedResponse.respond(
                    200,
                    ""
                            + servers.values().stream()
                                    .mapToInt(ScriptedServer::open)
                                    .sum());
        }
        return switch (origin) {
            case FAILS_ONCE -> seen.add(target) ? failure(target) : ScriptedResponse.respond(200, "fine");
            case DOWN, MOVED, PATIENT -> ScriptedResponse.respond(503, "busy");
            case SLOW, HEDGED ->
                seen.add(target)
                        ? ScriptedResponse.respond(200, "late").delayed(Duration.ofMillis(500))
                        : ScriptedResponse.respond(200, "in time");
            case BROKEN -> ScriptedResponse.afterRequest(Cut.RESET);
            case LATE ->
                target.startsWith("/alternate")
                        ? ScriptedResponse.respond(200, "alternate")
                        : ScriptedResponse.respond(200, "late").delayed(Duration.ofMillis(500));
        };
    }

    /** A call's first answer: mostly a 503, sometimes a broken connection. */
    private static ScriptedResponse failure(String target) {
        return switch (Integer.parseInt(target.substring(target.lastIndexOf('/') + 1)) % 16) {
            case 3 -> ScriptedResponse.respond(503, "busy").closing();
            case 7 -> ScriptedResponse.afterRequest(Cut.RESET);
            case 11 -> ScriptedResponse.respond(503, "busy ".repeat(2000)).chunked();
            default -> ScriptedResponse.respond(503, "busy");
        };
    }
}
