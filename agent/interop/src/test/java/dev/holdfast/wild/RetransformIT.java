package dev.holdfast.wild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes.Name;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Another agent changes the classes that ours changes: before it, after it, and while the program runs, each of the two
 * the other's. A policy still acts once for each call: twice as many attempts would be more requests.
 */
class RetransformIT {
    private static final String SERVED_AND_MET = Program.SERVED + "; send 2, openConnection met, facade met";

    @TempDir
    Path directory;

    private String config;
    private Path meddler;

    @BeforeEach
    void write() throws IOException {
        config = Files.writeString(directory.resolve("holdfast.toml"), "[retry]\ninitial_delay = \"1ms\"\n")
                .toString();
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Name.MANIFEST_VERSION, "1.0");
        for (String key : List.of("Premain-Class", "Agent-Class")) {
            manifest.getMainAttributes().putValue(key, ConflictingAgent.class.getName());
        }
        manifest.getMainAttributes().putValue("Can-Retransform-Classes", "true");
        meddler = directory.resolve("meddler.jar");
        try (OutputStream out = Files.newOutputStream(meddler);
                JarOutputStream jar = new JarOutputStream(out, manifest);
                InputStream in = ConflictingAgent.class.getResourceAsStream("ConflictingAgent.class")) {
            jar.putNextEntry(new JarEntry(
                    "dev/holdfast/wild/ConflictingAgent.class")); // its other classes are on the class path
            in.transferTo(jar);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"asm", "bytebuddy"})
    void it_stands_before_ours(String how) throws Exception {
        Jdks.sideBySide(jdk -> served(program(jdk)
                .jvm(theirs(how))
                .agent(config)
                .main(ConflictingAgentProgram.class)
                .run()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"asm", "bytebuddy"})
    void it_stands_behind_ours(String how) throws Exception {
        Jdks.sideBySide(jdk -> served(program(jdk)
                .agent(config)
                .jvm(theirs(how))
                .main(ConflictingAgentProgram.class)
                .run()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"asm", "bytebuddy"})
    void it_comes_while_the_program_runs_and_ours_is_there(String how) throws Exception {
        Jdks.sideBySide(jdk -> served(program(jdk)
                .agent(config)
                .main(ConflictingAgentProgram.class, meddler.toString(), how)
                .run()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"asm", "bytebuddy"})
    void ours_comes_while_the_program_runs_and_it_is_there(String how) throws Exception {
        Jdks.sideBySide(jdk -> served(program(jdk)
                .jvm(theirs(how))
                .main(ConflictingAgentProgram.class, ForkedJvm.agentJar().toString(), config)
                .run()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"asm", "bytebuddy"})
    void both_come_while_the_program_runs_and_ours_comes_again(String how) throws Exception {
        String ours = ForkedJvm.agentJar().toString();
        Jdks.sideBySide(jdk -> {
            Result result = program(jdk)
                    .main(ConflictingAgentProgram.class, ours, config, meddler.toString(), how, ours, config)
                    .run();
            served(result);
            assertThat(result.err()).contains("is in this JVM already; this second instance does nothing");
        });
    }

    private static void served(Result result) {
        assertThat(result.succeeded().lines()).as(result.err()).containsExactly(SERVED_AND_MET);
    }

    private String theirs(String how) {
        return "-javaagent:" + meddler + '=' + how;
    }

    private static ForkedJvm program(Jdks.Jdk jdk) {
        return new ForkedJvm(jdk)
                .jvm("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+EnableDynamicAgentLoading")
                .classPath(String.join(
                        File.pathSeparator,
                        from(ConflictingAgent.class),
                        from(Program.class),
                        from(ByteBuddy.class),
                        from(ByteBuddyAgent.class)));
    }

    private static String from(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().getPath();
    }
}
