package bench;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Judges {@link Peers}. resilience4j has no breaker of consecutive failures: its window of calls stands beside ours.
 */
final class PeerBenchmark {
    private PeerBenchmark() {}

    static void run(Path jdk, int rounds, Report report) throws Exception {
        for (int threads : new int[] {1, 2, 8}) {
            Map<String, Jmh.Result> results = Jmh.run(new Jmh(jdk, rounds).threads(threads), Peers.class);
            String with = ", " + threads + (threads == 1 ? " thread" : " threads");
            // Eight threads on fewer processors measure the scheduler as well: said, not judged.
            boolean judged = threads <= 2;
            compare("consecutive" + with, results, "consecutiveHoldfast", "callsResilience4j", 1 / 3.0, judged, report);
            compare("consecutive" + with, results, "consecutiveHoldfast", "consecutiveFailsafe", 1, judged, report);
            compare("window of calls" + with, results, "callsHoldfast", "callsResilience4j", 1, judged, report);
            compare("window of calls" + with, results, "callsHoldfast", "callsFailsafe", 1, judged, report);
            compare("window of time" + with, results, "timeHoldfast", "timeResilience4j", 1, judged, report);
            compare("window of time" + with, results, "timeHoldfast", "timeFailsafe", 1, judged, report);
            compare("retry and all" + with, results, "callHoldfast", "callResilience4j", 1, judged, report);
            compare("retry and all" + with, results, "callHoldfast", "callFailsafe", 1, judged, report);
            report.info(
                    "look for the policy" + with + ": ns", results.get("lookup").nanos(), "");
            for (String one : new String[] {"consecutiveHoldfast", "callsHoldfast", "timeHoldfast"}) {
                // Some bytes in a billion operations: a bucket of time.
                report.atMost(one + with + ": bytes", Math.rint(results.get(one).bytes()), 0, "");
            }
        }
    }

    private static void compare(
            String what,
            Map<String, Jmh.Result> results,
            String ours,
            String theirs,
            double limit,
            boolean judged,
            Report report) {
        double our = results.get(ours).nanos();
        double their = results.get(theirs).nanos();
        String name = what + ": time, ratio to " + theirs.replaceFirst("^[a-z]+", "");
        String remark = String.format(Locale.ROOT, "(%.0f and %.0f ns)", our, their);
        if (judged) {
            report.atMost(name, our / their, limit, remark);
        } else {
            report.info(name, our / their, remark);
        }
    }
}
