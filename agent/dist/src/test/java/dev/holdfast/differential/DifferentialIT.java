package dev.holdfast.differential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks.Jdk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A policy that does not act cannot be told from none, and a host without one cannot tell that there is an agent. */
class DifferentialIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void theSameCallsLookTheSameWithoutTheAgentWithoutAMatchingHostAndWithAPolicyThatNeedNotAct(Jdk jdk)
            throws IOException {
        CompletableFuture<List<String>> without = run(new ForkedJvm(jdk));
        CompletableFuture<List<String>> unconcerned = run(new ForkedJvm(jdk).agent(config("elsewhere.example")));
        CompletableFuture<List<String>> idle = run(new ForkedJvm(jdk).agent(config("*")));
        CompletableFuture<List<String>> observing = run(new ForkedJvm(jdk).agent(observe()));
        assertThat(without.join()).hasSizeGreaterThan(15_000);
        assertThat(differences("with no matching host", without.join(), unconcerned.join()))
                .isEmpty();
        assertThat(differences("with a policy that need not act", without.join(), idle.join()))
                .isEmpty();
        assertThat(differences("only observing", without.join(), observing.join()))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void faultsLookTheSameToProgramAndServerUnderPoliciesThatSendNothingAgain(Jdk jdk) throws IOException {
        CompletableFuture<List<String>> without = faults(new ForkedJvm(jdk));
        CompletableFuture<List<String>> neverDue = faults(new ForkedJvm(jdk).agent(config("*")));
        CompletableFuture<List<String>> noRetries = faults(new ForkedJvm(jdk).agent(config("none", "max_retries = 0")));
        CompletableFuture<List<String>> observing = faults(new ForkedJvm(jdk).agent(observe()));
        assertThat(without.join()).hasSizeGreaterThan(7_000);
        assertThat(differences("with no retry due", without.join(), neverDue.join()))
                .isEmpty();
        assertThat(differences("without retries", without.join(), noRetries.join()))
                .isEmpty();
        assertThat(differences("only observing", without.join(), observing.join()))
                .isEmpty();
    }

    private String observe() throws IOException {
        return config("observe", "initial_delay = \"1ms\"", "[hosts.\"*\"]", "mode = \"observe\"");
    }

    private String config(String name, String... lines) throws IOException {
        return Files.writeString(directory.resolve(name + ".toml"), "[retry]\n" + String.join("\n", lines) + "\n")
                .toString();
    }

    private static CompletableFuture<List<String>> faults(ForkedJvm jvm) {
        return CompletableFuture.supplyAsync(() -> {
            ForkedJvm.Result result =
                    jvm.main(Program.class).within(Duration.ofMinutes(5)).run().succeeded();
            assertThat(result.err().lines().filter(line -> !line.startsWith("SLF4J")))
                    .allMatch(line -> line.startsWith("[holdfast] "));
            return result.lines();
        });
    }

    private String config(String host) throws IOException {
        Path file = directory.resolve(host.length() + ".toml");
        // Nothing that the program does leads to such a status or such an error.
        Files.writeString(file, """
                [hosts."%s".retry]
                max_retries = 3
                [hosts."%s".retry.policy]
                retryable_status_codes = [599]
                retryable_errors = ["java.nio.file.NoSuchFileException"]
                """.formatted(host, host));
        return file.toString();
    }

    /** Everything that the program and its servers observe. */
    private static CompletableFuture<List<String>> run(ForkedJvm jvm) {
        return CompletableFuture.supplyAsync(() -> {
            try (Http2Servers servers = new Http2Servers()) {
                ForkedJvm.Result result = jvm.jvm("--add-opens", "java.base/java.net=ALL-UNNAMED")
                        .main(Program.class, servers.port(), servers.tlsPort())
                        .within(Duration.ofMinutes(5))
                        .run()
                        .succeeded();
                assertThat(result.err().lines().filter(line -> !line.startsWith("SLF4J")))
                        .allMatch(line ->
                                line.matches("\\[holdfast] (.* is active: |no policy matches |HTTP proxy in use: ).*"));
                List<String> lines = new ArrayList<>();
                for (String line : result.lines()) {
                    lines.add(line.replace(":" + servers.port(), ":PORT").replace(":" + servers.tlsPort(), ":TLS"));
                }
                lines.addAll(servers.received());
                return lines;
            }
        });
    }

    /** All differences with the scenario that they belong to, at most 40, and what both servers noted of it. */
    private static String differences(String what, List<String> without, List<String> with) {
        List<String> expected = compared(without);
        List<String> actual = compared(with);
        StringBuilder differences = new StringBuilder();
        String scenario = "";
        int count = 0;
        for (int i = 0; i < Math.max(expected.size(), actual.size()) && count < 40; i++) {
            String e = i < expected.size() ? expected.get(i) : "(nothing)";
            String a = i < actual.size() ? actual.get(i) : "(nothing)";
            scenario = e.startsWith("== ") ? e : scenario;
            if (!e.equals(a)) {
                count++;
                differences
                        .append(scenario)
                        .append("\n  without: ")
                        .append(e)
                        .append("\n  ")
                        .append(what)
                        .append(": ")
                        .append(a)
                        .append('\n')
                        .append(notes("  without, ", scenario, without))
                        .append(notes("  " + what + ", ", scenario, with));
                if (a.startsWith("== ") != e.startsWith("== ")) {
                    differences.append("  (out of step from here)\n");
                    break;
                }
            }
        }
        return differences.toString();
    }

    private static List<String> compared(List<String> lines) {
        return lines.stream().filter(line -> !line.startsWith(Transcript.NOTE)).toList();
    }

    private static String notes(String what, String scenario, List<String> lines) {
        return lines.stream()
                .dropWhile(line -> !line.equals(scenario))
                .skip(1)
                .takeWhile(line -> !line.startsWith("== "))
                .filter(line -> line.startsWith(Transcript.NOTE))
                .map(line -> what + line + '\n')
                .collect(Collectors.joining());
    }
}
