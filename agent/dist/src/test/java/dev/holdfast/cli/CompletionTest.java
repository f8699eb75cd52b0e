package dev.holdfast.cli;

import static dev.holdfast.testkit.GoldenFile.assertGolden;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lets bash complete, by the script that the command prints. */
class CompletionTest {
    private static final Path BASH = Path.of("/bin/bash");

    @TempDir
    Path directory;

    private Path script = Path.of("");

    @BeforeEach
    void writeScript() throws IOException {
        script = Files.writeString(
                directory.resolve("completion.bash"),
                CommandRun.of("completion").out());
    }

    @Test
    void theScriptReadsWell() {
        assertGolden("cli/completion.txt", CommandRun.of("completion").transcript());
    }

    @Test
    void commandsAndTheirOptions() throws Exception {
        assertThat(completed("c")).containsExactlyInAnyOrder("check", "completion");
        assertThat(completed("")).contains("check", "explain", "attach", "detach", "status", "help");
        assertThat(completed("--v")).containsExactly("--version");
        assertThat(completed("check", "--")).containsExactlyInAnyOrder("--help", "--strict", "--json");
        assertThat(completed("check", "a.toml", "--st")).containsExactly("--strict");
        assertThat(completed("detach", "-")).containsExactlyInAnyOrder("-h", "--help");
        assertThat(completed("help", "st")).containsExactly("status");
        assertThat(completed("check", "")).as("files, by the shell").isEmpty();
        assertThat(completed("no-command", "-")).isEmpty();
    }

    @Test
    void processesAreThoseOfJava() throws Exception {
        Path tools = Files.createDirectories(directory.resolve("tools"));
        Path pgrep = Files.writeString(
                tools.resolve("pgrep"), "#!/bin/bash\n[[ $* == \"-u $EUID -x java\" ]] && echo 4711 4712");
        assertThat(pgrep.toFile().setExecutable(true)).isTrue();

        assertThat(completed("status", "")).containsExactly("4711", "4712");
        assertThat(completed("status", "--watch", "")).containsExactly("4711", "4712");
        assertThat(completed("list", "4711", "47")).containsExactly("4711", "4712");
        assertThat(completed("off", "4711")).containsExactly("4711");
        assertThat(completed("attach", "4711", "")).as("a file").isEmpty();
    }

    @Test
    void theFunctionRunsTheJarWithItsArguments() throws Exception {
        Path tools = Files.createDirectories(directory.resolve("tools"));
        Path java = Files.writeString(tools.resolve("java"), "#!/bin/bash\nprintf '<%s>' \"$@\"");
        assertThat(java.toFile().setExecutable(true)).isTrue();

        assertThat(bash("holdfast check 'a b.toml'"))
                .isEqualTo("<-jar><" + Path.of("holdfast-agent.jar").toAbsolutePath() + "><check><a b.toml>");
    }

    /** Returns what bash offers for the last of some words behind the command's name. */
    private List<String> completed(String... words) throws Exception {
        StringBuilder typed = new StringBuilder();
        for (String word : words) {
            typed.append(" '").append(word).append('\'');
        }
        String offered = bash("COMP_WORDS=(holdfast" + typed + "); COMP_CWORD=" + words.length
                + "; _holdfast; printf '%s\\n' \"${COMPREPLY[@]}\"");
        return offered.isBlank() ? List.of() : Arrays.asList(offered.strip().split("\\s+"));
    }

    private String bash(String command) throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(BASH), "there is no bash");
        List<String> line =
                new ArrayList<>(List.of(BASH.toString(), "--norc", "-euc", "source '" + script + "'; " + command));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().merge("PATH", directory.resolve("tools").toString(), (path, tools) -> tools + ":" + path);
        Process bash = builder.start();
        bash.getOutputStream().close();
        String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return out;
    }
}
