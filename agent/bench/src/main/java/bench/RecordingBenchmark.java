package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Judges {@link RecordingCosts}: what it costs to record a body of 64 KiB for the fallback cache. Compared are a policy
 * with the strategy {@code cache} and the same one without, and, so that it is seen what the comparison can tell, two
 * without; and the strategy with {@code cache_dir}, which is not judged: it hangs on the disk.
 */
final class RecordingBenchmark {
    private static final int BODY = 64 * 1024;
    private static final double THROUGHPUT = 0.95;
    /** The copy, and the objects around it. */
    private static final int BYTES = BODY + 8 * 1024;

    private static final int WARM_UP = 40;
    private static final int PAIRS = 100;
    private static final TimeValue ITERATION = TimeValue.milliseconds(100);

    private static final String HOSTS = """
            [hosts."127.0.0.2".retry]
            max_retries = 3
            [hosts."127.0.0.3".retry]
            max_retries = 3
            [hosts."127.0.0.4".retry]
            max_retries = 3
            [hosts."127.0.0.4".retry.fallback]
            strategy = "cache"
            """;

    private RecordingBenchmark() {}

    static void run(Path jdk, int rounds, Report report) throws Exception {
        Path directory = Files.createTempDirectory("holdfast-bench");
        String classPath = System.getProperty("java.class.path");
        try (LoopbackServer server = new LoopbackServer(BODY)) {
            Path config = Files.writeString(directory.resolve("memory.toml"), HOSTS);
            Path files = Files.writeString(directory.resolve("files.toml"), """
                    [retry.fallback]
                    cache_dir = "kept"
                    """ + HOSTS);
            System.setProperty("java.class.path", ClassPaths.withoutAgent(classPath)); // JMH gives it to its forks
            for (String api : new String[] {"HttpClient", "HttpURLConnection"}) {
                double[] same = compare(jdk, rounds, api, config, server.url(), "127.0.0.3");
                double[] recorded = compare(jdk, rounds, api, config, server.url(), "127.0.0.4");
                double[] filed = compare(jdk, rounds, api, files, server.url(), "127.0.0.4");
                report.info("64 KiB, " + api + ": calls per second, neither recorded", same[0], "");
                report.atLeast("64 KiB, " + api + ": calls per second, recorded", recorded[0], THROUGHPUT, "");
                report.info("64 KiB, " + api + ": microseconds a call, not recorded", recorded[2], "");
                report.atMost("64 KiB, " + api + ": bytes more, recorded", recorded[1], BYTES, "");
                report.info("64 KiB, " + api + ": calls per second, recorded in files too", filed[0], "");
                report.info("64 KiB, " + api + ": bytes more, recorded in files too", filed[1], "");
            }
        } finally {
            System.setProperty("java.class.path", classPath);
            delete(directory);
        }
    }

    /** Medians over the pairs: the ratio of the rates, the bytes that a call allocates more, a call's microseconds. */
    private static double[] compare(Path jdk, int rounds, String api, Path config, String url, String second)
            throws Exception {
        List<double[]> pairs = new ArrayList<>();
        for (RunResult result : new Runner(new OptionsBuilder()
                        .include("^bench\\.RecordingCosts\\.")
                        .param("api", api)
                        .jvm(jdk.resolve("bin/java").toString())
                        .jvmArgs(
                                "-Xms256m",
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-Dbench.first=" + url.replace("127.0.0.1", "127.0.0.2"),
                                "-Dbench.second=" + url.replace("127.0.0.1", second),
                                "-javaagent:"
                                        + Path.of("agent/target/holdfast-agent.jar")
                                                .toAbsolutePath() + "=strict=true,config=" + config)
                        .forks(rounds)
                        .warmupIterations(WARM_UP)
                        .warmupTime(ITERATION)
                        .measurementIterations(2 * PAIRS)
                        .measurementTime(ITERATION)
                        .addProfiler(GCProfiler.class)
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build())
                .run()) {
            for (BenchmarkResult fork : result.getBenchmarkResults()) {
                List<IterationResult> iterations = new ArrayList<>(fork.getIterationResults());
                for (int i = 0; i + 1 < iterations.size(); i += 2) {
                    double[] one = of(iterations.get(i));
                    double[] other = of(iterations.get(i + 1));
                    pairs.add(new double[] {other[0] / one[0], other[1] - one[1], 1e6 / one[0]});
                }
            }
        }
        double[] medians = new double[3];
        for (int i = 0; i < medians.length; i++) {
            int column = i;
            medians[i] = Report.median(
                    pairs.stream().mapToDouble(pair -> pair[column]).toArray());
        }
        return medians;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static double[] of(IterationResult iteration) {
        return new double[] {
            iteration.getPrimaryResult().getScore(),
            iteration.getSecondaryResults().get("gc.alloc.rate.norm").getScore()
        };
    }
}
