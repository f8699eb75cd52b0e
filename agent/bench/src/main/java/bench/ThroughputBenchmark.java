package bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures the calls per second of a program over loopback, with the agent and its full configuration and without any
 * agent. The two programs live side by side and take turns, a fraction of a second each, so that whatever else the
 * machine does meets both.
 */
final class ThroughputBenchmark {
    private static final double THROUGHPUT = 0.97;
    private static final int SLICE_MILLIS = 150;
    private static final int SLICES = 40;
    private static final int WARM_UP = 20;

    private ThroughputBenchmark() {}

    static void run(Path jdk, int rounds, Report report) throws Exception {
        String agent =
                "-javaagent:" + Path.of("agent/target/holdfast-agent.jar").toAbsolutePath() + "="
                        + Path.of("config-examples/reference.toml").toAbsolutePath();
        for (String client : Callers.NAMES) {
            int pairs = SLICES * rounds;
            double[] ratios = new double[pairs];
            double[] cpuRatios = new double[pairs];
            double[] rates = new double[pairs];
            for (int round = 0; round < rounds; round++) {
                // Anew each time: two JVMs that do the same compile it differently, and keep that for life.
                try (LoopbackServer server = new LoopbackServer(64);
                        Program without = new Program(jdk, server.url(), List.of());
                        Program with = new Program(jdk, server.url(), List.of(agent))) {
                    for (int i = 0; i < WARM_UP; i++) {
                        without.calls(client);
                        with.calls(client);
                    }
                    for (int i = round * SLICES; i < (round + 1) * SLICES; i++) {
                        double[] first = (i % 2 == 0 ? with : without).calls(client);
                        double[] second = (i % 2 == 0 ? without : with).calls(client);
                        double[] ours = i % 2 == 0 ? first : second;
                        double[] theirs = i % 2 == 0 ? second : first;
                        ratios[i] = ours[0] / theirs[0];
                        cpuRatios[i] = ours[1] / theirs[1];
                        rates[i] = theirs[0];
                    }
                }
            }
            report.atLeast(
                    "loopback, " + client + ": calls per second, ratio",
                    Report.median(ratios),
                    THROUGHPUT,
                    String.format(Locale.ROOT, "(of %.0f)", Report.median(rates)));
            report.info("loopback, " + client + ": CPU per call, ratio", Report.median(cpuRatios), "");
        }
    }

    private static final class Program implements AutoCloseable {
        private final Process process;
        private final Writer in;
        private final BufferedReader out;

        Program(Path jdk, String url, List<String> options) throws IOException {
            List<String> command = new ArrayList<>(
                    List.of(jdk.resolve("bin/java").toString(), "-Xms128m", "-Xmx128m", "-XX:+UseSerialGC"));
            command.addAll(options);
            command.addAll(List.of("-cp", ClassPaths.withoutAgent(), "bench.ThroughputProgram", url));
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            in = new OutputStreamWriter(process.getOutputStream());
            out = process.inputReader();
        }

        /** Calls per second, and CPU nanoseconds per call. */
        double[] calls(String client) throws IOException {
            in.write(client + " " + SLICE_MILLIS + "\n");
            in.flush();
            String line = out.readLine();
            if (line == null) {
                throw new IOException("the program ended");
            }
            String[] words = line.split(" ");
            return new double[] {Double.parseDouble(words[0]), Double.parseDouble(words[1])};
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
