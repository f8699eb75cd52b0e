package bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs JMH round by round, one fork of each benchmark in each, so that what is compared runs in turn. */
final class Jmh {
    private static final TimeValue WARM_UP = TimeValue.milliseconds(300);
    private static final TimeValue ITERATION = TimeValue.milliseconds(100);

    /**
     * Medians over the rounds.
     *
     * @param nanos for one operation, in the best iteration of a round: other programs only ever make one slower
     * @param bytes allocated by one operation
     */
    record Result(double nanos, double bytes) {}

    private final Path jdk;
    private final int rounds;
    // Compiled in the foreground: on a busy machine the compiler's threads would not be done when the warm-up is.
    private final List<String> jvmArguments =
            new ArrayList<>(List.of("-Xbatch", "-Xms256m", "-Xmx256m", "-XX:+UseParallelGC"));
    private boolean withoutAgentClasses;
    private int threads = 1;

    Jmh(Path jdk, int rounds) {
        this.jdk = jdk;
        this.rounds = rounds;
    }

    /** Takes the agent's own classes off the class path: found there, the agent would not be read from its jar. */
    Jmh withoutAgentClasses() {
        withoutAgentClasses = true;
        return this;
    }

    Jmh jvmArgument(String argument) {
        jvmArguments.add(argument);
        return this;
    }

    Jmh threads(int number) {
        threads = number;
        return this;
    }

    static Map<String, Result> run(Jmh settings, Class<?> benchmarks) throws RunnerException {
        return settings.run(benchmarks);
    }

    private Map<String, Result> run(Class<?> benchmarks) throws RunnerException {
        String classPath = System.getProperty("java.class.path");
        Map<String, List<Double>> nanos = new TreeMap<>();
        Map<String, List<Double>> bytes = new TreeMap<>();
        try {
            if (withoutAgentClasses) {
                System.setProperty("java.class.path", ClassPaths.withoutAgent(classPath)); // JMH gives it to its forks
            }
            for (int round = 0; round < rounds; round++) {
                for (RunResult result : once(benchmarks)) {
                    String name = result.getParams().getBenchmark();
                    name = name.substring(name.lastIndexOf('.') + 1);
                    for (BenchmarkResult fork : result.getBenchmarkResults()) {
                        add(nanos, name, best(fork));
                        add(
                                bytes,
                                name,
                                fork.getSecondaryResults()
                                        .get("gc.alloc.rate.norm")
                                        .getScore());
                    }
                }
            }
        } finally {
            System.setProperty("java.class.path", classPath);
        }
        Map<String, Result> results = new TreeMap<>();
        nanos.forEach((name, values) -> results.put(name, new Result(median(values), median(bytes.get(name)))));
        return results;
    }

    private Collection<RunResult> once(Class<?> benchmarks) throws RunnerException {
        return new Runner(new OptionsBuilder()
                        .include("^" + benchmarks.getName().replace(".", "\\.") + "\\.")
                        .jvm(jdk.resolve("bin/java").toString())
                        .jvmArgs(jvmArguments.toArray(String[]::new))
                        .forks(1)
                        .threads(threads)
                        .warmupIterations(8)
                        .warmupTime(WARM_UP)
                        .measurementIterations(12)
                        .measurementTime(ITERATION)
                        .addProfiler(GCProfiler.class)
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build())
                .run();
    }

    private static double best(BenchmarkResult fork) {
        double best = Double.MAX_VALUE;
        for (IterationResult iteration : fork.getIterationResults()) {
            best = Math.min(best, iteration.getPrimaryResult().getScore());
        }
        return best;
    }

    private static void add(Map<String, List<Double>> to, String name, double value) {
        to.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
    }

    private static double median(List<Double> values) {
        return Report.median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
