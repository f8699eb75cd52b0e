package wild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks.Jdk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Maven, whose fourth version asks repositories by the JDK's client, builds a project from a repository on loopback.
 */
class MavenIT {
    private static final Path HOME = Path.of(System.getProperty("wild.maven", "target/apache-maven"))
            .toAbsolutePath()
            .normalize();
    private static final List<String> RESOLVED = List.of("one-1.jar", "three-1.jar", "two-1.jar");

    @TempDir
    Path directory;

    private Path config;
    private Path mojo;

    @BeforeEach
    void prepare() throws IOException {
        config = Files.writeString(directory.resolve("holdfast.toml"), """
                [retry]
                initial_delay = "10ms"
                buffer_response = "1MiB"    # artifacts are read as streams: what breaks in the middle is to be repeated too
                [retry.policy]
                retryable_errors = ["connection_reset", "premature_eof"]
                [retry.budget]
                enabled = false
                """);
        Path source = Files.write(directory.resolve("ShowMojo.java"), resource("ShowMojo.java"));
        int status = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        System.out,
                        System.err,
                        "--release",
                        "17",
                        "-XDsuppressNotes", // Maven calls its own API of old deprecated
                        "-cp",
                        jar("lib", "maven-plugin-api-"),
                        "-d",
                        directory.toString(),
                        source.toString());
        assertThat(status).isZero();
        mojo = directory.resolve("com/example/show/ShowMojo.class");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void undisturbed_it_says_and_asks_for_the_same(Jdk jdk) throws IOException {
        try (FlakyRepository first = new FlakyRepository(false, mojo);
                FlakyRepository second = new FlakyRepository(false, mojo)) {
            Result without = build(jdk, null, first).succeeded();
            Result with = build(jdk, config, second).succeeded();

            assertThat(resolved(without)).isEqualTo(RESOLVED);
            assertThat(said(with, second)).isEqualTo(said(without, first));
            assertThat(second.received()).isEqualTo(first.received()).hasSizeGreaterThanOrEqualTo(first.size());
            assertThat(with.err().lines().filter(line -> line.contains("holdfast")))
                    .singleElement()
                    .asString()
                    .startsWith("[holdfast] 0.1.0 is active: 1 policy from " + config);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void it_resolves_from_a_flaky_repository(Jdk jdk) throws IOException {
        try (FlakyRepository first = new FlakyRepository(true, mojo);
                FlakyRepository second = new FlakyRepository(true, mojo)) {
            Result without = build(jdk, null, first);
            assertThat(without.exit()).as(without.out()).isEqualTo(1);
            assertThat(without.out()).contains("Could not transfer artifact com.example:parent:pom:1", "503");
            assertThat(resolved(without)).isEmpty();

            Result with = build(jdk, config, second).succeeded();

            assertThat(resolved(with)).as(with.out()).isEqualTo(RESOLVED);
            assertThat(with.out()).contains("BUILD SUCCESS").doesNotContain("checksum");
            assertThat(second.given()).as("files").isEqualTo(second.size());
            assertThat(second.received()).as("each file twice").hasSizeGreaterThanOrEqualTo(2 * second.size());
        }
    }

    private Result build(Jdk jdk, @Nullable Path policies, FlakyRepository repository) throws IOException {
        Path project = Files.createTempDirectory(directory, "project");
        Files.createDirectory(project.resolve(".mvn"));
        Files.write(project.resolve("pom.xml"), resource("project.xml"));
        Path settings = Files.writeString(directory.resolve("settings.xml"), """
                <settings>
                  <mirrors>
                    <mirror><id>loopback</id><url>%s</url><mirrorOf>*</mirrorOf></mirror>
                  </mirrors>
                </settings>
                """.formatted(repository.uri()));
        ForkedJvm jvm = new ForkedJvm(jdk).in(project).classPath(jar("boot", "plexus-classworlds-"));
        if (policies != null) {
            jvm.agent(policies.toString());
        }
        return jvm.jvm(
                        "-Dclassworlds.conf=" + HOME.resolve("bin/m2.conf"),
                        "-Dmaven.home=" + HOME,
                        "-Dmaven.multiModuleProjectDirectory=" + project,
                        "-Duser.home=" + project)
                .main(
                        "org.codehaus.plexus.classworlds.launcher.Launcher",
                        "--batch-mode",
                        "--settings",
                        settings.toString(),
                        "-Dmaven.repo.local=" + project.resolve("repository"),
                        "com.example:show-maven-plugin:1:show")
                .within(Duration.ofMinutes(2))
                .run();
    }

    private static List<String> resolved(Result result) {
        return result.lines().stream()
                .filter(line -> line.contains("resolved "))
                .map(line -> line.replaceAll(".*resolved (\\S+), .*", "$1"))
                .sorted()
                .toList();
    }

    /** Some files are asked for side by side. */
    private static List<String> said(Result result, FlakyRepository repository) {
        return result.lines().stream()
                .map(line -> line.replace(":" + repository.port(), ":PORT")
                        .replaceAll("Total time: .*|Finished at: .*|\\(\\d.* at .*/s\\)", "(varies)")
                        .replaceAll("project\\d+", "project"))
                .sorted()
                .toList();
    }

    private static String jar(String folder, String name) throws IOException {
        try (Stream<Path> files = Files.list(HOME.resolve(folder))) {
            return files.filter(file -> file.getFileName().toString().startsWith(name)
                            && file.toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow()
                    .toString();
        }
    }

    /** One of the files beside this test. */
    static byte[] resource(String name) throws IOException {
        try (InputStream in = MavenIT.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no " + name);
            }
            return in.readAllBytes();
        }
    }
}
