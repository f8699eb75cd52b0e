package bench;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/**
 * Calls two hosts in turn, through a client that its first argument names and a peer that answers at once. Prints, for
 * each, the CPU nanoseconds of a call in the best of many batches, and the bytes that one allocates.
 */
public final class LibraryCallProgram {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int BATCH = 2_000;
    private static final int WARM_UP = 60;
    private static final int BATCHES = 150;

    private LibraryCallProgram() {}

    public static void main(String[] arguments) throws Exception {
        Caller[] callers = {
            InstantLibraries.of(arguments[0], "http://other.example/path"),
            InstantLibraries.of(arguments[0], "http://policy.example/path")
        };
        double[] nanos = {Double.MAX_VALUE, Double.MAX_VALUE};
        double[] bytes = {Double.MAX_VALUE, Double.MAX_VALUE};
        for (int i = -WARM_UP; i < BATCHES; i++) {
            for (int one = 0; one < callers.length; one++) {
                double[] spent = batch(callers[(one + i) & 1]);
                int which = (one + i) & 1;
                if (i >= 0) {
                    nanos[which] = Math.min(nanos[which], spent[0]);
                    bytes[which] = Math.min(bytes[which], spent[1]);
                }
            }
        }
        System.out.println(nanos[0] + " " + bytes[0] + " " + nanos[1] + " " + bytes[1]);
        System.exit(0);
    }

    private static double[] batch(Caller caller) throws IOException {
        long[] before = used();
        for (int i = 0; i < BATCH; i++) {
            if (caller.call() != 200) {
                throw new IOException("not 200");
            }
        }
        long[] after = used();
        return new double[] {(double) (after[0] - before[0]) / BATCH, (double) (after[1] - before[1]) / BATCH};
    }

    /** CPU nanoseconds and bytes of all threads. */
    private static long[] used() {
        long[] threads = THREADS.getAllThreadIds();
        long cpu = 0;
        long bytes = 0;
        for (long thread : threads) {
            cpu += Math.max(0, THREADS.getThreadCpuTime(thread));
            bytes += Math.max(0, THREADS.getThreadAllocatedBytes(thread));
        }
        return new long[] {cpu, bytes};
    }
}
