package bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Judges {@link FleetProgram}, on a Redis of its own: {@code redis-server} has to be on the path. */
final class FleetBenchmark {
    private static final String HOST = "127.0.0.1";
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** The least multiple of our cost that the peer's call with a round trip has. */
    private static final double TIMES = 50;
    /** The limit of our cost, as a ratio to the peer's call that asks the store rarely. */
    private static final double RATIO = 1;

    private static final double BYTES = 512;

    private FleetBenchmark() {}

    static void run(Path jdk, int rounds, Report report) throws Exception {
        Path directory = Files.createTempDirectory("holdfast-bench");
        int port = freePort();
        Process redis = new ProcessBuilder(
                        "redis-server",
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        HOST,
                        "--save",
                        "",
                        "--dir",
                        directory.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            awaitConnection(port);
            Map<String, List<double[]>> results = new TreeMap<>();
            for (int i = 0; i < rounds; i++) {
                measure(jdk, port, results);
            }
            judge(results, report);
        } finally {
            redis.destroy();
            if (!redis.waitFor(10, TimeUnit.SECONDS)) {
                redis.destroyForcibly();
            }
            for (File left : directory.toFile().listFiles()) {
                Files.delete(left.toPath());
            }
            Files.delete(directory);
        }
    }

    private static void judge(Map<String, List<double[]>> results, Report report) {
        double none = median(results, "none", 0);
        double fleet = median(results, "fleet", 0);
        double sync = median(results, "bucket4j", 0);
        double delaying = median(results, "bucket4j-delaying", 0);
        report.info("no limit: ns", none, "");
        report.info("a rate of its own: ns more", median(results, "own", 0) - none, "");
        report.info("a rate of the fleet: ns more", fleet - none, "");
        report.info("Bucket4j in memory: ns", median(results, "bucket4j-local", 0), "");
        report.info("Bucket4j on Redis: ns", sync, "");
        report.info("Bucket4j on Redis, batching: ns", median(results, "bucket4j-batching", 0), "");
        report.info("Bucket4j on Redis, delaying: ns", delaying, "");
        report.info("Bucket4j on Redis, predicting: ns", median(results, "bucket4j-predicting", 0), "");
        report.atLeast("Bucket4j on Redis: time, ratio to a rate of the fleet", sync / (fleet - none), TIMES, "");
        report.atMost("a rate of the fleet: time, ratio to delaying", (fleet - none) / delaying, RATIO, "");
        for (String one : List.of("own", "fleet")) {
            double more = median(results, one, 1) - median(results, "none", 1);
            report.atMost("rate, " + one + ": bytes more", Math.rint(more), BYTES, "");
        }
        for (String one : List.of("bucket4j", "bucket4j-batching", "bucket4j-delaying", "bucket4j-predicting")) {
            report.info(one + ": bytes", median(results, one, 1), "");
            report.info(one + ": commands to Redis per call", median(results, one, 2), "");
        }
        report.info("a rate of the fleet: commands to Redis per second", median(results, "renewals", 0), "");
        for (String one : List.of("none", "fleet", "bucket4j", "bucket4j-batching", "bucket4j-delaying")) {
            report.info("8 threads, " + one + ": ns", median(results, "threads-" + one, 0), "");
        }
    }

    private static double median(Map<String, List<double[]>> results, String name, int column) {
        return Report.median(
                results.get(name).stream().mapToDouble(each -> each[column]).toArray());
    }

    private static void measure(Path jdk, int port, Map<String, List<double[]>> results) throws Exception {
        Process process = new ProcessBuilder(
                        jdk.resolve("bin/java").toString(),
                        "-Xbatch",
                        "-Xms512m",
                        "-Xmx512m",
                        "-XX:+UseParallelGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "bench.FleetProgram",
                        Integer.toString(port))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = process.inputReader()) {
            List<String> lines = out.lines().toList();
            if (process.waitFor() != 0) {
                throw new IOException("failed");
            }
            for (String line : lines) {
                String[] words = line.split(" ");
                double[] values = new double[words.length - 1];
                for (int i = 0; i < values.length; i++) {
                    values[i] = Double.parseDouble(words[i + 1]);
                }
                results.computeIfAbsent(words[0], name -> new ArrayList<>()).add(values);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return socket.getLocalPort();
        }
    }

    private static void awaitConnection(int port) throws IOException {
        long end = System.nanoTime() + START_NANOS;
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(HOST, port));
                return;
            } catch (IOException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }
}
