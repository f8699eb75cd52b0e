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

/**
 * A thousand answers on their way, of 250 KiB each, take no more than the cache may, in a JVM that could not hold them.
 */
class OpenStreamsIT {
    private static final int STREAMS = 1_000;

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void takeNoMoreThanTheCacheMay(Jdks.Jdk jdk) throws IOException {
        Path config = Files.writeString(directory.resolve("holdfast.toml"), """
                [retry]
                [retry.fallback]
                strategy = "cache"
                cache_max_bytes = "1MiB"
                """);
        for (String client : new String[] {"HttpClient", "HttpURLConnection"}) {
            long without = kibibytes(new ForkedJvm(jdk), client);
            long with = kibibytes(new ForkedJvm(jdk).agent(config.toString()), client);
            // Its own classes, and some objects for each stream, besides.
            assertThat(with - without).as(client).isLessThan(12 * 1024);
        }
    }

    private static long kibibytes(ForkedJvm jvm, String client) {
        String said = jvm.jvm("-Xmx128m")
                .main(OpenStreamsProgram.class, client, Integer.toString(STREAMS))
                .run()
                .succeeded()
                .lines()
                .get(0);
        assertThat(said).startsWith(STREAMS + " streams, KiB ");
        return Long.parseLong(said.substring(said.lastIndexOf(' ') + 1));
    }
}
