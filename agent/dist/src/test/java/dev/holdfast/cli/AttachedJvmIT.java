package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code attach}, {@code status}, {@code off} and {@code on} with the packaged jar, against programs on every JDK. */
class AttachedJvmIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void clients_that_are_there_already_are_covered_switched_off_and_on_again(Jdks.Jdk jdk) throws IOException {
        try (Subject program = new Subject(jdk, directory)) {
            String file = config();
            assertThat(program.calls("before")).isEqualTo("before 503 503");
            CommandRun early = CommandRun.ofJar(jdk, "status", program.pid());
            assertThat(early.status()).isEqualTo(3);
            assertThat(early.err())
                    .contains("there is no Holdfast in process " + program.pid() + " (" + ServedProgram.class.getName()
                            + ")");

            CommandRun attach = CommandRun.ofJar(jdk, "attach", program.pid(), file);

            assertThat(attach.status()).as(attach.err()).isZero();
            assertThat(attach.out())
                    .startsWith("Holdfast is in process " + program.pid() + " (" + ServedProgram.class.getName()
                            + "), under 1 policy from " + file)
                    .doesNotContain("an-argument");
            assertThat(attach.out().contains("Java " + jdk.feature() + " has printed a warning"))
                    .isEqualTo(jdk.feature() >= 21);
            assertThat(program.err()).contains("is active: 1 policy from " + file);
            assertThat(program.calls("covered")).isEqualTo("covered 200 200");

            CommandRun again = CommandRun.ofJar(jdk, "attach", program.pid(), file);
            assertThat(again.status()).isEqualTo(3);
            assertThat(again.err()).contains("already");

            CommandRun status = CommandRun.ofJar(jdk, "status", program.pid());
            assertThat(status.status()).as(status.err()).isZero();
            assertThat(status.out())
                    .startsWith("Holdfast 0.1.0 in process " + program.pid())
                    .contains(": on", "1 policy from " + file)
                    .containsPattern("\\*       http://127\\.0\\.0\\.1:\\d+  enforce +2 +0 +2 ")
                    .doesNotContain("secret", "/covered");

            assertThat(CommandRun.ofJar(jdk, "off", program.pid()).out()).startsWith("Holdfast is off in process");
            assertThat(program.calls("off")).isEqualTo("off 503 503");
            assertThat(CommandRun.ofJar(jdk, "status", program.pid()).out()).contains("OFF");
            assertThat(CommandRun.ofJar(jdk, "on", program.pid()).status()).isZero();
            assertThat(program.calls("on")).isEqualTo("on 200 200");
            assertThat(CommandRun.ofJar(jdk, "detach", program.pid()).status()).isZero();
            assertThat(program.calls("detached")).isEqualTo("detached 503 503");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void status_needs_no_agent_to_be_loaded_and_prints_nothing_in_the_program(Jdks.Jdk jdk) throws IOException {
        String file = config();
        try (Subject program = new Subject(
                jdk,
                directory,
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-XX:-EnableDynamicAgentLoading",
                "-javaagent:" + ForkedJvm.agentJar() + "=strict=true,config=" + file)) {
            assertThat(program.calls("one")).isEqualTo("one 200 200");

            CommandRun status = CommandRun.ofJar(jdk, "status", "--json", program.pid());

            assertThat(status.status()).as(status.err()).isZero();
            assertThat(status.out()).startsWith("{").contains("\"saved_by_retry\" : 2", "\"on\" : true");
            assertThat(program.err().lines()).singleElement().asString().contains("is active");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void watching_goes_on_until_the_program_ends(Jdks.Jdk jdk) throws Exception {
        try (Subject program =
                new Subject(jdk, directory, "-javaagent:" + ForkedJvm.agentJar() + "=strict=true,config=" + config())) {
            Process watching = new ProcessBuilder(
                            jdk.tool("java").toString(),
                            "-jar",
                            ForkedJvm.agentJar().toString(),
                            "status",
                            "--watch",
                            "--interval",
                            "0.1",
                            "--json",
                            program.pid())
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader lines = watching.inputReader(StandardCharsets.UTF_8)) {
                for (int i = 0; i < 3; i++) {
                    assertThat(lines.readLine()).startsWith("{\"schema\":2,");
                }
                program.end();

                String last = lines.lines().reduce("", (before, line) -> line);
                assertThat(last).startsWith("process " + program.pid()).endsWith(" has ended");
                assertThat(watching.waitFor()).isZero();
            } finally {
                watching.destroyForcibly();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_file_is_relative_to_where_the_command_runs_and_a_bad_one_is_not_attached(Jdks.Jdk jdk) throws IOException {
        try (Subject program = new Subject(jdk, directory)) {
            CommandRun bad =
                    CommandRun.ofJar(jdk, "attach", program.pid(), "src/test/resources/dev/holdfast/cli/bad.toml");
            assertThat(bad.status()).isEqualTo(1);
            assertThat(bad.err()).contains("bad.toml:2:1: retry.max_retires: unknown key", "not attached");
            assertThat(program.err()).isEmpty();

            CommandRun good = CommandRun.ofJar(
                    jdk, "attach", program.pid(), "src/test/resources/dev/holdfast/cli/../cli/shop.toml");
            assertThat(good.status()).as(good.err()).isZero();
            assertThat(program.err()).contains("is active: 6 policies from /");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void without_a_file_the_one_counts_that_the_program_names(Jdks.Jdk jdk) throws IOException {
        try (Subject program = new Subject(jdk, directory, "-Dholdfast.config=" + config())) {
            CommandRun attach = CommandRun.ofJar(jdk, "attach", program.pid());

            assertThat(attach.status()).as(attach.err()).isZero();
            assertThat(program.calls("covered")).isEqualTo("covered 200 200");
        }
        try (Subject program = new Subject(jdk, directory)) {
            CommandRun attach = CommandRun.ofJar(jdk, "attach", program.pid());

            assertThat(attach.status()).isEqualTo(3);
            assertThat(attach.err()).contains("the agent did not start in process", "standard error says why");
            assertThat(program.err()).contains("no configuration: name a file");
            assertThat(program.calls("untouched")).isEqualTo("untouched 503 503");
        }
    }

    private String config() throws IOException {
        return Files.writeString(directory.resolve("holdfast.toml"), "[retry]\ninitial_delay = \"1ms\"\n")
                .toString();
    }
}
