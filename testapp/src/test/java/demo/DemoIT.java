package demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.Jdks.Jdk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
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
