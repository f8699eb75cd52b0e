package dev.holdfast.leak;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The program under test: calls servers at which each kind of policy acts, with each library; prints for each what it
 * holds before and after. The arguments: the number of calls, and the servers' URIs in the order of {@link Origin}.
 */
final class LibraryLeakProgram {
    /** The servers, by what a call of theirs needs. */
    enum Origin {
        /** A second attempt. */
        FAILS_ONCE,
        /** A response that the policy has at hand. */
        DOWN,
        /** A second attempt, as the first is given up. */
        SLOW,
        /** A second attempt beside the first. */
        HEDGED,
        /** An exception, after a retry. */
        BROKEN,
        /** An alternate origin. */
        MOVED,
        /** A minute between attempts. */
        PATIENT,
        /** An attempt that is long in coming. */
        LATE
    }

    private final List<URI> servers;
    private final LibraryCaller caller;
    private final ExecutorService threads = Executors.newFixedThreadPool(LeakProgram.TOGETHER + 4, task -> {
        Thread thread = new Thread(task, "caller");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicInteger number = new AtomicInteger();
    private final List<Runnable> cancels = new ArrayList<>();

    private LibraryLeakProgram(List<URI> servers, LibraryCaller caller) {
        this.servers = servers;
        this.caller = caller;
    }

    public static void main(String[] arguments) throws Exception {
        int calls = Integer.parseInt(arguments[0]);
        List<URI> servers = Arrays.stream(arguments).skip(1).map(URI::create).toList();
        for (LibraryCaller caller : LibraryCaller.values()) {
            LibraryLeakProgram program = new LibraryLeakProgram(servers, caller);
            program.run(calls / 10);
            Usage before = program.usage();
            program.run(calls);
            Usage after = program.usage();
            // Idle connections are given up after a while, and cancelled calls end: give them that while, not more.
            long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while ((caller.busy() > 0 || !after.withinReachOf(before)) && System.nanoTime() < until) {
                after = program.usage();
            }
            System.out.println(before.toLine());
            System.out.println(after.toLine());
            System.out.println(caller + " busy " + caller.busy());
            program.threads.shutdown();
        }
        System.exit(0);
    }

    private Usage usage() throws IOException {
        try (InputStream in = uri(Origin.FAILS_ONCE).resolve("/open").toURL().openStream()) {
            return Usage.now(Integer.parseInt(new String(in.readAllBytes(), StandardCharsets.US_ASCII)));
        }
    }

    /** Makes calls in rounds of 40. Each round cancels two calls of the round before. */
    private void run(int calls) throws Exception {
        int rounds = calls / (4 * LeakProgram.TOGETHER);
        for (int round = 0; round < rounds; round++) {
            List<Callable<@Nullable Void>> together = new ArrayList<>();
            for (int i = 0; i < 4 * LeakProgram.TOGETHER; i++) {
                together.add(call(kind(round, i), i % 3 == 0));
            }
            for (List<Callable<@Nullable Void>> some : List.of(
                    together.subList(0, 10),
                    together.subList(10, 20),
                    together.subList(20, 30),
                    together.subList(30, 40))) {
                for (Future<@Nullable Void> done : threads.invokeAll(some)) {
                    done.get();
                }
            }
            abandon();
        }
        cancels.forEach(Runnable::run);
        cancels.clear();
    }

    private static Origin kind(int round, int call) {
        return switch (call) {
            case 3, 17 -> Origin.DOWN;
            case 11 -> Origin.MOVED;
            case 23 -> round % 5 == 0 ? Origin.SLOW : Origin.FAILS_ONCE;
            case 27 -> round % 5 == 2 ? Origin.HEDGED : Origin.FAILS_ONCE;
            case 36 -> Origin.BROKEN;
            default -> Origin.FAILS_ONCE;
        };
    }

    private Callable<@Nullable Void> call(Origin origin, boolean withBody) {
        return () -> {
            try {
                int status = caller.call(
                        uri(origin),
                        withBody && (origin == Origin.FAILS_ONCE || origin == Origin.SLOW),
                        new AtomicReference<>());
                if (status != 200 || origin == Origin.BROKEN) {
                    throw new IllegalStateException(origin + ": status " + status);
                }
            } catch (IOException e) {
                if (origin != Origin.BROKEN) {
                    throw new IllegalStateException(caller + " " + origin, e);
                }
            }
            return null;
        };
    }

    /** Cancels the calls of the round before, which wait by now, and makes new ones. */
    private void abandon() {
        cancels.forEach(Runnable::run);
        cancels.clear();
        for (Origin origin : List.of(Origin.PATIENT, Origin.LATE)) {
            AtomicReference<@Nullable Runnable> cancel = new AtomicReference<>();
            threads.submit(() -> {
                try {
                    caller.call(uri(origin), false, cancel);
                } catch (IOException e) {
                    // Cancelled.
                }
                return null;
            });
            cancels.add(() -> {
                while (cancel.get() == null) {
                    Thread.onSpinWait();
                }
                cancel.get().run();
            });
        }
    }

    private URI uri(Origin origin) {
        return servers.get(origin.ordinal()).resolve("/" + caller + "/" + number.incrementAndGet());
    }
}
