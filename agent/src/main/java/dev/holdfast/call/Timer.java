package dev.holdfast.call;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one thread on which delays and timeouts elapse: {@code holdfast-timer}, a daemon, started with the first task, so
 * that a program that never waits has none. No application code ever runs on it. Thread-safe.
 */
public final class Timer {
    private @Nullable ScheduledThreadPoolExecutor executor;

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

    private synchronized ScheduledThreadPoolExecutor executor() {
        ScheduledThreadPoolExecutor current = executor;
        if (current == null) {
            current = new ScheduledThreadPoolExecutor(1, Timer::thread);
            current.setRemoveOnCancelPolicy(true);
            executor = current;
        }
        return current;
    }

    private static Thread thread(Runnable work) {
        // No inherited thread-locals, no application's context class loader: the thread outlives an undeployed program.
        Thread thread = new Thread(null, work, "holdfast-timer", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        return thread;
    }
}
