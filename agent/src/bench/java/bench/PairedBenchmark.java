package bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What a policy costs over loopback: two addresses that differ in their policy, called in turn within one JVM. Two JVMs
 * that run the very same program differ by more than the limit.
 */
final class PairedBenchmark {
    private static final double POLICY = 0.97;
    private static final int BODY = 64;
    private static final int CALLS = 500;

    private PairedBenchmark() {}

    static void policy(Path jdk, int rounds, Report report) throws Exception {
        for (String client : new String[] {"HttpClient", "HttpURLConnection"}) {
            double[] same = run(jdk, rounds, client, "127.0.0.3");
            double[] with = run(jdk, rounds, client, "127.0.0.2");
            report.info("paired, " + client + ": calls per second, none and none", same[0], "");
            report.atLeast("paired, " + client + ": calls per second, policy and none", with[0], POLICY, "");
            report.info("paired, " + client + ": CPU per call, policy and none", with[1], "");
        }
    }

    /** Medians over the rounds of what {@link PairedProgram} prints, 127.0.0.1 being the first. */
    private static double[] run(Path jdk, int rounds, String client, String second) throws Exception {
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
                                    benchClasses(),
                                    "bench.PairedProgram",
                                    client,
                                    first,
                                    first.replace("127.0.0.1", second),
                                    Integer.toString(CALLS),
                                    "150"))
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
                }
            }
        } finally {
            Files.delete(config);
        }
        return Arrays.stream(results).mapToDouble(Report::median).toArray();
    }

    static String benchClasses() {
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (entry.endsWith("bench-classes")) {
                return entry;
            }
        }
        throw new IllegalStateException("bench-classes is not on the class path");
    }
}
