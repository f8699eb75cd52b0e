package dev.holdfast.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.StartLine;
import dev.holdfast.versions.LibraryClassPath;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two versions of the agent in one JVM, as when an image has one and its operator adds another. The JVM puts both jars
 * on one class path, so that the launch classes of the first run for both: the first works, with its own version's
 * classes behind its loader, and the second says that it is one.
 */
class TwoVersionsIT {
    private static final String SECOND = "[holdfast] is in this JVM already; this second instance does nothing";

    @TempDir
    Path directory;

    private String config;
    private Path other;

    @BeforeEach
    void write() throws IOException {
        config = Files.writeString(
                        directory.resolve("holdfast.toml"), "[retry]\ninitial_delay = \"1ms\"\nmax_delay = \"1ms\"\n")
                .toString();
        other = Files.copy(ForkedJvm.agentJar(), directory.resolve("other.jar"));
        Manifest manifest;
        try (JarFile jar = new JarFile(other.toFile())) {
            manifest = jar.getManifest();
        }
        manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, "9.9.9");
        try (FileSystem inside = FileSystems.newFileSystem(other);
                OutputStream out = Files.newOutputStream(inside.getPath(JarFile.MANIFEST_NAME))) {
            manifest.write(out);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void the_first_on_the_command_line_works_whichever_it_is(Jdks.Jdk jdk) {
        for (boolean ours : new boolean[] {true, false}) {
            Result result = program(jdk, ours ? ForkedJvm.agentJar() : other)
                    .jvm("-javaagent:" + (ours ? other : ForkedJvm.agentJar()) + "=" + config)
                    .main(OneCallEach.class, "503")
                    .run()
                    .succeeded();

            assertThat(result.lines()).containsExactly("HttpURLConnection 200", "HttpClient 200", "requests 4");
            assertThat(StartLine.plain(result.err()).lines()).containsExactlyInAnyOrder(SECOND, active(ours));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void one_that_is_attached_to_a_program_that_has_the_other_does_nothing(Jdks.Jdk jdk) {
        for (boolean ours : new boolean[] {true, false}) {
            Result result = program(jdk, ours ? ForkedJvm.agentJar() : other)
                    .jvm("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+EnableDynamicAgentLoading")
                    .main(AttachedProgram.class, (ours ? other : ForkedJvm.agentJar()).toString(), config)
                    .run()
                    .succeeded();

            assertThat(result.out())
                    .isEqualToNormalizingNewlines("before 200\n".repeat(AttachIT.CLIENTS)
                            + "attached\n"
                            + "after 200\n".repeat(AttachIT.CLIENTS));
            assertThat(StartLine.plain(result.err()).lines())
                    .filteredOn(line -> !line.startsWith("SLF4J"))
                    .containsExactlyInAnyOrder(active(ours), SECOND);
        }
    }

    private ForkedJvm program(Jdks.Jdk jdk, Path first) {
        return new ForkedJvm(jdk).jvm("-javaagent:" + first + "=" + config).classPath(LibraryClassPath.TEXT);
    }

    private String active(boolean ours) {
        return "[holdfast] " + (ours ? "0.1.0" : "9.9.9") + " is active: 1 policy from " + config;
    }
}
