package compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.Jdks.Jdk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Client libraries work the same with the agent where nothing goes wrong, and better where something does. Each library
 * runs on each JDK without and with the agent, each time in a JVM of its own. Some of them alone:
 * {@code -Dcompat=feign,jersey}.
 */
class CompatibilityIT {
    /** The attempts that {@link #POLICIES} allow a call. */
    private static final int ATTEMPTS = 4;

    private static final String POLICIES = """
            [retry]
            max_retries = 3
            initial_delay = "5ms"
            max_delay = "20ms"
            [retry.policy]
            retryable_status_codes = [429, 500, 502, 503, 504]
            retryable_errors = [
              "connection_timeout", "connection_refused", "dns_resolution", "connection_reset", "premature_eof", "read_timeout",
            ]
            [retry.budget]
            min_per_second = 10
            [log]
            summary = true
            """;

    /** The lines that the agent may write: that it is there, who above it retries too, and the summary at the end. */
    private static final String SAID = "\\[holdfast] (\\S+ is active: 1 policy from .*"
            + "|summary: .*"
            + "|the program uses .*: Holdfast does not cover it, its requests get no policy"
            + "|\\S+ \\(policy \\*\\): \\S+ repeats calls that failed after all their retries, so that attempts "
            + "multiply; .*)";

    @TempDir
    Path directory;

    @TestFactory
    List<DynamicNode> libraries() throws IOException {
        Path policies = Files.writeString(directory.resolve("holdfast.toml"), POLICIES);
        String chosen = System.getProperty("compat", "");
        // They wait more than they work, for answers that do not come.
        ExecutorService jvms =
                Executors.newFixedThreadPool(3 * Runtime.getRuntime().availableProcessors());
        Map<Library, Map<Jdk, CompletableFuture<Pair>>> runs = new LinkedHashMap<>();
        for (Library library : Library.all()) {
            if (chosen.isEmpty() || List.of(chosen.split(",")).contains(library.module())) {
                Map<Jdk, CompletableFuture<Pair>> onJdks = new LinkedHashMap<>();
                for (Jdk jdk : Jdks.all()) {
                    if (jdk.present()) {
                        onJdks.put(jdk, Pair.of(library, jdk, policies, jvms));
                    }
                }
                runs.put(library, onJdks);
            }
        }
        jvms.shutdown();
        List<DynamicNode> nodes = new ArrayList<>();
        Jdks.all().forEach(jdk -> nodes.add(DynamicTest.dynamicTest(jdk + " is there", jdk::orSkip)));
        Table table = new Table();
        runs.forEach((library, onJdks) -> nodes.add(DynamicContainer.dynamicContainer(
                library.module(), onJdks.entrySet().stream().map(run -> {
                    Pair pair = run.getValue().join();
                    pair.keep(library, run.getKey());
                    table.add(library, run.getKey(), pair);
                    return DynamicContainer.dynamicContainer(run.getKey().toString(), tests(pair));
                }))));
        nodes.add(DynamicTest.dynamicTest("the table", table::compare));
        return nodes;
    }

    private static List<DynamicNode> tests(Pair pair) {
        return List.of(
                DynamicTest.dynamicTest("looks the same where nothing goes wrong", () -> sameInCalm(pair)),
                DynamicTest.dynamicTest("is better off in the storm", () -> betterInStorm(pair)),
                DynamicTest.dynamicTest("sends nothing twice that must not be", () -> nothingUnsafe(pair)),
                DynamicTest.dynamicTest("is noticed if it retries too", () -> noticesWhoRetriesToo(pair)),
                DynamicTest.dynamicTest("hears of no defect", () -> noDefects(pair)));
    }

    private static void sameInCalm(Pair pair) {
        Map<String, String> without = pair.without().calm();
        Map<String, String> with = pair.with().calm();
        assertThat(without).isNotEmpty();
        List<String> differences = new ArrayList<>();
        TreeSet<String> all = new TreeSet<>(without.keySet());
        all.addAll(with.keySet());
        for (String what : all) {
            if (!without.getOrDefault(what, "(nothing)").equals(with.get(what))) {
                differences.add(what + "\n  without: " + without.get(what) + "\n  with:    " + with.get(what));
            }
        }
        assertThat(differences).isEmpty();
    }

    private static void betterInStorm(Pair pair) {
        List<String> worse = new ArrayList<>();
        for (String transport : pair.without().transports()) {
            List<Run.Call> without = pair.without().calls(transport, "storm");
            List<Run.Call> with = pair.with().calls(transport, "storm");
            if (!pair.with().covered(transport)) {
                untouched(pair, without, with);
                continue;
            }
            long goodWithout = without.stream().filter(Run.Call::good).count();
            long goodWith = with.stream().filter(Run.Call::good).count();
            if (!with.isEmpty() && goodWith <= goodWithout && goodWithout < without.size()) {
                worse.add(transport + ": no better");
            }
            for (int i = 0; i < with.size(); i++) {
                if (without.get(i).good() && !with.get(i).good()) {
                    worse.add(with.get(i).path() + "\n  without: "
                            + without.get(i).seen() + "\n  with:    "
                            + with.get(i).seen());
                }
            }
        }
        assertThat(worse).isEmpty();
    }

    /** A client that Holdfast does not cover has the same weather without and with it. */
    private static void untouched(Pair pair, List<Run.Call> without, List<Run.Call> with) {
        for (int i = 0; i < with.size(); i++) {
            assertThat(with.get(i).good())
                    .as(with.get(i).path())
                    .isEqualTo(without.get(i).good());
            assertThat(pair.with().requests(with.get(i)))
                    .as(with.get(i).path())
                    .isEqualTo(pair.without().requests(without.get(i)));
        }
    }

    private static void nothingUnsafe(Pair pair) {
        for (Run.Call call : pair.with().calls()) {
            if (call.unsafe() && call.stormy()) {
                assertThat(pair.with().requests(call))
                        .as(call.path())
                        .isLessThanOrEqualTo(pair.without().requests(call));
            }
        }
    }

    /**
     * A library that retries above Holdfast is noticed where both fail: each of its requests has become as many as the
     * policy allows. A client that retries below Holdfast does not do so under a policy.
     */
    private static void noticesWhoRetriesToo(Pair pair) {
        boolean multiplied = pair.without().calls().stream()
                .filter(call -> call.phase().equals("outage") && pair.without().requests(call) > 1)
                .anyMatch(call ->
                        pair.with().requests(call) >= ATTEMPTS * pair.without().requests(call));
        assertThat(pair.with().err().contains(" made again by the program after their retries"))
                .isEqualTo(multiplied);
    }

    private static void noDefects(Pair pair) {
        assertThat(pair.with().err().lines().filter(line -> line.startsWith("[holdfast]")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).matches(SAID));
    }

    /** The same program without and with the agent. */
    record Pair(Run without, Run with) {
        /** Writes what both saw where people can compare it. */
        void keep(Library library, Jdk jdk) {
            String name = "target/transcripts/" + library.module() + "-" + jdk.feature();
            without.write(Path.of(name + "-without.txt"));
            with.write(Path.of(name + "-with.txt"));
        }

        static CompletableFuture<Pair> of(Library library, Jdk jdk, Path policies, ExecutorService jvms) {
            return CompletableFuture.supplyAsync(() -> Run.of(library, jdk, null), jvms)
                    .thenCombine(CompletableFuture.supplyAsync(() -> Run.of(library, jdk, policies), jvms), Pair::new);
        }
    }
}
