package dev.holdfast.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A file that changes again and again under a program that calls without pause, on every JDK. Each way of changing it
 * comes {@code holdfast.reloads} times, which is 200 where it is given by hand.
 */
class ReloadUnderLoadIT {
    private static final int TIMES = Integer.getInteger("holdfast.reloads", 30);

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void no_call_fails_or_sees_two_versions_and_no_memory_is_kept(Jdks.Jdk jdk) throws IOException {
        Files.createDirectory(directory.resolve("..data0"));
        Files.writeString(directory.resolve("..data0/holdfast.toml"), ReloadUnderLoadProgram.version(2));
        Files.createSymbolicLink(directory.resolve("..data"), Path.of("..data0"));
        Path file = Files.createSymbolicLink(directory.resolve("holdfast.toml"), Path.of("..data", "holdfast.toml"));

        Result result = new ForkedJvm(jdk)
                .agent(file.toString())
                .main(ReloadUnderLoadProgram.class, file.toString(), String.valueOf(TIMES))
                .within(Duration.ofSeconds(60 + TIMES))
                .run()
                .succeeded();

        assertThat(result.lines()).containsExactly("memory flat", "many calls");
        int invalid = 3 * ((TIMES + 6) / 10);
        assertThat(result.err().lines().filter(line -> line.contains("retry.max_retries: found 1")))
                .as("each bad file said once, with its place")
                .hasSize(invalid)
                .doesNotHaveDuplicates()
                .allMatch(line -> line.contains("holdfast.toml:5:1: "));
        assertThat(result.err()).doesNotContain("Exception").doesNotContain("at dev.");
    }
}
