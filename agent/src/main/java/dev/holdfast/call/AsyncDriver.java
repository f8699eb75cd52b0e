package dev.holdfast.call;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries out a call without ever blocking a thread. Waits elapse on the engine's timer; everything else, the
 * application's code above all, runs on the caller's thread, the client's threads, or the executor given here.
 *
 * <p>Thread-safe: {@link #cancel} may come at any time from any thread.
 */
public final class AsyncDriver {
    /** An adapter's side of an asynchronous call. */
    public interface Attempt {
        /**
         * Starts one attempt. When it has ended, and the session was told what it gave ({@link Session#after}), the
         * session's answer goes to {@code then}, exactly once, on whatever thread. The result is kept: it is delivered if
         * the session says so, and discarded otherwise.
         *
         * @param send which attempt, and how long it may take
         * @param then takes the session's answer
         */
        void send(Step.Send send, Consumer<Step> then);

        /** Cancels the attempt that was sent last. May come late, or more than once. */
        void cancel();

        /** Hands the last result to the application. */
        void deliver();

        /** Hands the application the end of a call in which Holdfast itself failed: the last real outcome if there is one. */
        void fail(Throwable defect);
    }

    private final Engine engine;
    private final Session session;
    private final Attempt attempt;
    private final Executor executor;

    private final ReentrantLock lock = new ReentrantLock();
    private boolean cancelled;
    private @Nullable Future<?> waiting;

    /**
     * A call that has not begun.
     *
     * @param engine clock and timer
     * @param session the call
     * @param attempt the adapter's side
     * @param executor on which the next attempt is sent after a wait; never the timer's thread
     */
    public AsyncDriver(Engine engine, Session session, Attempt attempt, Executor executor) {
        this.engine = engine;
        this.session = session;
        this.attempt = attempt;
        this.executor = executor;
    }

    /** Begins the call on the caller's thread and returns once the first attempt was started. */
    public void start() {
        go(session.begin(engine.nanoTime()));
    }

    /** Stops whatever is under way: the attempt in flight, or the wait. Nothing is sent after it. */
    public void cancel() {
        Future<?> timer;
        lock.lock();
        try {
            cancelled = true;
            timer = waiting;
            waiting = null;
        } finally {
            lock.unlock();
        }
        if (timer != null) {
            timer.cancel(false);
        }
        attempt.cancel();
    }

    private void go(Step step) {
        if (step instanceof Step.Deliver) {
            attempt.deliver();
        } else if (step instanceof Step.Wait wait) {
            await(wait.nanos());
        } else if (step instanceof Step.Send send) {
            if (!isCancelled()) {
                attempt.send(send, this::go);
                if (isCancelled()) {
                    // It came between the look and the sending.
                    attempt.cancel();
                }
            }
        }
    }

    private void await(long nanos) {
        lock.lock();
        try {
            if (!cancelled) {
                waiting = engine.schedule(() -> executor.execute(this::resume), nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    private void resume() {
        lock.lock();
        try {
            waiting = null;
            if (cancelled) {
                return;
            }
        } finally {
            lock.unlock();
        }
        try {
            go(session.resume(engine.nanoTime()));
        } catch (RuntimeException | Error e) {
            // Nobody above us: without this the application's future would never complete.
            attempt.fail(e);
        }
    }

    private boolean isCancelled() {
        lock.lock();
        try {
            return cancelled;
        } finally {
            lock.unlock();
        }
    }
}
