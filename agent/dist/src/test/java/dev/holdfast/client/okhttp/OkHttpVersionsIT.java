package dev.holdfast.client.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.versions.LatestRelease;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The adapter against the versions that it is made for: the oldest, the newest, and those in between in which a name
 * that it uses changed; and against copies that a vendor has moved to another package, with all that they need. The
 * build puts them into {@code target/okhttp}.
 */
class OkHttpVersionsIT {
    private static final int FEWEST = 13;

    @TempDir
    static Path directory;

    private static Path config;
    private static List<String> copies;

    @BeforeAll
    static void gather() throws IOException {
        config = Files.writeString(directory.resolve("holdfast.toml"), """
                [retry]
                max_retries = 1
                initial_delay = "10ms"
                budget.enabled = false
                [hosts.localhost.retry]
                initial_delay = "1m"
                max_delay = "1m"
                """);
        OkHttpJars jars = new OkHttpJars(directory);
        copies = new ArrayList<>(jars.all());
        if (LatestRelease.isWanted()) {
            copies.add(jars.of(LatestRelease.of("com.squareup.okhttp3", "okhttp-jvm")));
        }
        copies.add(jars.moved(copies.get(0), "com/vendor/shaded/"));
        copies.add(jars.moved(copies.get(copies.size() - 2), "com/vendor/latest/"));
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void each_version_and_each_moved_copy_has_its_calls_retried(Jdk jdk) {
        Result result = new ForkedJvm(jdk)
                .agent(config.toString())
                .main(OkHttpVersionsProgram.class, copies.toArray(String[]::new))
                .run()
                .succeeded();

        assertThat(copies).hasSizeGreaterThanOrEqualTo(FEWEST);
        List<String> names = copies.stream()
                .map(copy -> Path.of(copy.split(File.pathSeparator, -1)[0])
                        .getFileName()
                        .toString())
                .toList();
        List<String> lines = result.lines();
        assertThat(lines.stream().filter(line -> line.contains(" leave: ")))
                .as("calls that main does not wait for")
                .containsExactlyInAnyOrderElementsOf(
                        names.stream().map(name -> name + " leave: 200 ok").toList());
        assertThat(lines.stream().filter(line -> !line.contains(" leave: ")))
                .containsExactlyElementsOf(names.stream()
                        .flatMap(name -> Stream.of(
                                name + " execute: 200 ok to [GET, GET]",
                                name + " enqueue: 200 ok to [GET, GET]",
                                name + " put: 200 ok to [PUT body, PUT body]",
                                name + " idle: after 1 callback, once to [GET, GET]",
                                name + " cancel: java.io.IOException: Canceled to [GET]"))
                        .toList());
        assertThat(result.err()).doesNotContain("lacks", "ERROR", "\tat ");
    }
}
