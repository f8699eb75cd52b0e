package wild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks.Jdk;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A Tomcat in a program, whose web application has a class loader of its own, is called, undeployed and collected. */
class TomcatIT {
    private static final int ROUNDS = 10;
    /** The JDK itself keeps some for a while, without the agent too; a leak of ours keeps each. */
    private static final int MAY_BE_LEFT = 5;

    private static final Path MODULE = Path.of("..", "tomcat", "target");

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_web_application_is_served_and_undeployed(Jdk jdk) throws IOException {
        Path config = Files.writeString(directory.resolve("holdfast.toml"), """
                [hosts."127.0.0.2".retry]
                initial_delay = "1ms"
                [hosts."127.0.0.2".retry.budget]
                enabled = false
                """);
        String served = "ParallelWebappClassLoader: HttpURLConnection %1$d, send %1$d, sendAsync %1$d";

        Result without = run(jdk, null, 3);
        Result with = run(jdk, config, 6);

        assertThat(without.lines())
                .as(without.err())
                .startsWith(Collections.nCopies(ROUNDS, served.formatted(503)).toArray(String[]::new));
        assertThat(with.lines())
                .as(with.err())
                .startsWith(Collections.nCopies(ROUNDS, served.formatted(200)).toArray(String[]::new));
        assertThat(with.out()).as("loaders").containsPattern("left [0-" + MAY_BE_LEFT + "]\n");
        // Tomcat says which threads and thread-locals an application has left behind.
        assertThat(complaints(with)).containsExactlyElementsOf(complaints(without));
        assertThat(with.err().lines().filter(line -> line.contains("holdfast")))
                .singleElement()
                .asString()
                .startsWith("[holdfast] 0.1.0 is active: 1 policy from " + config);
    }

    private static List<String> complaints(Result result) {
        return result.err()
                .lines()
                .filter(line -> line.contains("The web application"))
                // The JDK's own thread for a client ends when that is collected.
                .filter(line -> !line.contains("[HttpClient-"))
                .distinct()
                .toList();
    }

    private Result run(Jdk jdk, @Nullable Path policies, int requestsOfARound) throws IOException {
        Path work = Files.createTempDirectory(directory, "tomcat");
        Path application = Files.createTempDirectory(directory, "application");
        copyClasses(MODULE.resolve("classes"), "com/example/webapp", application.resolve("WEB-INF/classes"));
        copyClasses(MODULE.resolve("classes"), "com/example/tomcat", work.resolve("classes"));
        try (Upstream upstream = Upstream.busy()) {
            ForkedJvm jvm = new ForkedJvm(jdk)
                    .classPath(work.resolve("classes")
                            + File.pathSeparator
                            + Files.readString(MODULE.resolve("class-path.txt")));
            if (policies != null) {
                jvm.agent(policies.toString());
            }
            Result result = jvm.jvm(
                            "--add-opens", "java.base/java.lang=ALL-UNNAMED") // so that Tomcat sees thread-locals
                    .main(
                            "com.example.tomcat.Host",
                            work.toString(),
                            application.toString(),
                            upstream.uri(),
                            "" + ROUNDS,
                            "" + MAY_BE_LEFT)
                    .run()
                    .succeeded();
            assertThat(upstream.received()).as(result.err()).hasSize(requestsOfARound * ROUNDS);
            return result;
        }
    }

    /** Copies the classes of a package. */
    static void copyClasses(Path classes, String folder, Path to) throws IOException {
        Files.createDirectories(to.resolve(folder));
        try (Stream<Path> files = Files.list(classes.resolve(folder))) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(classes.relativize(file).toString()));
            }
        }
    }
}
