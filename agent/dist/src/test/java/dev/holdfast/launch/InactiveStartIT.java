package dev.holdfast.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A start without a policy in force is no end: the file is watched, and a good one takes effect. */
class InactiveStartIT {
    private static final String GOOD = "[retry]\ninitial_delay = \"1ms\"\nmax_delay = \"1ms\"\n";
    private static final String UNTIL_USED =
            "Holdfast is inactive until the file can be used; the program runs unmodified";

    @TempDir
    Path directory;

    /** The errors at the start, and the messages about them. */
    private enum Start {
        MISSING("no such file"),
        SYNTAX_ERROR(":1:"),
        UNKNOWN_KEY("max_retris: unknown key"),
        EMPTY("defines no policy; a change of it takes effect without a restart"),
        COMMENT("defines no policy; a change of it takes effect without a restart"),
        NO_HOST("defines no policy; a change of it takes effect without a restart"),
        MODE_OFF("is off; a change of it takes effect without a restart"),
        ROUTES_OFF("is off; a change of it takes effect without a restart"),
        DIRECTORY("is a directory"),
        FIFO("is not a regular file"),
        NOT_UTF_8("is not UTF-8"),
        DANGLING_LINK("is a link that leads to no file");

        private final String said;

        Start(String said) {
            this.said = said;
        }

