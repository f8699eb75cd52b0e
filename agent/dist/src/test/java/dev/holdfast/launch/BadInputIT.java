package dev.holdfast.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks.Jdk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever the agent is given, the program runs, and standard error says what is wrong, where and what to do about it.
 * The messages themselves are held by {@code BadFilesTest}; this holds that they reach whoever started the program.
 */
class BadInputIT {
    private static final String UNTOUCHED = "HttpURLConnection 503\nHttpClient 503\nrequests 2\n";
    private static final String RUNS = "the program runs unmodified";

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_file_that_cannot_be_used_is_reported(Jdk jdk) throws IOException {
        Map<Path, String> files = new LinkedHashMap<>();
        files.put(directory.resolve("missing.toml"), ": no such file; looked for ");
        files.put(directory, ": is a directory; name the file in it");
        Path link = Files.createSymbolicLink(directory.resolve("link.toml"), Path.of("link.toml"));
        files.put(link, ": is a link that leads to no file");
        files.put(huge(), ": is larger than 1MiB, the most that is read");
        files.put(
                Files.write(
                        directory.resolve("latin1.toml"),
                        "[retry]\n# Gr\u00fc\n".getBytes(StandardCharsets.ISO_8859_1)),
                ":2:5: the byte 0xfc is not UTF-8; save the file as UTF-8");
        bad(files, "not = [toml", ":1:");
        bad(files, "[retry]\nmax_retris = 3", ":2:1: retry.max_retris: unknown key; did you mean max_retries?");
        bad(files, "[retry]\ninitial_delay = \"-1s\"", ":2:1: retry.initial_delay: found \"-1s\"; allowed: a duration");
        bad(files, "[retry]\nmax_retries = 1e9", ":2:1: retry.max_retries: found 1.0E9; allowed: an integer from 0 to");
        bad(files, "[retry]\nmax_retries = 1000000000", ": found 1000000000; allowed: an integer from 0 to");
        bad(
                files,
                "[hosts.\"**.com\".retry]",
                ": \"**.com\" is not a valid host pattern: a part of a host name holds one * at most");
        bad(files, "[hosts.\"http://a/\".retry]", "remove the scheme, path or user");

        files.entrySet().parallelStream().forEach(file -> {
            Result result = jvm(jdk).agent(file.getKey().toString())
                    .main(OneUrlConnectionCall.class)
                    .run()
                    .succeeded();

            assertThat(result.out()).as(result.err()).isEqualToNormalizingNewlines("status 200\n");
            assertThat(result.err().lines())
                    .hasSize(3)
                    .startsWith("[holdfast] the configuration cannot be used:")
                    .anySatisfy(line ->
                            assertThat(line).startsWith(file.getKey() + ":").contains(file.getValue()))
                    .endsWith("Holdfast is inactive until the file can be used; " + RUNS);
        });
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void an_argument_that_makes_no_sense_is_answered(Jdk jdk) {
        Map<String, String> arguments = new LinkedHashMap<>();
        arguments.put("strct=ture,config=", "did you mean strict");
        arguments.put("a=b", "\"a=b\" is no option");
        arguments.put("config=", "config= names no file");
        arguments.put("config=x,config=y", "config is given twice");
        arguments.put("strict=maybe,config=x", "strict must be true or false, not \"maybe\"");
        arguments.put(",,==", "has no option's name before it");
        arguments.put(" ", "no configuration: name a file by");

        arguments.entrySet().parallelStream().forEach(argument -> {
            Result result =
                    jvm(jdk).agent(argument.getKey()).main(Hello.class).run().succeeded();

            assertThat(result.out()).isEqualToNormalizingNewlines("hello\n");
            assertThat(result.err().lines())
                    .singleElement()
                    .asString()
                    .startsWith("[holdfast] ")
                    .contains(argument.getValue())
                    .endsWith(RUNS);
        });
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void the_shortest_program_hears_of_a_file_that_is_not_there(Jdk jdk) {
        Path missing = directory.resolve("missing.toml");

        Result result =
                jvm(jdk).agent(missing.toString()).main(Hello.class).run().succeeded();

        assertThat(result.out()).isEqualToNormalizingNewlines("hello\n");
        assertThat(result.err().lines())
                .containsExactly(
                        "[holdfast] the configuration cannot be used:",
                        missing + ": no such file; looked for " + missing,
                        "Holdfast is inactive until the file can be used; " + RUNS);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void beside_bad_input_no_call_is_touched(Jdk jdk) throws IOException {
        // The first table alone would have both calls sent again.
        String bad = Files.writeString(directory.resolve("half.toml"), "[retry]\n[hosts.\"**.com\".retry]\n")
                .toString();
        for (String argument : new String[] {bad, "config=" + bad + ",nonsense=1"}) {
            Result result = untouched(jdk, argument);
            assertThat(result.err()).contains(RUNS);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void an_empty_table_means_the_defaults_and_an_empty_file_means_nothing(Jdk jdk) throws IOException {
        String table =
                Files.writeString(directory.resolve("table.toml"), "[retry]\n").toString();
        Result defaults =
                jvm(jdk).agent(table).main(OneUrlConnectionCall.class).run().succeeded();
        assertThat(defaults.err()).contains("is active: 1 policy from " + table, "retry: is empty: every host gets");

        for (String text : new String[] {"", "[hosts]\n"}) {
            Path nothing = Files.writeString(directory.resolve("nothing.toml"), text);
            assertThat(untouched(jdk, nothing.toString()).err())
                    .contains("is inactive: " + nothing + " defines no policy", "add a [retry] table");
        }
    }

    /** Runs a program whose server answers the first call of each client with a 503, which is what it sees. */
    private static Result untouched(Jdk jdk, String argument) {
        Result result =
                jvm(jdk).agent(argument).main(OneCallEach.class, "503").run().succeeded();
        assertThat(result.out()).as(result.err()).isEqualToNormalizingNewlines(UNTOUCHED);
        return result;
    }

    private static ForkedJvm jvm(Jdk jdk) {
        return new ForkedJvm(jdk)
                .classPath(Path.of("target", "test-classes").toAbsolutePath().toString());
    }

    private void bad(Map<Path, String> files, String text, String message) throws IOException {
        files.put(Files.writeString(directory.resolve("bad-" + files.size() + ".toml"), text + "\n"), message);
    }

    private Path huge() throws IOException {
        Path file = directory.resolve("huge.toml");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(100L << 20);
        }
        return file;
    }
}
