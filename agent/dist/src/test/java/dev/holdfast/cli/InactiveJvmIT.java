package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands for a running JVM, where Holdfast is loaded and no policy is in force. */
class InactiveJvmIT {
    private static final String GOOD = "[retry]\ninitial_delay = \"1ms\"\n";

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void status_and_the_switch_say_why_nothing_is_in_force_until_something_is(Jdks.Jdk jdk) throws IOException {
        Path file = directory.resolve("holdfast.toml");
        Files.writeString(file, "[retry]\nmax_retris = 3\n");
        try (Subject program = new Subject(jdk, directory, agent(file))) {
            assertThat(program.calls("bad")).isEqualTo("bad 503 503");

            CommandRun status = CommandRun.ofJar(jdk, "status", program.pid());
            assertThat(status.status()).as(status.err()).isZero();
            assertThat(status.out().lines())
                    .anyMatch(line -> line.startsWith("Holdfast 0.1.0 in process " + program.pid())
                            && line.endsWith(": INACTIVE, its file has errors; calls run unmodified"))
                    .contains(
                            "The file cannot be used; a good one takes effect without a restart:",
                            "  " + file + ":2:1: retry.max_retris: unknown key; did you mean max_retries?");
            assertThat(CommandRun.ofJar(jdk, "status", "--json", program.pid()).out())
                    .contains("\"on\" : true", "\"active\" : false", "\"reason\" : \"file_invalid\"");

            assertThat(CommandRun.ofJar(jdk, "off", program.pid()).out()).startsWith("Holdfast is off in process");
            put(file, GOOD);
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(program.err()).contains("is active: 1 policy from " + file));
            assertThat(program.calls("off")).isEqualTo("off 503 503");
            assertThat(CommandRun.ofJar(jdk, "status", program.pid()).out()).contains(": OFF, calls run unmodified");
            assertThat(CommandRun.ofJar(jdk, "on", program.pid()).out())
                    .endsWith(": calls that begin now run under its policies\n");
            assertThat(program.calls("on")).isEqualTo("on 200 200");

            put(file, "mode = \"off\"\n" + GOOD);
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(program.err())
                            .contains("is inactive: the mode of every policy in " + file + " is off"));
            assertThat(CommandRun.ofJar(jdk, "on", program.pid()).out())
                    .endsWith(", but inactive, as the mode of every policy is off: calls that begin now run "
                            + "unmodified\n");
            assertThat(program.calls("mode")).isEqualTo("mode 503 503");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void an_attach_gives_an_inactive_one_another_file_and_a_bad_one_changes_nothing(Jdks.Jdk jdk) throws IOException {
        Path missing = directory.resolve("missing.toml");
        Path good = Files.writeString(directory.resolve("good.toml"), GOOD);
        try (Subject program = new Subject(jdk, directory, agent(missing))) {
            assertThat(program.calls("missing")).isEqualTo("missing 503 503");

            CommandRun same = CommandRun.ofJar(jdk, "attach", program.pid());
            assertThat(same.status()).as(same.out()).isEqualTo(3);
            assertThat(same.err())
                    .contains("Holdfast stays inactive in process " + program.pid(), "as its file is missing:")
                    .contains(missing + ": no such file");
            assertThat(program.err())
                    .contains("missing.toml: no such file", "Holdfast stays as it was")
                    .doesNotContain("strict=true", "Exception", "ASSERTION FAILED");
            assertThat(CommandRun.ofJar(jdk, "status", program.pid()).out())
                    .contains("INACTIVE, its file is missing", missing.toString());

            CommandRun attach = CommandRun.ofJar(jdk, "attach", program.pid(), good.toString());
            assertThat(attach.status()).as(attach.err()).isZero();
            assertThat(attach.out()).contains("under 1 policy from " + good);
            assertThat(program.err()).contains("is active: 1 policy from " + good);
            assertThat(program.calls("attached")).isEqualTo("attached 200 200");

            put(good, GOOD + "max_retries = 0\n");
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(program.err()).contains("reloaded: 1 policy from " + good));
            assertThat(program.calls("reloaded")).isEqualTo("reloaded 503 503");
            assertThat(CommandRun.ofJar(jdk, "status", program.pid()).out()).contains("1 policy from " + good);

            CommandRun again = CommandRun.ofJar(jdk, "attach", program.pid(), good.toString());
            assertThat(again.status()).isEqualTo(3);
            assertThat(again.err()).contains("already");
        }
    }

    /** With a file that is good, but not for the program: it may be another user's, or another container's. */
    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void after_an_attach_that_failed_the_next_one_works(Jdks.Jdk jdk) throws IOException {
        Path good = Files.writeString(directory.resolve("good.toml"), GOOD);
        try (Subject program = new Subject(jdk, directory, "-Dholdfast.config=" + directory.resolve("none.toml"))) {
            CommandRun failed = CommandRun.ofJar(jdk, "attach", program.pid());
            assertThat(failed.status()).isEqualTo(3);
            assertThat(program.calls("failed")).isEqualTo("failed 503 503");

            CommandRun attach = CommandRun.ofJar(jdk, "attach", program.pid(), good.toString());

            assertThat(attach.status()).as(attach.err()).isZero();
            assertThat(program.calls("attached")).isEqualTo("attached 200 200");
        }
    }

    private static String agent(Path file) {
        return "-javaagent:" + ForkedJvm.agentJar() + "=" + file;
    }

    private static void put(Path file, String text) throws IOException {
        Path next = Files.writeString(file.resolveSibling("next.toml"), text);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
