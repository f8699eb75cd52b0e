package bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs the benchmarks that are named (start, calls, throughput, paired, cache, peers, fleet, patterns, memory), each on
 * each JDK found. To be started in the root of the repository, after the agent was packed: {@code mvn -B -Pbench
 * -DskipTests -DskipITs verify -Dbench=start,calls}.
 *
 * <p>Everything is judged within one run: what is compared runs in turn, and medians are taken, so that a busy machine
 * blurs the results rather than bends them. Exit status 1 if a limit is missed.
 */
public final class Benchmarks {
    private Benchmarks() {}

    public static void main(String[] arguments) throws Exception {
        List<String> chosen = List.of(arguments[0].split(","));
        int rounds = Integer.parseInt(arguments[1]);
        if (!Files.isRegularFile(Path.of("agent/target/holdfast-agent.jar"))) {
            throw new IllegalStateException("run this in the root of the repository, after mvn package");
        }
        Report report = new Report();
        for (Path jdk : Jdks.find()) {
            report.heading("JDK " + Jdks.feature(jdk));
            for (String one : chosen) {
                switch (one.strip()) {
                    case "start" -> StartBenchmark.run(jdk, 10 * rounds, report);
                    case "calls" -> CallBenchmark.run(jdk, rounds, report);
                    case "throughput" -> ThroughputBenchmark.run(jdk, rounds, report);
                    case "paired" -> PairedBenchmark.policy(jdk, rounds, report);
                    case "cache" -> RecordingBenchmark.run(jdk, rounds, report);
                    case "peers" -> PeerBenchmark.run(jdk, rounds, report);
                    case "fleet" -> FleetBenchmark.run(jdk, rounds, report);
                    case "patterns" -> PatternsBenchmark.run(jdk, rounds, report);
                    case "memory" -> MemoryBenchmark.run(jdk, report);
                    default -> throw new IllegalArgumentException("no benchmark: " + one);
                }
            }
        }
        System.exit(report.passed() ? 0 : 1);
    }
}
