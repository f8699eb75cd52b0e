package bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What a policy costs over loopback, and what it costs to record a body of 64 KiB for the fallback cache: two addresses that
 * differ in their policy, called in turn within one JVM. Two JVMs that run the very same program differ by more than the limit.
 */
final class PairedBenchmark {
    private static final double POLICY = 0.97;
    private static final double RECORDING = 0.95;
    private static final int BODY = 64 * 1024;
    /** The copy, and the objects around it. */
    private static final int RECORDED_BYTES = BODY + 8 * 1024;

    private PairedBenchmark() {}

    static void policy(Path jdk, int rounds, Report report) throws Exception {
        for (String client : new String[] {"HttpClient", "HttpURLConnection"}) {
            double[] same = run(jdk, rounds, client, 64, 500, "127.0.0.3");
            double[] with = run(jdk, rounds, client, 64, 500, "127.0.0.2");
            report.info("paired, " + client + ": calls per second, none and none", same[0], "");
            report.atLeast("paired, " + client + ": calls per second, policy and none", with[0], POLICY, "");
            report.info("paired, " + client + ": CPU per call, policy and none", with[1], "");
        }
    }

    static void recording(Path jdk, int rounds, Report report) throws Exception {
        for (String client : new String[] {"HttpClient", "HttpURLConnection"}) {
            double[] without = run(jdk, rounds, client, BODY, 100, "127.0.0.2");
            double[] with = run(jdk, rounds, client, BODY, 100, "127.0.0.4");
            report.info("64 KiB, " + client + ": bytes more, policy without cache", without[2], "");
            report.atLeast("64 KiB, " + client + ": calls per second, recorded", with[0], RECORDING, "");
            report.info("64 KiB, " + client + ": CPU per call, recorded", with[1], "");
            report.atMost("64 KiB, " + client + ": bytes more, recorded", with[2], RECORDED_BYTES, "");
        }
    }

    /** Medians over the rounds of what {@link PairedProgram} prints, 127.0.0.1 being the first. */
    private static double[] run(Path jdk, int rounds, String client, int body, int calls, String second)
            throws Exception {
        Path config = Files.createTempFile("holdfast-bench", ".toml");
        double[][] results = new double[3][rounds];
        try {
            Files.writeString(config, """
                    [hosts."127.0.0.2".retry]
                    max_retries = 3
                    [hosts."127.0.0.2".retry.circuit_breaker]
                    enabled = true
                    [hosts."127.0.0.4".retry.fallback]
                    strategy = "cache"
                    """);
            for (int round = 0; round < rounds; round++) {
                try (LoopbackServer server = new LoopbackServer(body)) {
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
                                    Integer.toString(calls),
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
