package dev.holdfast.call;

import java.io.IOException;
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
         * session's answer goes to {@code then}, exactly once, on whatever thread. The result is kept: it is delivered
         * if the session says so, and discarded otherwise.
         *
         * @param send which attempt, and how long it may take
         * @param then takes the session's answer
         */
        void send(Step.Send send, Consumer<Step> then);

        /**
         * Asks the fallback strategies, without blocking.
         *
         * @param then takes, once and on whatever thread, {@link Step.Deliver} where one has an answer, which is kept
         *     and delivered; else what the step has for that
         */
        default void fallBack(Step.FallBack step, Consumer<Step> then) {
            then.accept(step.otherwise());
        }

        /** Cancels the attempt that was sent last. May come late, or more than once. */
        void cancel();

        /** Hands the last result to the application. */
        void deliver();

        /** Hands the application this exception: nothing was sent, and there is no result. */
        void reject(IOException error);

        /**
         * Hands the application the end of a call in which Holdfast itself failed: the last real outcome if there is
         * one.
         */
        void fail(Throwable defect);
    }

    private final Engine engine;
    private final Session session;
    private final Attempt attempt;
    private final Executor executor;

    private final ReentrantLock lock = new ReentrantLock();
    private boolean cancelled;
    private boolean stopped;
    private @Nullable Pause pause;

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
        try {
            go(session.begin(engine.nanoTime()));
        } catch (Throwable e) {
            // Whatever it is: nobody goes on with the call, and it must not keep a permit or a probe's lease.
            session.cancel(engine.nanoTime());
            throw e;
        }
    }

    /** Stops whatever is under way: the attempt in flight, or the wait. Nothing is sent after it. */
    public void cancel() {
        lock.lock();
        try {
            cancelled = true;
            Pause ended = pause;
            pause = null;
            if (ended != null) {
                // Nobody else has the session now: whoever would have gone on finds that his pause is over.
                ended.stop();
                session.cancel(engine.nanoTime());
            }
        } finally {
            lock.unlock();
        }
        attempt.cancel();
    }

    /**
     * Nothing more can be sent: a wait ends now, and none begins any more; the call ends with what there is, on the
     * executor. An attempt in flight goes on.
     */
    public void stop() {
        Pause ended;
        lock.lock();
        try {
            stopped = true;
            ended = pause;
            pause = null;
            if (ended != null) {
                ended.stop();
                session.cancel(engine.nanoTime());
            }
        } finally {
            lock.unlock();
        }
        if (ended != null) {
            executor.execute(attempt::deliver);
        }
    }

    private void go(Step step) {
        if (step instanceof Step.Deliver) {
            attempt.deliver();
        } else if (step instanceof Step.Wait wait) {
            await(wait);
        } else if (step instanceof Step.Reject reject) {
            attempt.reject(reject.error());
        } else if (step instanceof Step.FallBack fallBack) {
            attempt.fallBack(fallBack, end -> {
                session.fallbackFailed(engine.nanoTime()); // unless one answered
                go(end);
            });
        } else if (step instanceof Step.Send send) {
            if (isCancelled()) {
                session.cancel(engine.nanoTime());
                return;
            }
            attempt.send(send, this::go);
            if (isCancelled()) {
                // It came between the look and the sending.
                attempt.cancel();
            }
        }
    }

    private void await(Step.Wait wait) {
        Pause begun = new Pause();
        lock.lock();
        try {
            if (cancelled || stopped) {
                session.cancel(engine.nanoTime());
            } else {
                pause = begun;
                begun.timer = engine.schedule(begun, wait.nanos());
            }
        } finally {
            lock.unlock();
        }
        if (begun.timer == null) {
            if (!isCancelled()) {
                attempt.deliver(); // what there is
            }
        } else if (wait.ticket() != null) {
            wait.ticket().onGranted(begun);
        }
    }

    private void resume(Pause of) {
        lock.lock();
        try {
            if (pause != of) {
                return; // its other end was first, or the application
            }
            pause = null;
            of.stop();
        } finally {
            lock.unlock();
        }
        try {
            go(session.resume(engine.nanoTime()));
        } catch (RuntimeException | Error e) {
            // Nobody above us: without this the application's future would never complete, and a place stay taken.
            failWith(e);
        }
    }

    private void failWith(Throwable defect) {
        try {
            session.cancel(engine.nanoTime());
        } catch (RuntimeException | Error e) {
            defect.addSuppressed(e); // what is broken may be broken here too, and the application still waits
        }
        attempt.fail(defect);
    }

    private void abandon(Pause of, Throwable cause) {
        lock.lock();
        try {
            if (pause != of) {
                return;
            }
            pause = null;
            of.stop();
        } finally {
            lock.unlock();
        }
        failWith(cause);
    }

    /** A wait, which ends once: by its time, by a granted place, or by the application. */
    private final class Pause implements Runnable {
        private @Nullable Future<?> timer;

        /** On the timer's thread, or that of a call which gives its place up: neither is ours to go on with. */
        @Override
        public void run() {
            try {
                executor.execute(() -> resume(this));
            } catch (RuntimeException | Error e) {
                // No thread is to be had. Better ended here than never: who waits for the call would wait for good.
                abandon(this, e);
            }
        }

        void stop() {
            Future<?> task = timer;
            if (task != null) {
                task.cancel(false);
            }
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
