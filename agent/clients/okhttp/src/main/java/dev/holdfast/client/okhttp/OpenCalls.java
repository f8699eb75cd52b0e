package dev.holdfast.client.okhttp;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;

/**
 * The program's calls that are under way and what there is to do when it cancels one of them: to end a wait, or to
 * cancel the calls that carry the attempts, for as long as somebody may read their bodies. Thread-safe.
 */
final class OpenCalls {
    private final Map<Call, Runnable> actions = new ConcurrentHashMap<>();
    /** Guarded by itself. The values weakly, as the events of an attempt's call lead to the program's. */
    private final Map<Call, List<WeakReference<Call>>> attempts = new WeakHashMap<>();

    /** Runs something when a call is cancelled, in place of what was to be run before; at once where it is already. */
    void onCancel(Call call, Runnable action) {
        actions.put(call, action);
        if (call.isCanceled()) {
            cancelled(call);
        }
    }

    /** Cancels an attempt's call with the program's. */
    void link(Call call, Call attempt) {
        synchronized (attempts) {
            attempts.computeIfAbsent(call, c -> new ArrayList<>(1)).add(new WeakReference<>(attempt));
        }
        if (call.isCanceled()) {
            attempt.cancel();
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
    }
}
