package dev.holdfast.wire;

import dev.holdfast.wire.WireClient.LettingGo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The main program of a JVM with the agent: server, program and oracle in one. Arguments: the seed, the first case, how
 * many cases, how many mutated exchanges are enough, how many cases at a time, then {@code name=port} for each policy.
 */
final class WireProgram {
    private static final int MOST_REPORTS = 300;

    private WireProgram() {}

    public static void main(String[] arguments) throws Exception {
        long seed = Long.parseLong(arguments[0]);
        int first = Integer.parseInt(arguments[1]);
        long cases = Long.parseLong(arguments[2]);
        long enough = Long.parseLong(arguments[3]);
        int workers = Integer.parseInt(arguments[4]);
        boolean repeat = Boolean.getBoolean("wire.repeat");
        Map<String, Integer> ports = new HashMap<>();
        List<Integer> listening = new ArrayList<>();
        for (int i = 5; i < arguments.length; i++) {
            String[] port = arguments[i].split("=", 2);
            ports.put(port[0], Integer.parseInt(port[1]));
            if (!port[0].startsWith("-")) {
                listening.add(Integer.parseInt(port[1]));
            }
        }
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "wire");
            thread.setDaemon(true);
            return thread;
        });
        WireServer server =
                new WireServer(listening, ports.get(WirePolicy.NONE.name()), ports.get("-" + WirePolicy.NONE), threads);
        AtomicInteger next = new AtomicInteger(first);
        AtomicInteger judged = new AtomicInteger();
        ConcurrentLinkedQueue<Runner> runners = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<String> reports = new ConcurrentLinkedQueue<>();
        CountDownLatch ended = new CountDownLatch(workers);
        for (int i = 0; i < workers; i++) {
            Thread worker = new Thread(
                    () -> {
                        try {
                            Runner runner = new Runner(server, ports, threads);
                            runners.add(runner);
                            warmUp(runner, seed);
                            for (int n = next.getAndIncrement();
                                    n < first + cases && server.mutated() < enough && reports.size() < MOST_REPORTS;
                                    n = next.getAndIncrement()) {
                                judge(runner, WireCase.draw(seed, repeat ? first : n), reports);
                                judged.incrementAndGet();
                            }
                        } finally {
                            ended.countDown();
                        }
                    },
                    "worker");
            worker.start();
        }
        long started = System.nanoTime();
        long said = started;
        while (!ended.await(200, TimeUnit.MILLISECONDS)) {
            runners.forEach(Runner::watch);
            if (System.nanoTime() - said > 30_000_000_000L) {
                said = System.nanoTime();
                System.err.println("so far " + summary(judged.get(), server) + ", threads " + Thread.activeCount());
            }
        }
        server.close();
        System.out.println(summary(judged.get(), server) + ", "
                + reports.stream()
                        .filter(report -> report.startsWith("DIFFERENCE"))
                        .count() + " differences");
        System.exit(0);
    }

    /** A JVM that loads its classes meanwhile is slower than the pauses of the server. */
    private static void warmUp(Runner runner, long seed) {
        for (int i = 0; i < 30; i++) {
            WireCase wireCase = WireCase.draw(~seed, i);
            if (wireCase.http2()) {
                continue;
            }
            try {
                int last = wireCase.calls().size() - 1;
                runner.run(wireCase, wireCase.policy(), last, (call, made) -> false, 0, LettingGo.READ);
                runner.run(wireCase, WirePolicy.NONE, last, (call, made) -> false, 0, LettingGo.READ);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    private static String summary(int judged, WireServer server) {
        return judged + " cases, " + server.exchanges() + " exchanges, " + server.mutated() + " of them mutated, "
                + server.mutatedWithPolicy() + " of those with a policy";
    }

    private static void judge(Runner runner, WireCase wireCase, ConcurrentLinkedQueue<String> reports) {
        String report;
        try {
            report = new Oracle(runner, wireCase).judge();
        } catch (IOException | RuntimeException | Error e) {
            java.io.StringWriter trace = new java.io.StringWriter();
            e.printStackTrace(new java.io.PrintWriter(trace));
            report = "DIFFERENCE: the harness failed, " + wireCase + "\n" + trace;
        }
        if (report != null) {
            reports.add(report);
            System.out.println(report);
        }
    }
}
