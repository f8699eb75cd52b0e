package dev.holdfast.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.StartLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packaged agent at the start of a JVM, on every JDK. */
class StartIT {
    private static final String POLICY = """
            [retry]
            initial_delay = "1ms"
            max_delay = "1ms"
            """;

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void the_shortest_program_runs_as_ever(Jdks.Jdk jdk) throws IOException {
        Result result = program(jdk).agent(config(POLICY)).main(Hello.class).run();

        assertThat(result.exit()).isZero();
        assertThat(result.out()).isEqualToNormalizingNewlines("hello\n");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void the_start_line_names_version_and_file(Jdks.Jdk jdk) throws IOException {
        String file = config(POLICY);

        Result result = program(jdk).agent(file).main(OneCallEach.class).run();

        assertThat(result.out()).isEqualToNormalizingNewlines("HttpURLConnection 200\nHttpClient 200\nrequests 2\n");
        assertThat(StartLine.plain(result.err()).lines())
                .containsExactly("[holdfast] 0.1.0 is active: 1 policy from " + file);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void every_woven_and_defined_class_passes_the_verifier(Jdks.Jdk jdk) throws IOException {
        Result result = program(jdk)
                .jvm("-Xverify:all")
                .agent(config(POLICY))
                .main(OneCallEach.class)
                .run()
                .succeeded();

        assertThat(result.err()).doesNotContain("VerifyError").contains("is active");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void without_a_file_one_line_says_how_to_name_one(Jdks.Jdk jdk) {
        Result result = program(jdk).agent("").main(OneCallEach.class).run().succeeded();

        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .contains("-javaagent:holdfast-agent.jar=FILE", "-Dholdfast.config=FILE", "HOLDFAST_CONFIG");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_variable_may_hold_the_whole_file(Jdks.Jdk jdk) throws IOException {
        Result result = program(jdk)
                .agent("")
                .environment("HOLDFAST_CONFIG_INLINE", "[retry]\nmax_retries = \"${RETRIES:-2}\"\n")
                .environment("HOLDFAST_LOG_FORMAT", "json")
                .main(OneCallEach.class)
                .run()
                .succeeded();

        assertThat(result.rawErr())
                .startsWith("{\"time\":\"")
                .contains(
                        "is active: 1 policy from env:HOLDFAST_CONFIG_INLINE (sha256 ",
                        "a variable cannot be reloaded");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void the_property_or_else_the_variable_names_the_file(Jdks.Jdk jdk) throws IOException {
        String file = config(POLICY);

        assertThat(program(jdk)
                        .agent("")
                        .jvm("-Dholdfast.config=" + file)
                        .main(OneCallEach.class)
                        .run()
                        .err())
                .contains("is active");
        assertThat(program(jdk)
                        .agent("")
                        .environment("HOLDFAST_CONFIG", file)
                        .main(OneCallEach.class)
                        .run()
                        .err())
                .contains("is active");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void strict_refuses_to_start_on_a_bad_file(Jdks.Jdk jdk) throws IOException {
        String bad = config("[log]\nformat = \"json\"\n[retry]\nmax_retry = 3\n");

        for (String argument : new String[] {
            "config=" + bad + ",strict=true", "strict=true,config=" + directory.resolve("missing.toml"), "strict=true"
        }) {
            boolean json = argument.startsWith("config");
            Result result = program(jdk).agent(argument).main(Hello.class).run();

            assertThat(result.exit()).isEqualTo(1);
            assertThat(result.out()).isEmpty();
            assertThat(result.rawErr())
                    .startsWith(json ? "{\"time\":\"" : "[holdfast]")
                    .contains("strict=true: the program does not run")
                    .doesNotContain("\tat ");
            assertThat(result.rawErr().lines()).hasSize(json ? 1 : argument.equals("strict=true") ? 2 : 3);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void strict_with_a_good_file_is_active_before_main(Jdks.Jdk jdk) throws IOException {
        Result result = program(jdk)
                .agent("strict=true,config=" + config(POLICY))
                .main(Hello.class)
                .run()
                .succeeded();

        assertThat(result.err()).contains("is active: 1 policy");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_file_without_a_policy_changes_nothing(Jdks.Jdk jdk) throws IOException {
        Result result = program(jdk)
                .agent(config("# nothing\n"))
                .main(OneCallEach.class, "503")
                .run()
                .succeeded();

        assertThat(result.out()).isEqualToNormalizingNewlines("HttpURLConnection 503\nHttpClient 503\nrequests 2\n");
        assertThat(result.err()).contains("defines no policy");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void training_an_archive_is_not_disturbed(Jdks.Jdk jdk) {
        Result result = program(jdk)
                .agent("aot_training")
                .main(OneCallEach.class, "503")
                .run()
                .succeeded();

        assertThat(result.out()).contains("HttpClient 503");
        assertThat(result.err()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void the_tools_of_the_jdk_are_left_alone(Jdks.Jdk jdk) {
        Result result = program(jdk)
                .agent("no such file")
                .main("-m", "jdk.compiler/com.sun.tools.javac.Main", "-version")
                .run()
                .succeeded();

        assertThat(result.out()).startsWith("javac " + jdk.feature());
        assertThat(result.err()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_second_instance_says_so_and_does_nothing(Jdks.Jdk jdk) throws IOException {
        Path copy = Files.copy(ForkedJvm.agentJar(), directory.resolve("copy.jar"));
        String file = config(POLICY);
        for (Path second : new Path[] {ForkedJvm.agentJar(), copy}) {
            Result result = program(jdk)
                    .agent(file)
                    .jvm("-javaagent:" + second + "=" + file)
                    .main(OneCallEach.class)
                    .run()
                    .succeeded();

            assertThat(result.out()).contains("requests 2");
            assertThat(StartLine.plain(result.err()).lines())
                    .containsOnlyOnce(
                            "[holdfast] is in this JVM already; this second instance does nothing",
                            "[holdfast] 0.1.0 is active: 1 policy from " + file)
                    .hasSize(2);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_security_manager_that_grants_nothing_is_respected(Jdks.Jdk jdk) throws IOException {
        Assumptions.assumeTrue(jdk.feature() < 24, "Java 24 removed the security manager");
        Path policy = Files.writeString(
                directory.resolve("program.policy"),
                "grant codeBase \"" + Path.of("target/test-classes/").toUri()
                        + "\" { permission java.security.AllPermission; };");

        Result result = program(jdk)
                .agent(config(POLICY))
                .jvm("-Djava.security.manager", "-Djava.security.policy==" + policy)
                .main(OneCallEach.class)
                .run()
                .succeeded();

        assertThat(result.out()).contains("requests 2");
        assertThat(result.err().lines().filter(line -> line.contains("[holdfast]")))
                .singleElement()
                .asString()
                .contains("security policy", "the program runs unmodified");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_run_time_image_without_the_http_client_is_served_all_the_same(Jdks.Jdk jdk) throws Exception {
        Path image = directory.resolve("image");
        Process jlink = new ProcessBuilder(
                        jdk.orSkip().tool("jlink").toString(),
                        "--add-modules",
                        "java.instrument",
                        "--output",
                        image.toString())
                .inheritIO()
                .start();
        assertThat(jlink.waitFor()).isZero();

        Result result = program(new Jdks.Jdk(jdk.feature(), image))
                .agent(config(POLICY))
                .main(OneUrlConnectionCall.class)
                .run()
                .succeeded();

        assertThat(result.out()).startsWith("status 200");
        assertThat(result.err()).contains("is active");
    }

    private String config(String toml) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "holdfast", ".toml"), toml)
                .toString();
    }

    private static ForkedJvm program(Jdks.Jdk jdk) {
        return new ForkedJvm(jdk)
                .classPath(Path.of("target", "test-classes").toAbsolutePath().toString());
    }
}
