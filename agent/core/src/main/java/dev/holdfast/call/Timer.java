package dev.holdfast.call;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one thread on which delays and timeouts elapse: {@code holdfast-timer}, a daemon, started with the first task, so
 * that a program that never waits has none. No application code ever runs on it. What has to be done then and may block
 * gets a thread of its own. Thread-safe.
 */
public final class Timer {
    private @Nullable ScheduledExecutorService executor;
    private @Nullable Executor threads;
    private @Nullable JvmKeepAlive keepAlive;

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

    /**
     * Runs something that may block, on a daemon of its own, {@code holdfast-hedge}, which ends with it. Called by a
     * task of {@link #schedule}.
     *
     * <p>The thread comes from an executor because tracing agents hand the current span on from whoever gives a task to
     * an executor to whoever runs it, and to no thread that is started otherwise. So both ways together lead the span
     * of the call here.
     */
    public void onThread(Runnable work) {
        threads().execute(work);
    }

    /** Keeps the JVM alive until the same number of calls of {@link #letJvmEnd}. */
    public void keepJvmAlive() {
        keepAlive().begin();
    }

    /** Ends a {@link #keepJvmAlive}. */
    public void letJvmEnd() {
        keepAlive().end();
    }

    private synchronized JvmKeepAlive keepAlive() {
        JvmKeepAlive current = keepAlive;
        if (current == null) {
            current = new JvmKeepAlive();
            keepAlive = current;
        }
        return current;
    }

    private synchronized Executor threads() {
        Executor current = threads;
        if (current == null) {
            // Without a time to wait for more work, each thread ends after its first.
            current = new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    0,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    task -> Privileges.thread(task, "holdfast-hedge"));
            threads = current;
        }
        return current;
    }

    private synchronized ScheduledExecutorService executor() {
        ScheduledExecutorService current = executor;
        if (current == null) {
            ScheduledThreadPoolExecutor made =
                    new ScheduledThreadPoolExecutor(1, work -> Privileges.thread(work, "holdfast-timer"));
            made.setRemoveOnCancelPolicy(true);
            executor = made;
            current = made;
        }
        return current;
    }
}
