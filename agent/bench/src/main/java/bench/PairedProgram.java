package bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Calls two addresses of one server in turn, so that whatever differs between them is a policy: same JVM, same compiled
 * code, same moment. Prints the medians, over the pairs, of the second's calls per second and CPU per call as ratios to
 * the first's.
 */
public final class PairedProgram {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private PairedProgram() {}

    public static void main(String[] arguments) throws Exception {
        Caller[] callers = {Callers.of(arguments[0], arguments[1]), Callers.of(arguments[0], arguments[2])};
        int calls = Integer.parseInt(arguments[3]);
        int pairs = Integer.parseInt(arguments[4]);
        int warmUp = pairs / 3;
        double[] rates = new double[pairs];
        double[] cpu = new double[pairs];
        for (int i = -warmUp; i < pairs; i++) {
            long[][] spent = new long[2][];
            for (int k = 0; k < 2; k++) {
                int one = (i + k) & 1;
                spent[one] = spent(callers[one], calls);
            }
            if (i >= 0) {
                rates[i] = (double) spent[0][0] / spent[1][0];
                cpu[i] = (double) spent[1][1] / spent[0][1];
            }
        }
        System.out.println(Report.median(rates) + " " + Report.median(cpu));
        System.exit(0); // threads of the clients would keep it
    }

    /** Nanoseconds, CPU nanoseconds. */
    private static long[] spent(Caller caller, int calls) throws IOException {
        long[] before = used();
        for (int i = 0; i < calls; i++) {
            if (caller.call() != 200) {
                throw new IOException("not 200");
            }
        }
        long[] after = used();
        return new long[] {after[0] - before[0], after[1] - before[1]};
    }

    private static long[] used() {
        long cpu = 0;
        for (long thread : THREADS.getAllThreadIds()) {
            cpu += Math.max(0, THREADS.getThreadCpuTime(thread));
        }
        return new long[] {System.nanoTime(), cpu};
    }
}
