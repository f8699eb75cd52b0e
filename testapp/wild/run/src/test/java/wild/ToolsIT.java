package wild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks.Jdk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The JDK's own tools, which take up an agent from {@code JAVA_TOOL_OPTIONS} like any program: they say and do what
 * they do with a variable that asks for nothing. What {@code jshell} is given to run is a program, and served as one.
 */
class ToolsIT {
    private static final List<String> COMMANDS = List.of(
            "javac -d out Small.java",
            "javadoc -d doc -quiet Small.java",
            "javap -version java.lang.Object",
            "jar --list --file small.zip",
            "jarsigner -verify small.zip",
            "jcmd PID VM.version",
            "jdeps --list-deps Small.java",
            "jdeprscan --version",
            "jfr version",
            "jimage --version",
            "jinfo -flag UseSerialGC PID",
            "jlink --list-plugins",
            "jmod list java.base.jmod",
            "jpackage --version",
            "jps -help",
            "jrunscript -help",
            "jstat -options",
            "keytool -list -keystore none",
            "rmiregistry -help",
            "serialver java.lang.String");

    @TempDir
    Path directory;

    private String agent;

    @BeforeEach
    void prepare() throws IOException {
        Path config = Files.writeString(directory.resolve("holdfast.toml"), "[retry]\ninitial_delay = \"1ms\"\n");
        agent = "-javaagent:" + ForkedJvm.agentJar() + "=" + config;
        Files.writeString(directory.resolve("Small.java"), "/** Small. */ public class Small { }");
        Files.write(
                directory.resolve("small.zip"),
                new byte[] {'P', 'K', 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void say_and_do_the_same_with_the_agent_in_their_environment(Jdk jdk) throws Exception {
        List<String> seen = new ArrayList<>();
        for (String command : COMMANDS) {
            String[] words =
                    command.replace("PID", "" + ProcessHandle.current().pid()).split(" ");
            if (!Files.isExecutable(jdk.orSkip().tool(words[0]))) {
                continue; // some came or went between 17 and 25
            }
            String without = run(jdk, "-Dnothing=true", words);
            assertThat(run(jdk, agent, words)).as(command).isEqualTo(without);
            seen.add(words[0]);
        }

        assertThat(seen).hasSizeGreaterThan(15);
        assertThat(directory.resolve("out/Small.class")).exists();
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void what_a_shell_runs_is_served(Jdk jdk) throws Exception {
        // A shell whose user has no preferences yet says that it makes a directory for them.
        Files.createDirectories(directory.resolve(".java/.userPrefs"));
        String preferences = "-J-Djava.util.prefs.userRoot=" + directory;
        try (Upstream first = Upstream.busy();
                Upstream second = Upstream.busy()) {
            assertThat(run(jdk.orSkip(), "-Dnothing=true", "jshell", preferences, snippet(first)))
                    .isEqualTo("0\n503\n\n");
            assertThat(run(jdk, agent, "jshell", preferences, snippet(second))).isEqualTo("0\n200\n\n");
        }
    }

    private String snippet(Upstream upstream) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "snippet", ".jsh"), """
                var connection = (java.net.HttpURLConnection) java.net.URI.create("%s").toURL().openConnection();
                System.out.println(connection.getResponseCode());
                /exit
                """.formatted(upstream.uri()))
                .toString();
    }

    /** Returns what it said, with the JVM's own line about the variable left out, and how it ended. */
    private String run(Jdk jdk, String options, String... words) throws Exception {
        Path out = Files.createTempFile(directory, "tool", "out");
        Path err = Files.createTempFile(directory, "tool", "err");
        List<String> command = new ArrayList<>(List.of(words));
        command.set(0, jdk.tool(words[0]).toString());
        ProcessBuilder tool = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .directory(directory.toFile());
        tool.environment().put("JAVA_TOOL_OPTIONS", options);
        int status = tool.start().waitFor();
        String said = Files.readAllLines(err).stream()
                .filter(line -> !line.startsWith("Picked up JAVA_TOOL_OPTIONS"))
                .collect(Collectors.joining("\n"));
        return status + "\n" + Files.readString(out) + "\n" + said;
    }
}
