package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code list} with the packaged jar, against programs on every JDK; only against those that this test starts. */
class ListIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void each_that_carries_the_agent_with_its_state(Jdks.Jdk jdk) throws IOException {
        String file = Files.writeString(directory.resolve("holdfast.toml"), "[retry]\ninitial_delay = \"1ms\"\n")
                .toString();
        String agent = "-javaagent:" + ForkedJvm.agentJar() + "=config=" + file;
        String badFile = Files.writeString(directory.resolve("bad.toml"), "[retry]\nmax_retries = -1\n")
                .toString();
        String bad = "-javaagent:" + ForkedJvm.agentJar() + "=config=" + badFile;
        try (Subject on = new Subject(
                        jdk, directory, agent, "-jar", jarWithBlanks().toString());
                Subject off = new Subject(jdk, directory, agent);
                Subject inactive = new Subject(jdk, directory, bad);
                Subject without = new Subject(jdk, directory);
                Subject closed = new Subject(jdk, directory, agent, "-XX:+DisableAttachMechanism")) {
            assertThat(ProcessInfo.ownJvms().stream().map(facts -> Long.toString(facts.pid())))
                    .contains(on.pid(), off.pid(), inactive.pid(), without.pid(), closed.pid());
            assertThat(CommandRun.ofJar(jdk, "off", off.pid()).status()).isZero();

            CommandRun list = CommandRun.ofJar(
                    jdk, "list", on.pid(), off.pid(), inactive.pid(), without.pid(), closed.pid(), on.pid());

            String program = ServedProgram.class.getName();
            assertThat(list.status()).as(list.err()).isZero();
            assertThat(list.out().lines().map(line -> List.of(line.strip().split(" {2,}"))))
                    .containsExactly(
                            List.of("PID", "STATE", "REASON", "POLICIES", "VERSION", "PROGRAM", "FILE"),
                            List.of(on.pid(), "on", "-", "1", "0.1.0", "my shop.jar", file),
                            List.of(off.pid(), "off", "off", "1", "0.1.0", program, file),
                            List.of(inactive.pid(), "inactive", "file_invalid", "0", "0.1.0", program, badFile));
            assertThat(list.err().lines())
                    .singleElement()
                    .asString()
                    .startsWith("not known: process " + closed.pid())
                    .contains("-XX:+DisableAttachMechanism");
            assertThat(without.err()).isEmpty();
            assertThat(on.calls("covered")).isEqualTo("covered 200 200");
        }
    }

    /** The subject's program, as a jar in a path that has blanks. */
    private Path jarWithBlanks() throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(Attributes.Name.MAIN_CLASS, ServedProgram.class.getName());
        main.put(
                Attributes.Name.CLASS_PATH,
                Path.of("target", "test-classes").toAbsolutePath().toUri().toString());
        Path jar = Files.createDirectories(directory.resolve("program files")).resolve("my shop.jar");
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        return jar;
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void none(Jdks.Jdk jdk) throws Exception {
        Subject ended = new Subject(jdk, directory);
        ended.end();
        try (Subject without = new Subject(jdk, directory)) {
            CommandRun list = CommandRun.ofJar(jdk, "list", without.pid(), ended.pid());

            assertThat(list.status()).isZero();
            assertThat(list.out()).isEqualTo("No JVM carries Holdfast.\n");
            assertThat(list.err().strip())
                    .isEqualTo("not known: there is no process " + ended.pid() + "; jps or jcmd list those of JVMs");
        }
    }
}
