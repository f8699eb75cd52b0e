package bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Judges {@link PatternsProgram} and {@link Patterns}. */
final class PatternsBenchmark {
    private PatternsBenchmark() {}

    static void run(Path jdk, int rounds, Report report) throws Exception {
        Path file = Files.createTempFile("patterns", ".toml");
        try {
            PatternsProgram.write(file);
            double[] millis = new double[2 * rounds + 1];
            double[] bytes = new double[millis.length];
            for (int i = 0; i < millis.length; i++) {
                String[] result = run(jdk, file).split(" ");
                millis[i] = Double.parseDouble(result[0]);
                bytes[i] = Double.parseDouble(result[1]);
            }
            report.atMost("10,000 host patterns, load: ms", Report.median(millis), 1000, "");
            report.atMost("10,000 host patterns, memory: MiB", Report.median(bytes) / (1 << 20), 20, "");
        } finally {
            Files.delete(file);
        }
        Map<String, Jmh.Result> results = Jmh.run(new Jmh(jdk, rounds), Patterns.class);
        report.atMost("lookup of a host: ns", results.get("host").nanos(), 150, "");
        report.atMost(
                "lookup of a host that no pattern is for: ns",
                results.get("hostOfNone").nanos(),
                150,
                "");
        report.atMost(
                "lookup of a host by a star within a label: ns",
                results.get("starredHost").nanos(),
                150,
                "");
        report.atMost(
                "lookup of an address in a network: ns", results.get("address").nanos(), 150, "");
        report.info("lookup of one of 1,000 routes: ns", results.get("route").nanos(), "");
    }

    private static String run(Path jdk, Path file) throws Exception {
        Process process = new ProcessBuilder(
                        jdk.resolve("bin/java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "bench.PatternsProgram",
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            if (process.waitFor() != 0 || line == null) {
                throw new IOException("no result");
            }
            return line;
        }
    }
}
