package dev.holdfast.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packaged agent attached to a program that runs, and that has clients already. */
class AttachIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void clients_that_were_made_before_the_attach_are_served_after_it(Jdks.Jdk jdk) throws IOException {
        Path config = Files.writeString(directory.resolve("holdfast.toml"), "[retry]\ninitial_delay = \"1ms\"\n");

        Result result = program(jdk)
                .main(AttachedProgram.class, ForkedJvm.agentJar().toString(), config.toString())
                .run()
                .succeeded();

        assertThat(result.lines())
                .startsWith("before 503", "before 503", "attached")
                .endsWith("after 200");
        assertThat(result.err()).contains("is active: 1 policy");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_strict_attach_with_a_bad_file_fails_and_the_program_goes_on(Jdks.Jdk jdk) {
        Result result = program(jdk)
                .main(
                        AttachedProgram.class,
                        ForkedJvm.agentJar().toString(),
                        "strict=true,config=" + directory.resolve("missing.toml"))
                .run()
                .succeeded();

        assertThat(result.out())
                .isEqualToNormalizingNewlines("before 503\nbefore 503\nnot attached\nafter 503\nafter 503\n");
        assertThat(result.err()).contains("missing.toml: no such file");
    }

    private static ForkedJvm program(Jdks.Jdk jdk) {
        // Not the whole class path of the tests: there, the agent's classes lie about unpacked.
        String attaching = ByteBuddyAgent.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        return new ForkedJvm(jdk)
                .jvm("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+EnableDynamicAgentLoading")
                .classPath(Path.of("target", "test-classes").toAbsolutePath() + File.pathSeparator + attaching);
    }
}
