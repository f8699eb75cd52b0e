package dev.holdfast.wild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks.Jdk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Programs under a security manager, on the Javas that have one: retries work, and what a program may do is neither
 * more nor less than it was. ({@code StartIT} has the policy that grants the agent nothing.)
 */
class SecurityManagerIT {
    private static final Path CLASSES = Path.of("target", "test-classes").toAbsolutePath();
    private static final String AGENT =
            "grant codeBase \"" + ForkedJvm.agentJar().toUri() + "\" { permission java.security.AllPermission; };\n";

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_program_that_may_do_everything(Jdk jdk) throws IOException {
        Result result = run(jdk, "", "grant { permission java.security.AllPermission; };");

        assertThat(result.out()).as(result.err()).contains(Program.SERVED);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_program_that_may_do_nothing_but_call(Jdk jdk) throws IOException {
        may_do_nothing_but_call(jdk, "");
    }

    /** The caller is found with the agent's privileges, not with the program's. */
    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_program_that_may_do_nothing_but_call_and_has_a_cache(Jdk jdk) throws IOException {
        may_do_nothing_but_call(jdk, "[retry.fallback]\nstrategy = [\"cache\"]\n");
    }

    private void may_do_nothing_but_call(Jdk jdk, String more) throws IOException {
        Result result = run(jdk, more, AGENT + program("""
                permission java.net.SocketPermission "127.0.0.1", "connect,resolve,accept,listen";
                permission java.net.URLPermission "http://127.0.0.1:*/*", "*:*";
                """));

        assertThat(result.out()).as(result.err()).contains(Program.SERVED);
        assertThat(result.err().lines().filter(line -> line.startsWith("[holdfast]")))
                .singleElement()
                .asString()
                .contains("is active");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void what_a_program_may_not_it_may_not_by_way_of_the_agent_either(Jdk jdk) throws IOException {
        Result result = run(jdk, "", AGENT + program("""
                permission java.net.SocketPermission "127.0.0.1", "resolve,accept,listen";
                """));

        assertThat(result.exit()).isNotZero();
        assertThat(result.err()).contains("access denied (\"java.net.SocketPermission\"");
    }

    private static String program(String permissions) {
        return "grant codeBase \"" + CLASSES.toUri() + "\" {\n" + permissions + "};\n";
    }

    private Result run(Jdk jdk, String more, String policy) throws IOException {
        Assumptions.assumeTrue(jdk.feature() < 24, "Java 24 removed the security manager");
        Path config =
                Files.writeString(directory.resolve("holdfast.toml"), "[retry]\ninitial_delay = \"1ms\"\n" + more);
        Path file = Files.writeString(directory.resolve("program.policy"), policy);
        return new ForkedJvm(jdk)
                .agent(config.toString())
                .jvm("-Djava.security.manager", "-Djava.security.policy==" + file)
                .classPath(CLASSES.toString())
                .main(Program.class)
                .run();
    }
}
