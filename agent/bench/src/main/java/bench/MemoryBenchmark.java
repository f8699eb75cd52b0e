package bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;

/** Judges {@link MemoryProgram}. */
final class MemoryBenchmark {
    private static final double MEBIBYTES = 10;

    private MemoryBenchmark() {}

    static void run(Path jdk, Report report) throws Exception {
        for (String breaker : new String[] {"consecutive", "calls", "time"}) {
            Process process = new ProcessBuilder(
                            jdk.resolve("bin/java").toString(),
                            "-Xms256m",
                            "-Xmx256m",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            "bench.MemoryProgram",
                            breaker)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader out = process.inputReader()) {
                String line = out.readLine();
                if (process.waitFor() != 0 || line == null) {
                    throw new IOException("no result");
                }
                double bytes = Double.parseDouble(line);
                report.atMost(
                        "10,000 origins, breaker " + breaker + ": MiB", bytes / (1 << 20), MEBIBYTES, "with budget");
            }
        }
    }
}
