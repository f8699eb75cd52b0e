package dev.holdfast.client.okhttp;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;
import org.jspecify.annotations.Nullable;

/**
 * The program's calls that are under way and what there is to do when it cancels one of them: to end a wait, or to
 * cancel the calls that carry the attempts, for as long as somebody may read their bodies. Thread-safe.
 */
final class OpenCalls {
    private final Map<Call, Runnable> actions = new ConcurrentHashMap<>();
    /** Guarded by itself. The values weakly, as the events of an attempt's call lead to the program's. */
    private final Map<Call, List<WeakReference<Call>>> attempts = new WeakHashMap<>();
    /** The attempts by the calls that carry them, for as long as anybody has these. Guarded by itself. */
    private final Map<Call, Carried> carriers = new WeakHashMap<>();
    /** False as long as no attempt was a call of its own, so that all others need no lock. */
    private volatile boolean anyAttempt;

    /**
     * An attempt. All of it weakly, as everything here may lead to the call that carries it, which would never be
     * forgotten: the program's call by the program's listener and tags, the stage by the attempt that waits for its
     * beginning.
     *
     * @param program the program's call that it belongs to; an attempt that is under way leads to it
     * @param stage kept by the call that carries the attempt
     */
    private record Carried(WeakReference<Call> program, WeakReference<Stage> stage) {
        /** The policy has not ended the attempt: who cancels it means the program's call. */
        boolean isWanted() {
            Stage known = stage.get();
            return known == null || !known.isGivenUp();
        }
    }

    /** The ends of attempts with which calls end, until the library takes these for ended. Guarded by itself. */
    private final Map<Call, CallEnd> ends = new WeakHashMap<>();
    /** False as long as no call ended with an attempt, so that all others need no lock. */
    private volatile boolean anyEnd;

    /** A call's response is that of an attempt, whose end is the call's. */
    void endsWith(Call call, CallEnd end) {
        synchronized (ends) {
            CallEnd unused = ends.put(call, end);
        }
        anyEnd = true;
    }

    /** Takes the end of a call that ends with an attempt; null: it ends by itself. */
    @Nullable
    CallEnd takeEnd(@Nullable Object call) {
        if (!anyEnd) {
            return null;
        }
        synchronized (ends) {
            return ends.remove(call);
        }
    }

    /** Runs something when a call is cancelled, in place of what was to be run before; at once where it is already. */
    void onCancel(Call call, Runnable action) {
        actions.put(call, action);
        if (call.isCanceled()) {
            cancelled(call);
        }
    }

    /**
     * Cancels an attempt with the program's call, and the program's call with that of the attempt.
     *
     * @param call the program's
     * @param carrier the call that carries the attempt
     * @param stage one of its interceptors
     */
    void link(Call call, Call carrier, Stage stage) {
        anyAttempt = true;
        synchronized (carriers) {
            Carried unused = carriers.put(carrier, new Carried(new WeakReference<>(call), new WeakReference<>(stage)));
        }
        synchronized (attempts) {
            attempts.computeIfAbsent(call, c -> new ArrayList<>(1)).add(new WeakReference<>(carrier));
        }
        if (call.isCanceled()) {
            carrier.cancel();
        }
    }

    /** Returns whether there are calls that carry attempts. */
    boolean hasAttempts() {
        synchronized (carriers) {
            return !carriers.isEmpty();
        }
    }

    /** The program's call for one that carries an attempt of it; any other as it is. */
    Object programs(Object call) {
        Carried attempt = anyAttempt && call instanceof Call carrier ? attempt(carrier) : null;
        Call program = attempt == null ? null : attempt.program().get();
        return program == null ? call : program;
    }

    private @Nullable Carried attempt(Call carrier) {
        synchronized (carriers) {
            return carriers.get(carrier);
        }
    }

    /** The call is over. */
    void end(Call call) {
        actions.remove(call);
    }

    /**
     * A call was cancelled.
     *
     * @param by the call, or a part of it, in which case any may have been
     */
    void cancelled(Object by) {
        if (by instanceof Call call) {
            cancelledCall(call);
            return;
        }
        List<Call> known = new ArrayList<>(actions.keySet());
        synchronized (attempts) {
            known.addAll(attempts.keySet());
        }
        synchronized (carriers) {
            known.addAll(carriers.keySet());
        }
        for (Call call : known) {
            if (call.isCanceled()) {
                cancelledCall(call);
            }
        }
    }

    private void cancelledCall(Call call) {
        Runnable action = actions.remove(call);
        if (action != null) {
            action.run();
        }
        List<WeakReference<Call>> linked;
        synchronized (attempts) {
            linked = attempts.remove(call);
        }
        if (linked != null) {
            for (WeakReference<Call> reference : linked) {
                Call attempt = reference.get();
                if (attempt != null) {
                    attempt.cancel();
                }
            }
        }
        Carried carried = attempt(call);
        if (carried == null || !carried.isWanted()) {
            return;
        }
        Call program = carried.program().get();
        if (program != null && !program.isCanceled()) {
            program.cancel(); // by somebody who met the attempt's call, and takes it for the program's
        }
    }
}
