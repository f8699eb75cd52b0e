package dev.holdfast.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A body of a gibibyte passes the cache by, in a JVM that could not hold it. */
class LargeBodyIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void isNeitherHeldNorKept(Jdks.Jdk jdk) throws IOException {
        Path config = Files.writeString(directory.resolve("holdfast.toml"), """
                [retry]
                max_retries = 0
                [retry.fallback]
                strategy = "cache"
                cache_max_body = "8MiB"
                """);
        assertThat(new ForkedJvm(jdk)
                        .agent(config.toString())
                        .jvm("-Xmx64m")
                        .main(LargeBodyProgram.class)
                        .run()
                        .succeeded()
                        .lines())
                .containsExactly("HttpClient 1073741824", "HttpURLConnection 1073741824", "503", "503");
    }
}
