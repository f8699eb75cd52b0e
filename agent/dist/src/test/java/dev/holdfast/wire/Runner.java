package dev.holdfast.wire;

import dev.holdfast.wire.Run.Arrived;
import dev.holdfast.wire.WireCase.Call;
import dev.holdfast.wire.WireClient.LettingGo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Runs cases, each against a fresh address, and notices calls that do not end. For one thread, and one that watches.
 */
final class Runner {
    /** Long past everything that the server does: what lasts as long does not end by itself. */
    private static final long HANGS_NANOS = 6_000_000_000L;

    private final WireServer server;
    private final Map<String, Integer> ports;
    private final WireClient client;
    private final Thread thread = Thread.currentThread();
    private volatile long since;
    private volatile @Nullable Run running;
    private volatile boolean hung;

    /**
     * A call as it was made, once or several times until it succeeded.
     *
     * @param attempts what the program saw each time
     * @param requests everything that the server received for it
     * @param taken how many replies it has had
     */
    record Made(List<Attempt> attempts, List<Arrived> requests, int taken) {
        /** Returns the outcome that the program saw at last. */
        Outcome outcome() {
            return attempts.get(attempts.size() - 1).outcome();
        }
    }

    /**
     * One attempt at a call.
     *
     * @param taken how many replies it has had
     */
    record Attempt(Outcome outcome, int taken) {}

    /** Decides whether the program makes a call once more. */
    interface Again {
        boolean after(Call call, List<Attempt> attempts);

        /** Returns whether it may do so after an attempt with this number, from 1 on. */
        default boolean mayFollow(Call call, int attempt) {
            return false;
        }
    }

    /**
     * A runner for the current thread.
     *
     * @param ports by the name of the policy, with {@code -} before it for the ports on which nothing listens
     */
    Runner(WireServer server, Map<String, Integer> ports, ExecutorService threads) {
        this.server = server;
        this.ports = ports;
        this.client = new WireClient(threads);
    }

    /**
     * Runs the calls of a case up to one.
     *
     * @param policy the case's own, or {@link WirePolicy#NONE}
     * @param skipped which replies to the last call are left out, a bit each
     * @param lettingGo what becomes of a response after which the call is made again
     */
    List<Made> run(WireCase wireCase, WirePolicy policy, int lastCall, Again again, int skipped, LettingGo lettingGo)
            throws IOException {
        int port = ports.get((wireCase.refusing() ? "-" : "") + policy);
        Run run = new Run(server, wireCase, port);
        run.skip(lastCall, skipped);
        List<List<Attempt>> attempts = new ArrayList<>();
        try {
            for (Call call : wireCase.calls().subList(0, lastCall + 1)) {
                run.begin(call.index());
                List<Attempt> ofCall = new ArrayList<>();
                attempts.add(ofCall);
                do {
                    if (lettingGo == LettingGo.DISCONNECT && !ofCall.isEmpty()) {
                        client.disconnect();
                    }
                    boolean read = lettingGo == LettingGo.CLOSE && !again.mayFollow(call, ofCall.size() + 1);
                    client.lettingGo(read ? LettingGo.READ : lettingGo);
                    int taken = run.taken(call.index());
                    ofCall.add(new Attempt(make(run, call), run.taken(call.index()) - taken));
                } while (again.after(call, ofCall));
            }
        } finally {
            run.close();
            client.end();
        }
        List<Made> made = new ArrayList<>();
        for (int i = 0; i < attempts.size(); i++) {
            made.add(new Made(attempts.get(i), run.requests(i), run.taken(i)));
        }
        return made;
    }

    private Outcome make(Run run, Call call) {
        hung = false;
        since = System.nanoTime();
        running = run;
        try {
            Outcome outcome = client.call(run, call);
            return hung ? new Outcome(-1, "", null, "hung") : outcome;
        } finally {
            running = null;
            if (hung) {
                client.renew();
            }
        }
    }

    /** Ends what hangs, and reports where it did. Called periodically, by another thread. */
    void watch() {
        Run run = running;
        if (run != null && System.nanoTime() - since > HANGS_NANOS) {
            if (!hung) {
                hung = true;
                StackTraceElement[] stack = thread.getStackTrace();
                System.err.println("hangs: case " + run.wireCase.number() + " at port " + run.port + ", at "
                        + List.of(stack).subList(0, Math.min(14, stack.length)));
                run.abort();
            } else {
                thread.interrupt();
            }
            since = System.nanoTime() - HANGS_NANOS + 1_000_000_000L;
        }
    }
}
