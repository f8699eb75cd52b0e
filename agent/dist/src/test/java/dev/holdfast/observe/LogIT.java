package dev.holdfast.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests what the packaged agent says, and where, on every JDK. */
class LogIT {
    static final String RULES = """
            [retry]
            max_retries = 1
            initial_delay = "1ms"
            jitter = false
            [retry.circuit_breaker]
            enabled = true
            failure_threshold = 3
            """;

    @TempDir
    Path directory;

    private static final String TIME = "20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void says_when_a_breaker_opens_and_nothing_of_the_request(Jdks.Jdk jdk) throws IOException {
        Result result = run(jdk, "");

        String origin = result.lines().get(0);
        assertThat(result.err())
                .contains("is active: 1 policy from ")
                .contains("[holdfast] " + origin + " (policy *): breaker opened, after 3 failures in a row;"
                        + " calls are rejected, next probe in 60 s")
                .doesNotContain("secret")
                .doesNotContain("summary");
        assertThat(result.rawErr().lines())
                .allMatch(line -> line.matches("\\[holdfast] " + TIME + " (INFO|WARN) .*"))
                .anyMatch(line -> line.matches(".*Z INFO .* is active: .*"))
                .anyMatch(line -> line.matches(".*Z WARN .* breaker opened, .*"));
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void writes_to_a_file_and_sums_up_at_the_end(Jdks.Jdk jdk) throws IOException {
        Result result = run(jdk, "[log]\nfile = \"holdfast.log\"\nsummary = true\nlevel = \"debug\"\n");

        assertThat(result.err()).isEmpty();
        assertThat(Files.readString(directory.resolve("holdfast.log")))
                .containsPattern("(?m)^" + TIME + " INFO .*is active: 1 policy from ")
                .containsPattern("(?m)^" + TIME + " DEBUG " + result.lines().get(0)
                        + " \\(policy \\*\\): got 503, retrying in 1 ms \\(attempt 2 of 2\\)$")
                .containsPattern("summary: 6 calls: 2 good at the first try, 1 saved by retry, 0 saved by fallback")
                .contains("breakers opened 1 time");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void writes_a_json_object_a_line_to_standard_error_or_to_the_file(Jdks.Jdk jdk) throws IOException {
        Result result = run(jdk, "[log]\nformat = \"json\"\nsummary = true\n");
        run(jdk, "[log]\nformat = \"json\"\nfile = \"holdfast.log\"\n");

        String origin = result.lines().get(0);
        assertThat(result.rawErr().lines())
                .isNotEmpty()
                .allMatch(line -> line.matches("\\{\"time\":\"" + TIME + "\",\"level\":\"(INFO|WARN)\","
                        + "\"logger\":\"holdfast\",\"event\":\"[a-z_]+\",\"message\":\".*\".*}"))
                .anyMatch(line -> line.contains("\"event\":\"breaker_opened\"")
                        && line.contains("\"policy\":\"*\",\"origin\":\"" + origin + "\""))
                .anyMatch(line -> line.contains("\"event\":\"summary\",\"message\":\"summary: 6 calls: 2 good"))
                .noneMatch(line -> line.contains("secret"));
        assertThat(Files.readAllLines(directory.resolve("holdfast.log")))
                .allMatch(line -> line.startsWith("{\"time\":\"20"))
                .anyMatch(line -> line.contains("\"event\":\"breaker_opened\""));
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_file_that_cannot_be_written_is_said_and_the_rest_goes_to_standard_error(Jdks.Jdk jdk) throws IOException {
        Result result = run(jdk, "[log]\nfile = \"no/such/directory/holdfast.log\"\n");

        assertThat(result.err()).contains("the log cannot be written to ").contains("breaker opened");
    }

    private Result run(Jdks.Jdk jdk, String more) throws IOException {
        Path file = Files.writeString(directory.resolve("holdfast.toml"), RULES + more);
        return new ForkedJvm(jdk)
                .agent(file.toString())
                .main(ObservedProgram.class)
                .run()
                .succeeded();
    }
}
