package dev.holdfast.wild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.StartLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** JVMs with odd settings, in odd places, and run by odd programs: each is served as any other. */
class OddRuntimesIT {
    private static final String CLASSES =
            Path.of("target", "test-classes").toAbsolutePath().toString();

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
    void odd_flags(Jdk jdk) {
        for (List<String> flags : List.of(
                List.of("-Xverify:all", "-Xmx64m", "-XX:+UseSerialGC"),
                List.of("-ea", "-esa", "-XX:+UnlockDiagnosticVMOptions", "-XX:+ShowHiddenFrames"),
                List.of("-Xint", "-Xss256k", "-Xshare:off"),
                List.of("-Djava.security.manager=" + (jdk.feature() < 24 ? "allow" : "disallow")),
                List.of("-Djava.protocol.handler.pkgs=dev.holdfast.none", "-Duser.language=tr", "-Duser.country=TR"),
                List.of("-Dfile.encoding=UTF-16", "-XX:+DisableAttachMechanism"))) {
            Result result = jvm(jdk).jvm(flags.toArray(String[]::new))
                    .main(Program.class)
                    .run()
                    .succeeded();

            assertThat(result.out().replace("\0", ""))
                    .as("%s: %s", flags, result.err())
                    .contains(Program.SERVED);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void no_home_and_nothing_to_write_to(Jdk jdk) {
        // Not even root can write there.
        Path readOnly = Path.of("/proc");
        Assumptions.assumeTrue(Files.isDirectory(readOnly), "no /proc on this system");

        Result result = jvm(jdk).in(readOnly)
                .withoutEnvironment("HOME")
                .jvm("-Duser.home=/proc/none", "-Djava.io.tmpdir=/proc", "-XX:-UsePerfData")
                .main(Program.class)
                .run()
                .succeeded();

        served(result);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_jar_under_any_name_and_a_relative_one(Jdk jdk) throws IOException {
        Path odd = Files.createDirectories(directory.resolve("a b%20+c#d"));
        Path jar = Files.copy(ForkedJvm.agentJar(), odd.resolve("agent 100%.jar"));
        Path link = Files.createSymbolicLink(directory.resolve("link.jar"), jar);

        for (Path named : List.of(jar, link, directory.relativize(jar))) {
            Result result = new ForkedJvm(jdk)
                    .in(directory)
                    .jvm("-javaagent:" + named + "=holdfast.toml")
                    .classPath(CLASSES)
                    .main(Program.class)
                    .run()
                    .succeeded();

            assertThat(result.out()).as(named + ": " + result.err()).contains(Program.SERVED);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_program_that_ends_at_once(Jdk jdk) {
        Result result = jvm(jdk).main(OddPrograms.EndsAtOnce.class).run();

        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.err()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_program_without_standard_error(Jdk jdk) {
        assertThat(jvm(jdk).main(OddPrograms.ClosesStandardError.class)
                        .run()
                        .succeeded()
                        .out())
                .contains(Program.SERVED);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_program_with_a_factory_of_url_handlers(Jdk jdk) {
        Result result =
                jvm(jdk).main(OddPrograms.SetsHandlerFactory.class).run().succeeded();

        assertThat(result.lines()).as(result.err()).containsExactly("asked for http", Program.SERVED);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_program_with_thousands_of_threads(Jdk jdk) {
        served(jvm(jdk).jvm("-Xss200k")
                .main(OddPrograms.HasManyThreads.class)
                .run()
                .succeeded());
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_log_manager_of_the_program_is_not_made_before_its_time(Jdk jdk) {
        Result result = jvm(jdk).jvm("-Djava.util.logging.manager=" + OddPrograms.OwnLogManager.class.getName())
                .main(Program.class)
                .run()
                .succeeded();

        assertThat(result.lines()).as(result.err()).containsExactly(Program.SERVED);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_system_class_loader_of_the_program_that_does_not_tell_where_classes_are_from(Jdk jdk) {
        served(jvm(jdk).jvm("-Djava.system.class.loader=" + OddPrograms.TellsNoSource.class.getName())
                .main(Program.class)
                .run()
                .succeeded());
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_debugger_that_listens(Jdk jdk) {
        Result result = jvm(jdk).jvm("-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0")
                .main(Program.class)
                .run()
                .succeeded();

        assertThat(result.out()).as(result.err()).contains(Program.SERVED);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_timeout_of_the_jvms_properties_under_a_longer_one_of_a_policy(Jdk jdk) throws IOException {
        Files.writeString(config, "[retry]\nmax_retries = 0\nattempt_timeout = \"10m\"\n");

        Result result = jvm(jdk).jvm("-Dsun.net.client.defaultReadTimeout=100")
                .main(OddPrograms.WaitsAsTheJvmSays.class)
                .within(Duration.ofSeconds(20))
                .run()
                .succeeded();

        assertThat(result.out().strip()).isEqualTo("waited no longer; its own timeout is 0");
    }

    private void served(Result result) {
        assertThat(result.out()).as(result.err()).contains(Program.SERVED);
        assertThat(StartLine.plain(result.err()).lines().filter(line -> line.startsWith("[holdfast]")))
                .containsExactly("[holdfast] 0.1.0 is active: 1 policy from " + config);
    }

    private ForkedJvm jvm(Jdk jdk) {
        return new ForkedJvm(jdk).agent(config.toString()).classPath(CLASSES);
    }
}
