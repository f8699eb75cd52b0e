package bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.HashMap;
import java.util.Map;

/**
 * Calls the server whose address is its argument for a while whenever it is told so: a line {@code client millis} on
 * standard input is answered by the number of calls per second and the CPU nanoseconds per call.
 */
public final class ThroughputProgram {
    private ThroughputProgram() {}

    public static void main(String[] arguments) throws Exception {
        Map<String, Caller> callers = new HashMap<>();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            Caller caller = callers.computeIfAbsent(words[0], client -> Callers.of(client, arguments[0]));
            long start = System.nanoTime();
            long cpu = cpu();
            long until = start + Long.parseLong(words[1]) * 1_000_000;
            long calls = 0;
            while (System.nanoTime() - until < 0) {
                for (int i = 0; i < 10; i++) {
                    if (caller.call() != 200) {
                        throw new IOException("not 200");
                    }
                }
                calls += 10;
            }
            System.out.println(calls * 1e9 / (System.nanoTime() - start) + " " + (double) (cpu() - cpu) / calls);
        }
        System.exit(0); // threads of the clients would keep it
    }

    private static long cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }
}
