package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way in which a process does not let itself be attached to has its own message, and harms nobody. */
class RefusedAttachIT {
    private static final String FILE = "src/test/resources/dev/holdfast/cli/shop.toml";

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_process_that_has_ended(Jdks.Jdk jdk) throws Exception {
        Subject program = new Subject(jdk, directory);
        program.end();

        assertRefused(attach(jdk, program.pid()), "there is no process " + program.pid());
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_process_that_is_no_jvm_survives(Jdks.Jdk jdk) throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sleep")), "there is no /bin/sleep");
        Process sleep = new ProcessBuilder("/bin/sleep", "60").start();
        try {
            assertRefused(attach(jdk, Long.toString(sleep.pid())), "process " + sleep.pid(), "sleep) is no JVM");
            assertThat(sleep.isAlive()).isTrue();
        } finally {
            sleep.destroyForcibly();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_jvm_that_forbids_it(Jdks.Jdk jdk) throws IOException {
        try (Subject program = new Subject(jdk, directory, "-XX:+DisableAttachMechanism")) {
            assertRefused(attach(jdk, program.pid()), "was started with -XX:+DisableAttachMechanism");
            assertRefused(CommandRun.ofJar(jdk, "status", program.pid()), "-XX:+DisableAttachMechanism");
            assertUntouched(program);
        }
    }

    /** Its arguments cannot be seen, and the signal that attaching begins with would end it. */
    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_jvm_that_handles_no_signal_survives(Jdks.Jdk jdk) throws IOException {
        Path options =
                Files.writeString(directory.resolve("options"), "-Xrs -XX:+DisableAttachMechanism -XX:-UsePerfData");
        try (Subject program = new Subject(jdk, directory, "@" + options)) {
            assertRefused(CommandRun.ofJar(jdk, "status", program.pid()), "does not handle the signal");
            CommandRun list = CommandRun.ofJar(jdk, "list", program.pid());
            assertThat(list.err()).contains("process " + program.pid() + " does not handle the signal");
            assertUntouched(program);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_jvm_that_takes_no_agents_while_it_runs(Jdks.Jdk jdk) throws IOException {
        try (Subject program = new Subject(jdk, directory, "-XX:-EnableDynamicAgentLoading")) {
            assertRefused(
                    attach(jdk, program.pid()),
                    "was started with -XX:-EnableDynamicAgentLoading",
                    "start it with -javaagent:holdfast-agent.jar=FILE instead");
            assertUntouched(program);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_java_that_is_too_old(Jdks.Jdk jdk) throws IOException {
        try (Subject program = new Subject(jdk, directory, "-Dpretended.version=11")) {
            assertRefused(attach(jdk, program.pid()), "runs on Java 11; Holdfast needs Java 17 or newer");
            assertUntouched(program);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_file_without_policies_and_a_path_that_the_argument_cannot_carry(Jdks.Jdk jdk) throws IOException {
        Path empty = Files.writeString(directory.resolve("empty.toml"), "# nothing\n");
        Path odd = Files.writeString(directory.resolve("a,b.toml"), "[retry]\nmax_retries = 1\n");
        try (Subject program = new Subject(jdk, directory)) {
            assertRefused(CommandRun.ofJar(jdk, "attach", program.pid(), empty.toString()), "has no policy in force");
            assertRefused(CommandRun.ofJar(jdk, "attach", program.pid(), odd.toString()), "a comma or an equals sign");
            assertUntouched(program);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void another_users_jvm(Jdks.Jdk jdk) throws Exception {
        String user = System.getProperty("user.name");
        Path setpriv = Path.of("/usr/bin/setpriv");
        Assumptions.assumeTrue(
                user.equals("root") && Files.isExecutable(setpriv),
                "NOT TESTED: another user's JVM; it takes root and /usr/bin/setpriv to be somebody else");
        // Where the other user can read it.
        Path open = Files.createTempDirectory(
                Path.of("/tmp"),
                "holdfast",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Path jar = Files.copy(ForkedJvm.agentJar(), open.resolve("holdfast-agent.jar"));
        try (Subject program = new Subject(jdk, directory)) {
            Process process = new ProcessBuilder(List.of(
                            setpriv.toString(),
                            "--reuid=65534",
                            "--regid=65534",
                            "--clear-groups",
                            jdk.tool("java").toString(),
                            "-jar",
                            jar.toString(),
                            "status",
                            program.pid()))
                    .directory(open.toFile())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

            assertThat(said).contains("process " + program.pid() + " is root's, and this command is run by nobody");
            assertThat(process.exitValue()).isEqualTo(3);
            assertUntouched(program);
        } finally {
            Files.delete(jar);
            Files.delete(open);
        }
    }

    private static CommandRun attach(Jdks.Jdk jdk, String pid) {
        return CommandRun.ofJar(jdk, "attach", pid, FILE);
    }

    private static void assertRefused(CommandRun run, String... why) {
        assertThat(run.status()).as(run.out() + run.err()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("holdfast: ").contains(why);
        assertThat(run.err().lines()).hasSize(1);
    }

    private static void assertUntouched(Subject program) throws IOException {
        assertThat(program.isAlive()).isTrue();
        assertThat(program.calls("still")).isEqualTo("still 503 503");
        assertThat(program.err()).isEmpty();
    }
}
