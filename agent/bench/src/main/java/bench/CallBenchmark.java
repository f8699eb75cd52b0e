package bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Judges {@link CallCosts}, and {@link LibraryCallProgram}. */
final class CallBenchmark {
    private static final double NO_POLICY_NANOS = 100;
    private static final double NO_POLICY_BYTES = 0;
    private static final double POLICY_NANOS = 2_000;
    private static final double POLICY_BYTES = 1_024;

    private CallBenchmark() {}

    static void run(Path jdk, int rounds, Report report) throws Exception {
        Path config = Files.createTempFile("holdfast-bench", ".toml");
        try {
            // Everything that a call passes while all is well.
            Files.writeString(config, """
                    [hosts."policy.example".retry]
                    max_retries = 3
                    [hosts."policy.example".retry.circuit_breaker]
                    enabled = true
                    """);
            Map<String, Jmh.Result> results = Jmh.run(
                    new Jmh(jdk, rounds)
                            .withoutAgentClasses()
                            .jvmArgument("--add-exports=java.base/sun.net.www=ALL-UNNAMED")
                            .jvmArgument("-javaagent:"
                                    + Path.of("agent/target/holdfast-agent.jar").toAbsolutePath() + "=" + config),
                    CallCosts.class);
            for (String client : new String[] {"send", "sendAsync", "connection"}) {
                Jmh.Result bare = results.get(client + "Bare");
                judge(client + ", host without policy", bare, results.get(client + "NoPolicy"), report, true);
                judge(client + ", policy that need not act", bare, results.get(client + "Policy"), report, false);
            }
            LibraryCallBenchmark.run(jdk, rounds, config, report);
        } finally {
            Files.delete(config);
        }
    }

    private static void judge(String what, Jmh.Result bare, Jmh.Result with, Report report, boolean noPolicy) {
        report.atMost(
                what + ": ns more",
                with.nanos() - bare.nanos(),
                noPolicy ? NO_POLICY_NANOS : POLICY_NANOS,
                String.format("(%.0f and %.0f ns)", bare.nanos(), with.nanos()));
        report.atMost(
                what + ": bytes more",
                Math.rint(with.bytes() - bare.bytes()),
                noPolicy ? NO_POLICY_BYTES : POLICY_BYTES,
                "");
    }
}
