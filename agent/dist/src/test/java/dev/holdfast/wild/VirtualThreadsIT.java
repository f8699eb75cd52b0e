package dev.holdfast.wild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.versions.LibraryClassPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Blocking calls on virtual threads wait without a thread of the system, under two carriers. {@code -Dwild.calls=20000}
 * for more of them than an ordinary build has time for.
 */
class VirtualThreadsIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void thousands_of_calls_wait_between_attempts_under_two_carriers(Jdk jdk) throws IOException {
        Assumptions.assumeTrue(jdk.feature() >= 25, "Java 24 was the first whose monitors do not pin");
        int calls = Integer.getInteger("wild.calls", 2_000);
        Path config = Files.writeString(directory.resolve("holdfast.toml"), """
                [retry]
                initial_delay = "500ms"
                [retry.budget]
                enabled = false
                """);

        ForkedJvm.Result result = new ForkedJvm(jdk)
                .agent(config.toString())
                .jvm(
                        "-Xmx1g",
                        "-Djdk.virtualThreadScheduler.parallelism=2",
                        "-Djdk.virtualThreadScheduler.maxPoolSize=2")
                .classPath(LibraryClassPath.TEXT)
                .main(ManyVirtualThreads.class, "" + calls)
                .within(Duration.ofMinutes(4))
                .run()
                .succeeded();

        assertThat(result.lines())
                .as(result.err())
                .containsExactly(calls + " good, " + 2 * calls + " requests, pinned by us {}");
    }
}
