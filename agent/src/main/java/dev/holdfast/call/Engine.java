package dev.holdfast.call;

import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The policies of one configuration, ready for calls: finds the {@link Target} of a call and starts its
 * {@link Session}. One at a time is current; a reload swaps it. Thread-safe.
 */
public final class Engine {
    /**
     * The target of a call, or null: the call is none of our business and must run as if Holdfast were not there.
     * Allocates nothing for a host that was seen before, policy or not. Bounded in memory whatever hosts come.
     *
     * @param scheme {@code http} or {@code https} in any case
     * @param host as in the URL: any case, brackets or a trailing dot allowed; null gives null
     * @param port as in the URL, -1 for the scheme's default
     */
    public @Nullable Target target(String scheme, @Nullable String host, int port) {
        throw new UnsupportedOperationException();
    }

    /** Starts a call. */
    public Session session(Target target, CallInfo call) {
        throw new UnsupportedOperationException();
    }

    /** {@code System.nanoTime}, or a test's clock. */
    public long nanoTime() {
        throw new UnsupportedOperationException();
    }

    /**
     * Runs a task later on the one daemon timer thread. The task must be short and must never run application code.
     *
     * @param nanos the delay
     * @return cancels the task
     */
    public Future<?> schedule(Runnable task, long nanos) {
        throw new UnsupportedOperationException();
    }
}
