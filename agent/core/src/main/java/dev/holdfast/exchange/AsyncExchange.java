package dev.holdfast.exchange;

import dev.holdfast.call.Step;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries out a call without ever blocking a thread. Waits elapse on the engine's timer; everything else, the
 * application's code above all, runs on the caller's thread, the client's threads, or the executor given here.
 *
 * <p>Thread-safe: {@link #cancel} may come at any time from any thread.
 */
public final class AsyncExchange implements Consumer<Step> {
    /** The side of a client in an asynchronous call. */
    public interface Transport {
        /**
         * Starts one transport. When it has ended, and the session was told what it gave
         * ({@link FailOpenSession#after}), the session's answer goes to {@code then}, exactly once, on whatever thread.
         * The result is kept: it is delivered if the session says so, and discarded otherwise.
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

    private final FailOpenSession session;
    private final Transport transport;
    private final Executor executor;

    // Written with the monitor of this, which is held for moments: nothing of a client's runs under it.
    private volatile boolean cancelled;
    private boolean stopped;
    private @Nullable Pause pause;

    /**
     * A call that has not begun.
     *
     * @param session the call
     * @param transport the client's side
     * @param executor on which the next attempt is sent after a wait; never the timer's thread
     */
    public AsyncExchange(FailOpenSession session, Transport transport, Executor executor) {
        this.session = session;
        this.transport = transport;
        this.executor = executor;
    }

    /** Begins the call on the caller's thread and returns once the first attempt was started. */
    public void start() {
        try {
            go(session.begin());
        } catch (Throwable e) {
            // Whatever it is: nobody goes on with the call, and it must not keep a permit or a probe's lease.
            session.cancel();
            throw e;
        }
    }

    /** Stops whatever is under way: the attempt in flight, or the wait. Nothing is sent after it. */
    public void cancel() {
        synchronized (this) {
            cancelled = true;
            Pause ended = pause;
            pause = null;
            if (ended != null) {
                // Nobody else has the session now: whoever would have gone on finds that his pause is over.
                ended.stop();
                session.cancel();
            }
        }
        transport.cancel();
    }

    /**
     * Nothing more can be sent: a wait ends now, and none begins any more; the call ends with what there is, on the
     * executor. An attempt in flight goes on.
     */
    public void stop() {
        Pause ended;
        synchronized (this) {
            stopped = true;
            ended = pause;
            pause = null;
            if (ended != null) {
                ended.stop();
                session.cancel();
            }
        }
        if (ended != null) {
            executor.execute(transport::deliver);
        }
    }

    /** Goes on: an attempt or a fallback has ended, and the session said what follows. */
    @Override
    public void accept(Step step) {
        go(step);
    }

    private void go(Step step) {
        if (step instanceof Step.Deliver || step instanceof Step.Respond) {
            transport.deliver();
        } else if (step instanceof Step.Wait wait) {
            await(wait);
        } else if (step instanceof Step.Reject reject) {
            transport.reject(reject.error());
        } else if (step instanceof Step.FallBack fallBack) {
            transport.fallBack(fallBack, end -> {
                session.fallbackFailed(); // unless one answered
                go(end);
            });
        } else if (step instanceof Step.Send send) {
            if (cancelled) {
                session.cancel();
                return;
            }
            transport.send(send, this);
            if (cancelled) {
                // It came between the look and the sending.
                transport.cancel();
            }
        }
    }

    private void await(Step.Wait wait) {
        Pause begun = new Pause();
        synchronized (this) {
            if (cancelled || stopped) {
                session.cancel();
            } else {
                pause = begun;
                begun.timer = session.engine().schedule(begun, wait.nanos());
            }
        }
        if (begun.timer == null) {
            if (!cancelled) {
                transport.deliver(); // what there is
            }
        } else if (wait.ticket() != null) {
            wait.ticket().onGranted(begun);
        }
    }

    private void resume(Pause of) {
        synchronized (this) {
            if (pause != of) {
                return; // its other end was first, or the application
            }
            pause = null;
            of.stop();
        }
        try {
            go(session.resume());
        } catch (RuntimeException | Error e) {
            // Nobody above us: without this the application's future would never complete, and a place stay taken.
            failWith(e);
        }
    }

    private void failWith(Throwable defect) {
        try {
            session.cancel();
        } catch (Error e) {
            defect.addSuppressed(e); // out of memory here too, perhaps, and the application still waits
        }
        transport.fail(defect);
    }

    private void abandon(Pause of, Throwable cause) {
        synchronized (this) {
            if (pause != of) {
                return;
            }
            pause = null;
            of.stop();
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
}
