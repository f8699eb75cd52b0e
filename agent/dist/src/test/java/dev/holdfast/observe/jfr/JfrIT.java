package dev.holdfast.observe.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.observe.EarlyAgent;
import dev.holdfast.observe.ObservedProgram;
import dev.holdfast.testkit.AgentJar;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real recordings of programs under the packaged agent, on every JDK. */
class JfrIT {
    private static final String RULES = """
            [retry]
            max_retries = 1
            initial_delay = "1ms"
            jitter = false
            [retry.circuit_breaker]
            enabled = true
            failure_threshold = 3
            [retry.fallback]
            strategy = "default_value"
            [retry.fallback.default_value]
            path = "/down"
            status = 203
            """;

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_recording_from_the_start_on_shows_what_happened_and_nothing_of_the_request(Jdks.Jdk jdk) throws Exception {
        Path recording = directory.resolve("recording.jfr");
        Result result = program(jdk)
                .jvm("-XX:StartFlightRecording=filename=" + recording)
                .main(ObservedProgram.class)
                .run()
                .succeeded();

        String printed = print(jdk, recording);
        assertThat(printed)
                .contains("dev.holdfast.Attempt {", "dev.holdfast.Retry {", "dev.holdfast.Rejection {")
                .contains("dev.holdfast.BreakerTransition {", "dev.holdfast.Fallback {")
                .contains("origin = \"" + result.lines().get(result.lines().size() - 1) + "\"")
                .contains("policy = \"*\"", "client = \"HttpURLConnection\"", "outcome = \"503\"")
                .containsPattern("delay = 1[.,]00 ms")
                .containsPattern("took = \\d+[.,]\\d+ .?s")
                .contains("from = \"closed\"", "to = \"open\"", "strategy = \"default_value\"")
                .doesNotContain("secret")
                .doesNotContain("/down");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_recording_that_an_agent_in_front_began_has_the_first_attempt_too(Jdks.Jdk jdk) throws Exception {
        String file =
                Files.writeString(directory.resolve("holdfast.toml"), RULES).toString();
        Path agent = AgentJar.of(EarlyAgent.class, directory);
        for (String argument : new String[] {file, "strict=true,config=" + file}) {
            Result result = new ForkedJvm(jdk)
                    .jvm("-javaagent:" + agent + "=recording")
                    .agent(argument)
                    .main(EarlyAgent.class)
                    .run()
                    .succeeded();

            // Of two calls that are good at once, and of one at its second try.
            assertThat(result.lines()).as(argument + "; " + result.err()).endsWith("3 recorded");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_recording_that_begins_later_is_joined_within_moments(Jdks.Jdk jdk) throws Exception {
        Path recording = directory.resolve("recording.jfr");
        program(jdk)
                .main(
                        LateRecordingProgram.class,
                        recording.toString(),
                        directory.resolve("holdfast.toml").toString())
                .run()
                .succeeded();

        assertThat(print(jdk, recording))
                .contains("dev.holdfast.Attempt {")
                .contains("dev.holdfast.Reload {", "policies = 2", "problem = N/A")
                .contains("problem = \"");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void without_a_recording_nothing_of_the_flight_recorder_is_loaded(Jdks.Jdk jdk) throws Exception {
        Path loaded = directory.resolve("loaded.txt");
        program(jdk)
                .jvm("-Xlog:class+load:file=" + loaded)
                .main(ObservedProgram.class)
                .run()
                .succeeded();

        assertThat(Files.readString(loaded))
                .contains("dev.holdfast.runtime.Observability")
                .doesNotContain(" jdk.jfr.")
                .doesNotContain("dev.holdfast.observe.jfr");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_jdk_without_the_flight_recorder_is_no_error(Jdks.Jdk jdk) throws Exception {
        Result result = program(jdk)
                .jvm("--limit-modules", "java.base,java.instrument,java.net.http,jdk.httpserver")
                .main(ObservedProgram.class)
                .run()
                .succeeded();

        assertThat(result.err()).contains("is active: 1 policy").doesNotContain("cannot");
    }

    private ForkedJvm program(Jdks.Jdk jdk) throws IOException {
        Path file = Files.writeString(directory.resolve("holdfast.toml"), RULES);
        return new ForkedJvm(jdk).agent(file.toString());
    }

    private static String print(Jdks.Jdk jdk, Path recording) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        jdk.tool("jfr").toString(), "print", "--categories", "Holdfast", recording.toString())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }
}
