package dev.holdfast.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.versions.LibraryClassPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packaged agent attached to a program that runs, and that has clients already. */
class AttachIT {
    /** The two of the JDK, OkHttp, and Apache HttpClient 5 and 4. */
    static final int CLIENTS = 5;

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

        List<String> expected = new ArrayList<>(Collections.nCopies(CLIENTS, "before 503"));
        expected.add("attached");
        expected.addAll(Collections.nCopies(CLIENTS, "after 200"));
        assertThat(result.lines()).isEqualTo(expected);
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
                .isEqualToNormalizingNewlines(
                        "before 503\n".repeat(CLIENTS) + "not attached\n" + "after 503\n".repeat(CLIENTS));
        assertThat(result.err()).contains("missing.toml: no such file");
    }

    private static ForkedJvm program(Jdks.Jdk jdk) {
        return new ForkedJvm(jdk)
                .jvm("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+EnableDynamicAgentLoading")
                .classPath(LibraryClassPath.TEXT);
    }
}
