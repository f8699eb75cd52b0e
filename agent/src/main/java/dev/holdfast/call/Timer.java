package dev.holdfast.call;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one thread on which delays and timeouts elapse: {@code holdfast-timer}, a daemon, started with the first task, so
 * that a program that never waits has none. No application code ever runs on it. Thread-safe.
 */
public final class Timer {
    private @Nullable ScheduledExecutorService executor;

    /** The thread is started with the first task. */
    public Timer() {}

    /** A timer on something else than time. */
    Timer(ScheduledExecutorService executor) {
        this.executor = executor;
    }

    /**
     * Runs a task after a delay.
     *
     * @param task short, and not the application's
     * @param nanos the delay
     * @return cancels the task, and lets go of it at once
     */
    public Future<?> schedule(Runnable task, long nanos) {
        return executor().schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    private synchronized ScheduledExecutorService executor() {
        ScheduledExecutorService current = executor;
        if (current == null) {
            ScheduledThreadPoolExecutor made =
                    new ScheduledThreadPoolExecutor(1, work -> Rights.thread(work, "holdfast-timer"));
            made.setRemoveOnCancelPolicy(true);
            executor = made;
            current = made;
        }
        return current;
    }
}
