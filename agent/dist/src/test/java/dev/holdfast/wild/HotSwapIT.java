package dev.holdfast.wild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.AgentJar;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.StartLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Classes that change while the program runs, by another agent and by a debugger. The JVM asks Holdfast about each new
 * version of a class that it wove, which weaves that version too: nothing has to be noticed or repaired afterwards.
 */
class HotSwapIT {
    private static final Pattern LISTENING = Pattern.compile("Listening for transport dt_socket at address: (\\d+)");

    @TempDir
    Path directory;

    private Path config;

    @BeforeEach
    void write() throws IOException {
        config = Files.writeString(directory.resolve("holdfast.toml"), """
                [retry]
                initial_delay = "1ms"
                max_delay = "1ms"
                """);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void another_agent_redefines_classes_of_the_program_and_all_that_are_woven(Jdk jdk) throws IOException {
        String swapper = "-javaagent:" + AgentJar.of(HotSwap.class, directory);
        for (boolean first : new boolean[] {true, false}) {
            ForkedJvm jvm = new ForkedJvm(jdk);
            if (first) {
                jvm.jvm(swapper);
            }
            jvm.agent(config.toString());
            if (!first) {
                jvm.jvm(swapper);
            }

            Result result = jvm.classPath(classes()).main(HotSwap.class).run().succeeded();

            assertThat(result.lines())
                    .as("the other agent is first: %s; %s", first, result.err())
                    .containsExactly(
                            "at first: before, " + Program.SERVED,
                            "a class of the application: behind, " + Program.SERVED,
                            "as the JDK has them: behind, " + Program.SERVED,
                            "retransformed: behind, " + Program.SERVED,
                            // Who stands in front of an agent does not see what that one makes of a class.
                            "as they were seen, " + (first ? 0 : ClassFiles.WOVEN.size()) + " of them woven: behind, "
                                    + Program.SERVED,
                            "retransformed again: behind, " + Program.SERVED);
            assertThat(StartLine.plain(result.err()).lines())
                    .containsExactly("[holdfast] 0.1.0 is active: 1 policy from " + config);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_debugger_stops_in_what_is_woven_and_redefines_it(Jdk jdk) throws Exception {
        ForkedJvm jvm = new ForkedJvm(jdk)
                .jvm("-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=127.0.0.1:0")
                .agent(config.toString())
                .classPath(classes())
                .main(Debugged.class);
        try (ForkedJvm.Running running = jvm.start()) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> LISTENING.matcher(running.out()).find());
            Matcher listening = LISTENING.matcher(running.out());
            assertThat(listening.find()).isTrue();

            List<String> stops = new Debugger(jdk, Integer.parseInt(listening.group(1))).run();
            Result result = running.end().succeeded();

            assertThat(result.lines().stream().skip(1))
                    .as(result.err())
                    .containsExactly("before, " + Program.SERVED, "behind, " + Program.SERVED);
            assertThat(stops).as("where it stopped").contains("here").contains("send");
        }
    }

    private static String classes() {
        return Path.of("target", "test-classes").toAbsolutePath().toString();
    }
}
