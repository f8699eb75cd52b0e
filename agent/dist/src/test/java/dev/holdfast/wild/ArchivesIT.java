package dev.holdfast.wild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks.Jdk;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Archives of classes that make a JVM start faster: the program is served with them too, and Holdfast does not cost it
 * the archive. From an AOT cache the JVM takes the JDK's HTTP classes before any agent is there.
 */
class ArchivesIT {
    private static final String FROM_ARCHIVE = "shared objects file";

    @TempDir
    Path directory;

    private Path config;
    private Path program;

    @BeforeEach
    void pack() throws IOException {
        config = Files.writeString(directory.resolve("holdfast.toml"), "[retry]\ninitial_delay = \"1ms\"\n");
        program = directory.resolve("program.jar");
        try (OutputStream out = Files.newOutputStream(program);
                JarOutputStream jar = new JarOutputStream(out)) {
            for (Class<?> part : new Class<?>[] {Program.class, Flaky.class}) {
                String name = part.getName().replace('.', '/') + ".class";
                jar.putNextEntry(new JarEntry(name));
                jar.write(Files.readAllBytes(Path.of("target", "test-classes", name)));
                jar.closeEntry();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_dynamic_archive_that_was_made_without_the_agent(Jdk jdk) throws IOException {
        Path archive = directory.resolve("dynamic.jsa");
        jvm(jdk).jvm("-XX:ArchiveClassesAtExit=" + archive)
                .main(Program.class)
                .run()
                .succeeded();

        servedFrom(archive, jdk, "-XX:SharedArchiveFile=" + archive);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_static_archive_that_was_made_without_the_agent(Jdk jdk) throws IOException {
        Path list = directory.resolve("classes.txt");
        Path archive = directory.resolve("static.jsa");
        jvm(jdk).jvm("-Xshare:off", "-XX:DumpLoadedClassList=" + list)
                .main(Program.class)
                .run()
                .succeeded();
        jvm(jdk).jvm("-Xshare:dump", "-XX:SharedClassListFile=" + list, "-XX:SharedArchiveFile=" + archive)
                .main("-version")
                .run();

        servedFrom(archive, jdk, "-XX:SharedArchiveFile=" + archive);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void an_aot_cache_that_was_trained_with_the_agent_kept_out(Jdk jdk) throws IOException {
        Assumptions.assumeTrue(jdk.feature() >= 25, "Java 25 brought the AOT cache in one step");
        Path cache = directory.resolve("program.aot");
        jvm(jdk).agent("aot_training")
                .jvm("-XX:AOTCacheOutput=" + cache)
                .main(Program.class)
                .run()
                .succeeded();

        servedFrom(cache, jdk, "-XX:AOTCache=" + cache);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void an_aot_cache_that_was_trained_under_the_agent(Jdk jdk) throws IOException {
        Assumptions.assumeTrue(jdk.feature() >= 25, "Java 25 brought the AOT cache in one step");
        Path cache = directory.resolve("program.aot");
        Result training = jvm(jdk).agent(config.toString())
                .jvm("-XX:AOTCacheOutput=" + cache)
                .main(Program.class)
                .run()
                .succeeded();
        assertThat(training.out()).contains(Program.SERVED);

        servedFrom(cache, jdk, "-XX:AOTCache=" + cache);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void an_aot_cache_that_was_trained_without_the_agent_is_left_unused_and_no_more(Jdk jdk) {
        Assumptions.assumeTrue(jdk.feature() >= 25, "Java 25 brought the AOT cache in one step");
        Path cache = directory.resolve("program.aot");
        jvm(jdk).jvm("-XX:AOTCacheOutput=" + cache).main(Program.class).run().succeeded();

        Result result = jvm(jdk).agent(config.toString())
                .jvm("-XX:AOTCache=" + cache)
                .main(Program.class)
                .run()
                .succeeded();

        assertThat(result.out()).as(result.err()).contains(Program.SERVED);
    }

    private void servedFrom(Path archive, Jdk jdk, String option) throws IOException {
        assertThat(archive).isRegularFile();
        Path log = directory.resolve("loaded.txt");
        Result result = jvm(jdk).agent(config.toString())
                .jvm(option, "-Xlog:class+load:file=" + log)
                .main(Program.class)
                .run()
                .succeeded();

        assertThat(result.out()).as(result.err()).contains(Program.SERVED);
        assertThat(Files.readAllLines(log))
                .filteredOn(line -> line.contains(Program.class.getName() + " "))
                .singleElement()
                .asString()
                .contains(FROM_ARCHIVE);
    }

    private ForkedJvm jvm(Jdk jdk) {
        return new ForkedJvm(jdk).classPath(program.toString());
    }
}
