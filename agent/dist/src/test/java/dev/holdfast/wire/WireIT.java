package dev.holdfast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.Jdks.Jdk;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged answers to calls with a policy and without, on each JDK: the first few hundred cases of a seed.
 * {@code -Dholdfast.wire.exchanges=1000000} for so many damaged exchanges, shared by the JDKs;
 * {@code -Dholdfast.wire.seed} for other cases; with {@code -Dholdfast.wire.case} as well the one case that a report
 * names, some times over.
 */
class WireIT {
    private static final long EXCHANGES = Long.getLong("holdfast.wire.exchanges", 0);
    private static final long SEED = Long.getLong("holdfast.wire.seed", 7);
    private static final @Nullable Integer CASE = Integer.getInteger("holdfast.wire.case");
    private static final int AT_A_TIME = Integer.getInteger("holdfast.wire.parallel", 8);

    /** The JDK's clients keep a thread and files of some broken connections over HTTP/2 for ever. */
    private static final int CASES_PER_JVM = 20_000;

    private static final Pattern COUNT = Pattern.compile("(\\d+) of them mutated");

    private static final String SAID = "\\[holdfast] ("
            + "\\S+ is active: \\d+ policies from .*"
            + "|no policy matches .*: calls to (it|them) run unmodified"
            + "|HTTP proxy in use: \\S+"
            + "|\\S+ \\(policy .*\\): ("
            + "\\S+ repeats calls that failed after all their retries, so that attempts multiply; .*"
            + "|first response from fallback \\S+ \\(\\S+\\); others are only counted)"
            + "|(callers that retry too|first responses of fallbacks): \\d+ more in \\d+ s)";

    @TempDir
    Path directory;

    @Test
    void what_the_program_sees_is_what_it_sees_without_a_policy_or_what_a_permitted_retry_explains() {
        Jdks.sideBySide(this::run);
    }

    private void run(Jdk jdk) throws IOException {
        StringBuilder out = new StringBuilder();
        long left = EXCHANGES / Jdks.all().size();
        int first = 0;
        do {
            String part = CASE != null
                    ? run(jdk, CASE, 20, Long.MAX_VALUE)
                    : run(jdk, first, EXCHANGES > 0 ? CASES_PER_JVM : 300, EXCHANGES > 0 ? left : Long.MAX_VALUE);
            System.out.println(jdk + ": " + part);
            out.append(part);
            Matcher count = COUNT.matcher(part);
            assertThat(count.find()).as(part).isTrue();
            left -= Long.parseLong(count.group(1));
            first += CASES_PER_JVM;
        } while (left > 0 && CASE == null);
        assertThat(out.toString()).doesNotContain("DIFFERENCE");
    }

    private String run(Jdk jdk, int first, int cases, long enough) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                Long.toString(SEED),
                Integer.toString(first),
                Integer.toString(cases),
                Long.toString(enough),
                Integer.toString(AT_A_TIME)));
        Path config = Files.writeString(directory.resolve("wire-" + jdk.feature() + ".toml"), config(arguments));
        ForkedJvm.Result result = new ForkedJvm(jdk)
                .agent(config.toString())
                .jvm("-Xmx512m", "-Dwire.repeat=" + (CASE != null))
                .main(WireProgram.class, arguments.toArray(String[]::new))
                .within(Duration.ofSeconds(180 + cases / 10))
                .run()
                .succeeded();
        assertThat(result.err().lines().filter(line -> line.startsWith("[holdfast] ")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).as("no defect").matches(SAID));
        return result.out();
    }

    /**
     * A policy for two ports each: all their runs listen on one, each of those that refuse connections on the other.
     */
    private static String config(List<String> arguments) throws IOException {
        StringBuilder text = new StringBuilder();
        List<ServerSocket> held = new ArrayList<>();
        for (WirePolicy policy : WirePolicy.values()) {
            for (String kind : List.of("", "-")) {
                ServerSocket free = free();
                held.add(free);
                arguments.add(kind + policy + "=" + free.getLocalPort());
                text.append(policy.toml(free.getLocalPort()));
            }
        }
        for (ServerSocket socket : held) {
            socket.close();
        }
        return text.toString();
    }

    /** Below the ports of outgoing connections, which a wildcard listener would be in the way of. */
    private static ServerSocket free() {
        while (true) {
            try {
                return new ServerSocket(ThreadLocalRandom.current().nextInt(10_000, 32_000));
            } catch (IOException e) {
                // Taken.
            }
        }
    }
}