        void make(Path file) throws IOException, InterruptedException {
            switch (this) {
                case MISSING -> {}
                case SYNTAX_ERROR -> Files.writeString(file, "not = [toml\n");
                case UNKNOWN_KEY -> Files.writeString(file, "[retry]\nmax_retris = 3\n");
                case EMPTY -> Files.writeString(file, "");
                case COMMENT -> Files.writeString(file, "# nothing yet\n");
                case NO_HOST -> Files.writeString(file, "[hosts]\n[log]\nlevel = \"info\"\n");
                case MODE_OFF -> Files.writeString(file, "mode = \"off\"\n" + GOOD);
                case ROUTES_OFF ->
                    Files.writeString(file, "[hosts.\"127.0.0.1\"]\nmode = \"off\"\n[hosts.\"127.0.0.1\".retry]\n");
                case DIRECTORY -> Files.createDirectory(file);
                case FIFO ->
                    assertThat(Tool.orSkip("mkfifo", "coreutils")
                                    .run(new byte[0], file.toString())
                                    .exit())
                            .isZero();
                case NOT_UTF_8 -> Files.write(file, new byte[] {'#', (byte) 0xfc, '\n'});
                case DANGLING_LINK -> Files.createSymbolicLink(file, Path.of("nowhere.toml"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_good_file_that_comes_later_is_in_force_for_clients_made_before_and_after(Jdk jdk) throws Exception {
        Map<Start, WaitingRun> programs = new EnumMap<>(Start.class);
        try {
            for (Start start : Start.values()) { // they wait beside each other for their files
                Path file = file(start);
                start.make(file);
                WaitingRun program = new WaitingRun(jdk, WaitingRun.agent(file));
                programs.put(start, program);
                program.assertUntouched("before");
                assertThat(program.awaitErr(start.said)).as("%s", start).doesNotContain("is active");
                if (start == Start.DIRECTORY) {
                    Files.delete(file);
                }
                put(file, GOOD);
            }
            for (Start start : Start.values()) {
                WaitingRun program = programs.get(start);
                String said = program.awaitErr("is active: 1 policy from " + file(start));
                assertThat(said).as("%s", start).containsOnlyOnce(start.said);
                assertThat(said.contains(UNTIL_USED)).isEqualTo(!start.said.contains("takes effect"));
                program.assertRetried("after");
                assertThat(program.end().exit()).isZero();
            }
        } finally {
            programs.values().forEach(WaitingRun::close);
        }
    }

    private Path file(Start start) throws IOException {
        return Files.createDirectories(directory.resolve(start.name())).resolve("holdfast.toml");
    }

    /** Root may read everything: then the program runs without that right. */
    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_file_that_may_not_be_read_is_read_when_it_may(Jdk jdk) throws IOException {
        Path file = Files.writeString(directory.resolve("holdfast.toml"), GOOD);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        ForkedJvm jvm = new ForkedJvm(jdk);
        if (Files.isReadable(file)) {
            String setpriv = Tool.orSkip("setpriv", "util-linux").executable().toString();
            jvm.by(setpriv, "--bounding-set=-dac_override,-dac_read_search");
        }
        try (WaitingRun program = new WaitingRun(jvm, WaitingRun.agent(file))) {
            program.assertUntouched("before");
            program.awaitErr("cannot be read");

            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));

            program.awaitErr("is active: 1 policy from " + file);
            program.assertRetried("after");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_config_map_that_is_swapped_in_is_taken_up(Jdk jdk) throws IOException {
        Files.createDirectory(directory.resolve("..bad"));
        Files.createDirectory(directory.resolve("..good"));
        Files.writeString(
                directory.resolve("..bad/holdfast.toml"), "[log]\nformat = \"json\"\n[retry]\nmax_retris = 3\n");
        Files.writeString(directory.resolve("..good/holdfast.toml"), GOOD);
        Files.createSymbolicLink(directory.resolve("..data"), Path.of("..bad"));
        Path file = Files.createSymbolicLink(directory.resolve("holdfast.toml"), Path.of("..data/holdfast.toml"));
        try (WaitingRun program = new WaitingRun(jdk, WaitingRun.agent(file))) {
            program.assertUntouched("before");
            assertThat(program.awaitErr(UNTIL_USED).lines())
                    .as("in the form that the bad file itself asks for")
                    .singleElement()
                    .asString()
                    .matches("\\{\"time\":\"[^\"]+\",\"level\":\"ERROR\",\"logger\":\"holdfast\",\"event\":\"notice\","
                            + "\"message\":\"the configuration cannot be used:\\\\n.*max_retris.*\"}");

            Path next = Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("..good"));
            Files.move(next, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

            program.awaitErr("is active: 1 policy from " + file);
            program.assertRetried("after");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void each_change_for_the_worse_is_said_and_the_last_good_file_stays_in_force(Jdk jdk) throws IOException {
        Path file = directory.resolve("holdfast.toml");
        try (WaitingRun program = new WaitingRun(jdk, WaitingRun.agent(file))) {
            program.assertUntouched("missing");
            put(file, "[retry]\nmax_retris = 3\n");
            program.awaitErr("max_retris: unknown key; did you mean max_retries?\n" + UNTIL_USED);
            program.assertUntouched("bad");
            put(file, "mode = \"off\"\n" + GOOD);
            program.awaitErr("is inactive: the mode of every policy in " + file + " is off");
            program.assertUntouched("off");
            put(file, GOOD);
            program.awaitErr("is active: 1 policy from " + file);
            program.assertRetried("good");
            put(file, "[retry]\nmax_retrys = 3\n");
            program.awaitErr("the one before stays in force:\n" + file + ":2:1: retry.max_retrys: unknown key");
            program.assertRetried("kept");
            put(file, "# nothing\n");
            program.awaitErr("is inactive: " + file + " defines no policy");
            program.assertUntouched("empty");
            put(file, GOOD + "max_retries = 2\n");
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(program.err().split("is active: 1 policy"))
                            .hasSize(3));
            program.assertRetried("again");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void while_no_policy_is_in_force_nothing_is_woven_and_the_program_can_end(Jdk jdk) throws IOException {
        Path file = Files.writeString(directory.resolve("holdfast.toml"), "mode = \"off\"\n" + GOOD);
        Path log = directory.resolve("classes.log");
        try (WaitingRun program =
                new WaitingRun(jdk, "-Xlog:class+load:file=" + log, WaitingRun.agent("strict=true,config=" + file))) {
            program.awaitErr("is inactive");
            program.assertUntouched("off");
            assertThat(Files.readString(log))
                    .contains("jdk.internal.net.http.HttpClientFacade ")
                    .doesNotContain("net.bytebuddy", "HoldfastBridge", "dev.holdfast.call.Engine ");

            put(file, GOOD);
            program.awaitErr("is active");
            program.assertRetried("on");
            assertThat(Files.readString(log)).contains("net.bytebuddy", "HoldfastBridge");
        }
        Path bad = Files.writeString(directory.resolve("bad.toml"), "[retry]\nmax_retris = 3\n");
        ForkedJvm.Result hello = new ForkedJvm(jdk)
                .classPath(Path.of("target", "test-classes").toAbsolutePath().toString())
                .agent(bad.toString())
                .main(Hello.class)
                .run()
                .succeeded();
        assertThat(hello.out()).isEqualToNormalizingNewlines("hello\n");
    }

    private static void put(Path file, String text) throws IOException {
        Path next = Files.writeString(file.resolveSibling("next.toml"), text);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
