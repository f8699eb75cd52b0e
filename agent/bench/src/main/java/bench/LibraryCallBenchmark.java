package bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Judges {@link LibraryCallProgram}. A host without a policy is compared with the same one in a JVM without an agent; a
 * host with a policy, with the one without in the same JVM, whose compiled code is the same.
 */
final class LibraryCallBenchmark {
    private static final double NO_POLICY_NANOS = 100;
    private static final double NO_POLICY_BYTES = 0;
    private static final double POLICY_NANOS = 300;
    private static final double POLICY_BYTES = 1_024;

    /** By so much the bytes of two JVMs differ that do the same: the compiler leaves some objects out, or not. */
    private static final double COMPILER_BYTES = 400;

    /** JVMs differ, so that fewer say little. */
    private static final int LEAST_FORKS = 3;

    private static final int COLUMNS = 4;

    private LibraryCallBenchmark() {}

    static void run(Path jdk, int rounds, Path config, Report report) throws Exception {
        for (String client : LibraryCalls.NAMES) {
            List<double[]> bare = new ArrayList<>();
            List<double[]> with = new ArrayList<>();
            for (int i = 0; i < Math.max(LEAST_FORKS, rounds); i++) {
                bare.add(measure(jdk, null, client));
                with.add(measure(jdk, config, client));
            }
            double[] none = medians(bare);
            double[] both = medians(with);
            report.atMost(
                    client + ", host without policy: ns more",
                    both[0] - none[0],
                    NO_POLICY_NANOS,
                    of(none[0], both[0]));
            report.atMost(
                    client + ", host without policy: bytes more",
                    Math.rint(both[1] - none[1]),
                    NO_POLICY_BYTES + COMPILER_BYTES,
                    of(none[1], both[1]));
            report.atMost(
                    client + ", policy that need not act: ns more",
                    both[2] - both[0],
                    POLICY_NANOS,
                    of(both[0], both[2]));
            report.atMost(
                    client + ", policy that need not act: bytes more",
                    Math.rint(both[3] - both[1]),
                    POLICY_BYTES,
                    of(both[1], both[3]));
        }
    }

    private static String of(double one, double other) {
        return String.format(Locale.ROOT, "(%.0f and %.0f)", one, other);
    }

    private static double[] medians(List<double[]> results) {
        double[] medians = new double[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) {
            int column = i;
            medians[i] = Report.median(
                    results.stream().mapToDouble(result -> result[column]).toArray());
        }
        return medians;
    }

    /**
     * Runs the program once.
     *
     * @param config null: without an agent
     */
    private static double[] measure(Path jdk, @Nullable Path config, String client) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(jdk.resolve("bin/java").toString(), "-Xbatch", "-Xms256m", "-Xmx256m", "-XX:+UseSerialGC"));
        if (config != null) {
            command.add(
                    "-javaagent:" + Path.of("agent/target/holdfast-agent.jar").toAbsolutePath() + "=" + config);
        }
        command.addAll(List.of("-cp", ClassPaths.withoutAgent(), "bench.LibraryCallProgram", client));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            if (process.waitFor() != 0 || line == null) {
                throw new IOException("no result: " + command);
            }
            String[] words = line.split(" ");
            double[] result = new double[COLUMNS];
            for (int i = 0; i < COLUMNS; i++) {
                result[i] = Double.parseDouble(words[i]);
            }
            return result;
        }
    }
}
