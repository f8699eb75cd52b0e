package bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Measures the cost of a policy over loopback: two addresses that differ in their policy, called in turn within one
 * JVM. Two JVMs that run the very same program differ by more than the limit.
 *
 * <p>First two addresses without a policy are compared. Where these differ by more than {@link #EQUAL}, the comparison
 * cannot tell what it is asked, and the policy is not judged.
 */
final class PairedBenchmark {
    private static final double POLICY = 0.97;
    /** By how much two equal addresses may differ. */
    private static final double EQUAL = 0.02;

    private static final int BODY = 64;
    /** So few that hardly anything else changes between one address's turn and the other's. */
    private static final int CALLS = 50;

    private static final int PAIRS = 1500;

    private PairedBenchmark() {}

    static void policy(Path jdk, int rounds, Report report) throws Exception {
        for (String client : Callers.NAMES) {
            judge(
                    client,
                    () -> run(jdk, rounds, client, "127.0.0.3", report),
                    () -> run(jdk, rounds, client, "127.0.0.2", report),
                    report);
        }
    }

    /**
     * Judges a policy, unless two equal addresses differ.
     *
     * @param equal measures two addresses without a policy: calls per second and CPU per call, as ratios
     * @param policy measures one with a policy, and one without
     */
    static void judge(String client, Callable<double[]> equal, Callable<double[]> policy, Report report)
            throws Exception {
        double ratio = equal.call()[0];
        report.within("paired, " + client + ": calls per second, none and none", ratio, 1 - EQUAL, 1 + EQUAL, "");
        if (!(Math.abs(ratio - 1) <= EQUAL)) { // nor where it is no number
            report.heading("  paired, " + client + ": the policy is not judged");
            return;
        }
        double[] with = policy.call();
        report.atLeast("paired, " + client + ": calls per second, policy and none", with[0], POLICY, "");
        report.info("paired, " + client + ": CPU per call, policy and none", with[1], "");
    }

    /** Medians over the rounds of what {@link PairedProgram} prints, 127.0.0.1 being the first. */
    private static double[] run(Path jdk, int rounds, String client, String second, Report report) throws Exception {
        Path config = Files.createTempFile("holdfast-bench", ".toml");
        double[][] results = new double[2][rounds];
        try {
            Files.writeString(config, """
                    [hosts."127.0.0.2".retry]
                    max_retries = 3
                    [hosts."127.0.0.2".retry.circuit_breaker]
                    enabled = true
                    """);
            for (int round = 0; round < rounds; round++) {
                try (LoopbackServer server = new LoopbackServer(BODY)) {
                    String first = server.url();
                    Process process = new ProcessBuilder(List.of(
                                    jdk.resolve("bin/java").toString(),
                                    "-Xms256m",
                                    "-Xmx256m",
                                    "-XX:+UseSerialGC",
                                    "-javaagent:"
                                            + Path.of("agent/target/holdfast-agent.jar")
                                                    .toAbsolutePath() + "=" + config,
                                    "-cp",
                                    ClassPaths.withoutAgent(),
                                    "bench.PairedProgram",
                                    client,
                                    first,
                                    first.replace("127.0.0.1", second),
                                    Integer.toString(CALLS),
                                    Integer.toString(PAIRS)))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
                    try (BufferedReader out = process.inputReader()) {
                        String line = out.readLine();
                        if (line == null) {
                            throw new IOException("the program ended");
                        }
                        String[] words = line.split(" ");
                        for (int i = 0; i < results.length; i++) {
                            results[i][round] = Double.parseDouble(words[i]);
                        }
                    }
                    report.heading("    connections accepted: " + server.accepted());
                }
            }
        } finally {
            Files.delete(config);
        }
        return Arrays.stream(results).mapToDouble(Report::median).toArray();
    }
}
