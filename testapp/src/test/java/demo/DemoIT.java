package demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.Jdks.Jdk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The README's first command keeps its promise, and the program in it is as ordinary as the README says. */
class DemoIT {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Path REPOSITORY = TARGET.resolve("../..").normalize();

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void the_demo_shows_what_it_promises(Jdk jdk, @TempDir Path dir) throws Exception {
        Path output = dir.resolve("output");
        Process demo = new ProcessBuilder(
                        jdk.orSkip().tool("java").toString(),
                        "-jar",
                        TARGET.resolve("testapp-demo.jar").toString())
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(demo.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            demo.destroyForcibly();
        }
        String said = Files.readString(output);
        assertThat(demo.exitValue()).as(said).isZero();
        assertThat(said).contains("29 of 36 with it");
        List<String> excerpt = rows(Files.readString(REPOSITORY.resolve("README.md")));
        assertThat(excerpt).as("rows that the README shows").hasSizeGreaterThan(15);
        assertThat(rows(said))
                .as("the README shows some of the demo's rows, as they are and in their order")
                .containsSubsequence(excerpt);
    }

    /**
     * The lines of the demo's table, which has three columns, but not those of a table in Markdown, nor commands with
     * pipes.
     */
    private static List<String> rows(String text) {
        return text.lines()
                .filter(line -> line.chars().filter(c -> c == '|').count() == 2 && !line.startsWith("|"))
                .map(String::stripTrailing)
                .toList();
    }

    @Test
    void the_readme_shows_the_configuration_that_the_demo_uses_and_the_commands_that_ci_runs() throws IOException {
        String readme = Files.readString(REPOSITORY.resolve("README.md"));
        assertThat(readme).contains(Files.readString(REPOSITORY.resolve("config-examples/quickstart.toml")));
        List<String> commands = readme.lines()
                .filter(line -> line.startsWith("    mvn "))
                .map(String::strip)
                .toList();
        assertThat(commands).hasSize(2);
        assertThat(Files.readString(REPOSITORY.resolve(".ci/run")).lines()).containsAll(commands);
    }

    @Test
    void the_program_does_not_know_of_holdfast() throws Exception {
        try (JarFile jar = new JarFile(TARGET.resolve("testapp.jar").toFile())) {
            Enumeration<JarEntry> entries = jar.entries();
            while (entries.hasMoreElements()) {
                JarEntry entry = entries.nextElement();
                String bytes = new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1);
                assertThat((entry.getName() + bytes).toLowerCase(Locale.ROOT)).doesNotContain("holdfast");
            }
        }
    }
}
