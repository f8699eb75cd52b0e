package compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.Jdks.Jdk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The table that the documentation shows: one row for each transport, where the JDKs agree. */
final class Table {
    private static final Path COMMITTED =
            Path.of("../../../docs/compatibility.md").normalize();
    private static final Path VERSIONS = Path.of("../pom.xml").normalize();
    private static final String HEAD = """
            # Compatibility

            Programs that use client libraries as their manuals say, run without and with the agent, on each JDK, in JVMs of their
            own. This page is written by the run (`testapp/compat`); a build fails where it does not hold any more. Some of the
            libraries are tried on demand only (`-Pcompat-more`).

            - **In calm**: how many calls of many kinds there were to a service that is well, and whether what the program saw and
              what the service received, all headers in their order included, was the same without and with the agent.
            - **In a storm**: of calls to a service of whose requests 30 % go wrong (a 503, a reset, no response), by a fixed seed,
              how many ended well without → with the agent; and how many requests the service received for them. POST and PATCH
              without an `Idempotency-Key` are never sent more often than without the agent.
            - **In an outage**: how many requests one GET is to a service that is down. Where it is more than one without the agent,
              the library retries too, and the log names it.

            | Library | Transport | JDK | In calm | In a storm | Requests in a storm | Requests in an outage |
            |---|---|---|---|---|---|---|
            """;

    // What is said of a transport -> the JDKs of which it holds.
    private final Map<Row, List<Integer>> rows = new LinkedHashMap<>();

    private record Row(String library, String version, String rest) {
        String text(String jdks) {
            return "| " + (library + " " + version).strip() + rest.replace("JDKS", jdks);
        }
    }

    synchronized void add(Library library, Jdk jdk, CompatibilityIT.Pair pair) {
        String version = library.version(pair.with().artifact());
        for (String transport : pair.without().transports()) {
            if (!pair.with().covered(transport)) {
                continue;
            }
            rows.computeIfAbsent(new Row(pair.with().name(), version, rest(transport, pair)), row -> new ArrayList<>())
                    .add(jdk.feature());
        }
    }

    private static String rest(String transport, CompatibilityIT.Pair pair) {
        List<Run.Call> calm = pair.with().calls(transport, "calm");
        List<Run.Call> storm = pair.with().calls(transport, "storm");
        boolean same = calm.equals(pair.without().calls(transport, "calm"));
        String calmly = calm.size() + " calls, " + (same ? "the same" : "**not the same**");
        if (storm.isEmpty()) {
            return " | " + transport + " | JDKS | " + calmly + " | | | |";
        }
        return " | " + transport + " | JDKS | " + calmly
                + " | " + good(pair.without(), transport) + " → " + good(pair.with(), transport) + " of " + storm.size()
                + " | " + requests(pair, transport, "storm")
                + " | " + requests(pair, transport, "outage") + " |";
    }

    private static long good(Run run, String transport) {
        return run.calls(transport, "storm").stream().filter(Run.Call::good).count();
    }

    private static String requests(CompatibilityIT.Pair pair, String transport, String phase) {
        return requests(pair.without(), transport, phase) + " → " + requests(pair.with(), transport, phase);
    }

    private static long requests(Run run, String transport, String phase) {
        return run.calls(transport, phase).stream().mapToLong(run::requests).sum();
    }

    /**
     * Writes what was run into a page, and compares it with the page that is committed. What that says of libraries
     * that were not run is taken from there; the version of a library is not compared where another was asked for than
     * is pinned.
     */
    void compare() throws IOException {
        List<String> before = Files.exists(COMMITTED) ? Files.readAllLines(COMMITTED) : List.of();
        String pinned = Files.readString(VERSIONS);
        Set<String> lines = new LinkedHashSet<>();
        rows.forEach((row, jdks) -> {
            boolean everywhere = Jdks.all().stream().allMatch(jdk -> jdks.contains(jdk.feature()));
            String text = row.text(everywhere ? "all" : jdks.toString().replaceAll("[\\[\\]]", ""));
            lines.add(text);
            if (!row.version.isEmpty() && !pinned.contains(">" + row.version + "<")) {
                before.stream()
                        .filter(line -> isOf(row.library, line) && line.endsWith(text.substring(text.indexOf(" | "))))
                        .findFirst()
                        .ifPresent(line -> {
                            lines.remove(text);
                            lines.add(line);
                        });
            }
        });
        Set<String> libraries = new LinkedHashSet<>();
        rows.keySet().forEach(row -> libraries.add(row.library));
        before.stream()
                .filter(line -> line.startsWith("| ") && !HEAD.contains(line))
                .filter(line -> libraries.stream().noneMatch(library -> isOf(library, line)))
                .forEach(lines::add);
        List<String> sorted = new ArrayList<>(lines);
        sorted.sort(String.CASE_INSENSITIVE_ORDER);
        String text = HEAD + String.join("\n", sorted) + "\n";
        Path written = Files.writeString(Path.of("target/COMPATIBILITY.md"), text);
        assertThat(String.join("\n", before) + "\n")
                .as("docs/compatibility.md, which is to be replaced by " + written.toAbsolutePath())
                .isEqualTo(text);
    }

    /** Returns whether a line is a library's, whose name may be the beginning of another's. */
    private static boolean isOf(String library, String line) {
        return line.matches("\\| " + Pattern.quote(library) + "( \\d\\S*)? \\| .*");
    }
}
