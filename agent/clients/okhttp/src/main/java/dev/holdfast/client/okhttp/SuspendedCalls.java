package dev.holdfast.client.okhttp;

import dev.holdfast.call.Engine;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;
import okhttp3.Dispatcher;
import org.jspecify.annotations.Nullable;

/**
 * The asynchronous calls that have left the thread and the slot of their dispatcher before a wait, until the program
 * has their end. To the program they are running calls: the dispatcher lists and counts them as such, cancels them with
 * all others, and is not idle. The calls that carry attempts stand for the program's, and are not listed beside them.
 * Thread-safe.
 */
final class SuspendedCalls {
    /** Set while a thread asks a dispatcher for what it has itself. */
    private static final ThreadLocal<@Nullable Boolean> PLAIN = new ThreadLocal<>();

    private final OpenCalls openCalls;
    private final Map<Dispatcher, Set<Call>> calls = new ConcurrentHashMap<>();

    SuspendedCalls(OpenCalls openCalls) {
        this.openCalls = openCalls;
    }

    /** The end of a call's suspension. */
    @FunctionalInterface
    interface Suspension {
        /** The program has got the call's end. */
        void end();
    }

    /**
     * A call leaves the calling thread, which is one of the dispatcher's. The JVM is kept alive as that thread would
     * do.
     *
     * @return to be ended once
     */
    Suspension begin(Engine engine, Dispatcher dispatcher, Call call) {
        boolean keepsAlive = !Thread.currentThread().isDaemon();
        if (keepsAlive) {
            engine.keepJvmAlive();
        }
        Set<Call> unused = calls.compute(dispatcher, (key, known) -> {
            Set<Call> all = known == null ? ConcurrentHashMap.newKeySet() : known;
            all.add(call);
            return all;
        });
        return () -> {
            try {
                end(dispatcher, call);
            } finally {
                if (keepsAlive) {
                    engine.letJvmEnd();
                }
            }
        };
    }

    /**
     * A call has ended. Where the dispatcher has nothing else to do, it does not find out by itself that it is idle.
     */
    private void end(Dispatcher dispatcher, Call call) {
        Set<Call> unused = calls.computeIfPresent(dispatcher, (key, known) -> {
            known.remove(call);
            return known.isEmpty() ? null : known;
        });
        if (dispatcher.runningCallsCount() == 0) {
            Runnable idle = OptionalMethods.idleCallback(dispatcher);
            if (idle != null) {
                idle.run();
            }
        }
    }

    /** Returns whether a dispatcher has such calls. */
    boolean isAny(Dispatcher dispatcher) {
        return calls.containsKey(dispatcher);
    }

    /** A dispatcher cancels all of its calls. */
    void cancelAll(Dispatcher dispatcher) {
        for (Call call : calls.getOrDefault(dispatcher, Set.of())) {
            call.cancel();
        }
    }

    // ---- what a dispatcher says of its calls

    /**
     * The running calls of the program's.
     *
     * @param own those that the dispatcher has itself
     */
    List<?> running(Dispatcher dispatcher, List<?> own) {
        if (!isConcerned(dispatcher)) {
            return own;
        }
        Set<Object> all = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Object> running = new ArrayList<>();
        for (Object call : own) {
            Object of = openCalls.programs(call);
            if (all.add(of)) {
                running.add(of);
            }
        }
        for (Call call : calls.getOrDefault(dispatcher, Set.of())) {
            if (all.add(call)) {
                running.add(call);
            }
        }
        return Collections.unmodifiableList(running);
    }

    /**
     * The number of {@link #running} calls. The library's own code asks for it too, so that it must not take the longer
     * the more calls wait.
     *
     * @param own the number that the dispatcher has itself
     */
    int runningCount(Dispatcher dispatcher, int own) {
        if (!isConcerned(dispatcher)) {
            return own;
        }
        Set<Call> suspended = calls.getOrDefault(dispatcher, Set.of());
        int count = suspended.size();
        Set<Object> others = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Object call : plain(dispatcher)) {
            Object of = openCalls.programs(call);
            if (!(of instanceof Call program && suspended.contains(program)) && others.add(of)) {
                count++;
            }
        }
        return count;
    }

    private static List<?> plain(Dispatcher dispatcher) {
        PLAIN.set(Boolean.TRUE);
        try {
            return dispatcher.runningCalls();
        } finally {
            PLAIN.remove();
        }
    }

    private boolean isConcerned(Dispatcher dispatcher) {
        return (calls.containsKey(dispatcher) || openCalls.hasAttempts()) && PLAIN.get() == null;
    }

    /**
     * The queued calls of the program's. An attempt that is queued belongs to a call that is running.
     *
     * @param own those that the dispatcher has itself
     */
    List<?> queued(List<?> own) {
        if (!openCalls.hasAttempts()) {
            return own;
        }
        List<Object> queued = new ArrayList<>(own);
        queued.removeIf(call -> openCalls.programs(call) != call);
        return Collections.unmodifiableList(queued);
    }

    /**
     * The number of {@link #queued} calls.
     *
     * @param own the number that the dispatcher has itself
     */
    int queuedCount(Dispatcher dispatcher, int own) {
        return own == 0 || !openCalls.hasAttempts()
                ? own
                : dispatcher.queuedCalls().size();
    }
}
