package dev.holdfast.toy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.toy.adapter.ToyInstrumentation;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.jar.asm.Opcodes;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Calls of a library that applications bring along, in several copies at a time, one of them embedded in a bundle of an
 * OSGi framework and one imported there, come through the packed agent; copies that the adapter does not fit are left
 * alone; applications that end are collected. Each caller's server answers every other request by 503, and the line has
 * every request that it received.
 */
class LibraryClientIT {
    private static final String SENT_AGAIN = "200 to [GET /stock, GET /stock], closed 1";
    private static final int CALLERS = 11;
    private static final String UNTOUCHED = "503 to [GET /stock], closed 0";

    @TempDir
    static Path directory;

    private static Path agent;
    private static Path config;
    private static String[] copies;

    @BeforeAll
    static void pack() throws IOException {
        String root = ToyInstrumentation.ROOT;
        agent = ToyJars.agent(ForkedJvm.agentJar(), directory.resolve("agent.jar"));
        config = Files.writeString(directory.resolve("holdfast.toml"), "[retry]\nmax_retries = 2\n");
        ToyJars.write(directory.resolve("lib.jar"), ToyJars.module());
        ToyJars.write(directory.resolve("app.jar"), ToyJars.programModule());
        copies = new String[] {
            copy("one.jar", root, "1.0", ""),
            copy("two.jar", root, "2.0", ""),
            copy("lacking.jar", root, "0.9", "close"),
            copy("moved.jar", "com/vendor/shaded/toylib", "1.0", ""),
            copy("bundle.jar", root, "1.0", ""),
            old("java5.jar", root, Opcodes.V1_5),
            old("java6.jar", root, Opcodes.V1_6),
            old("bundle6.jar", "com/vendor/shaded/toylib", Opcodes.V1_6),
            jar("osgi-embedding.jar", ToyJars.embedding("embedding")),
            jar("osgi-importing.jar", ToyJars.importing("importing")),
            jar("osgi-exporting.jar", ToyJars.exporting("exporting")),
        };
    }

    private static String copy(String jar, String root, String version, String without) throws IOException {
        return jar(jar, ToyJars.copy(root, version, without));
    }

    private static String jar(String name, Map<String, byte[]> entries) throws IOException {
        return ToyJars.write(directory.resolve(name), entries).toString();
    }

    private static String old(String jar, String root, int classVersion) throws IOException {
        return jar(jar, ToyJars.old(root, classVersion));
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void each_copy_in_each_loader_has_its_adapter_and_is_collected_with_its_application(Jdk jdk) {
        Result result = program(jdk)
                .jvm("-javaagent:" + agent + "=" + config)
                .main(ToyProgram.class, copies)
                .run()
                .succeeded();

        assertThat(result.lines()).containsExactly(lines("", "again "));
        assertLeftAlone(result);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void copies_that_are_loaded_and_clients_that_were_made_before_an_attach_are_served_after_it(Jdk jdk) {
        String[] arguments = new String[copies.length + 3];
        System.arraycopy(new String[] {"attach", agent.toString(), config.toString()}, 0, arguments, 0, 3);
        System.arraycopy(copies, 0, arguments, 3, copies.length);

        Result result = program(jdk)
                .jvm("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+EnableDynamicAgentLoading")
                .main(ToyProgram.class, arguments)
                .run()
                .succeeded();

        assertThat(result.lines()).endsWith(lines("", "again "));
        assertThat(result.lines().stream().filter(line -> line.startsWith("before ")))
                .hasSize(CALLERS)
                .allMatch(line -> line.endsWith(UNTOUCHED));
        assertLeftAlone(result);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_library_on_the_module_path_needs_to_export_nothing_more(Jdk jdk) {
        Result result = new ForkedJvm(jdk)
                .jvm("-Xverify:all", "-javaagent:" + agent + "=" + config)
                .classPath("")
                .main(
                        "--module-path",
                        directory.resolve("lib.jar") + File.pathSeparator + directory.resolve("app.jar"),
                        "-m",
                        "toy.app/" + ToyProgram.class.getName())
                .run()
                .succeeded();

        assertThat(result.lines())
                .containsExactly("own 1.0: " + SENT_AGAIN, "again own 1.0: " + SENT_AGAIN, "collected 0 of 0");
        assertThat(result.err()).doesNotContain("lacks");
    }

    private static String[] lines(String... prefixes) {
        StringBuilder lines = new StringBuilder();
        for (String prefix : prefixes) {
            lines.append(prefix).append("own 1.0: ").append(SENT_AGAIN).append('\n');
            lines.append(prefix).append("one.jar 1.0: ").append(SENT_AGAIN).append('\n');
            lines.append(prefix).append("two.jar 2.0: ").append(SENT_AGAIN).append('\n');
            lines.append(prefix).append("lacking.jar 0.9: ").append(UNTOUCHED).append('\n');
            lines.append(prefix).append("moved.jar 1.0: ").append(SENT_AGAIN).append('\n');
            lines.append(prefix).append("bundle.jar 1.0: ").append(SENT_AGAIN).append('\n');
            lines.append(prefix).append("java5.jar 1.0: ").append(SENT_AGAIN).append('\n');
            lines.append(prefix).append("java6.jar 1.0: ").append(SENT_AGAIN).append('\n');
            lines.append(prefix).append("bundle6.jar 1.0: ").append(SENT_AGAIN).append('\n');
            lines.append(prefix).append("embedding 1.0: ").append(SENT_AGAIN).append('\n');
            lines.append(prefix).append("importing 1.0: ").append(SENT_AGAIN).append('\n');
        }
        return (lines + "collected 11 of 11").split("\n", -1);
    }

    private static void assertLeftAlone(Result result) {
        assertThat(result.err().lines().filter(line -> line.contains("lacks")))
                .containsExactly("[holdfast] toylib in " + directory.resolve("lacking.jar")
                        + " lacks method com.example.toylib.ToyResponse.close()V: its calls run without policies"
                        + " (supported: 1.0 to 2.0)");
        assertThat(result.err()).doesNotContain("ERROR", "\tat ", "Error");
    }

    private static ForkedJvm program(Jdk jdk) {
        return new ForkedJvm(jdk)
                .jvm("-Xverify:all")
                .classPath(String.join(
                        File.pathSeparator,
                        directory.resolve("app.jar").toString(),
                        directory.resolve("lib.jar").toString(),
                        jarOf(ByteBuddyAgent.class),
                        jarOf(FrameworkFactory.class)));
    }

    private static String jarOf(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().getPath();
    }
}
