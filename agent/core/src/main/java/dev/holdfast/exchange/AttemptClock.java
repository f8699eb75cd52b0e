package dev.holdfast.exchange;

import dev.holdfast.call.Engine;
import java.util.concurrent.TimeUnit;

/**
 * The time of one attempt. It stands still while the attempt waits for something of the program's own: a thread of its
 * dispatcher, a connection of its pool. How long these are busy says nothing about the origin. An attempt waits for one
 * thing at a time, and may do so more than once, as where it is redirected.
 */
public abstract class AttemptClock {
    /** A wait that nobody would notice, as where a connection is free. */
    private static final long NO_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Engine engine;
    private final long begunAt;
    /** The begin of the latest wait. Written before {@link #paused} is, and read behind it. */
    private long pausedAt;

    /** False until the first wait of an attempt whose time is not limited. */
    private boolean readsTime;

    private volatile boolean paused;
    /** Written with the monitor of this. */
    private volatile long waitedNanos;

    /**
     * A clock that runs.
     *
     * @param begunAt the begin of the attempt, by the engine's time
     * @param isLimited whether there is a limit to the attempt's time
     */
    AttemptClock(Engine engine, long begunAt, boolean isLimited) {
        this.engine = engine;
        this.begunAt = begunAt;
        this.readsTime = isLimited;
    }

    /** The begin of the attempt, by the engine's time. */
    final long begunAt() {
        return begunAt;
    }

    /**
     * The wait begins, on the thread that sends the attempt. Without effect during one. Where no limit is to be kept,
     * the first one counts from the begin of the attempt, so that most attempts read the time once less: until then
     * nothing but the library and the program has taken any.
     */
    public final void pause() {
        if (!paused) {
            pausedAt = readsTime ? engine.nanoTime() : begunAt;
            readsTime = true;
            paused = true;
        }
    }

    /** The wait is over, or the attempt has ended during it. Without effect where there is none. */
    public final void resume() {
        long nanos = paused ? ended() : 0;
        if (nanos > 0) {
            waited(nanos);
        }
    }

    /** Returns the length of the wait that ends now; 0: nobody would notice it. */
    private long ended() {
        long nanos = engine.nanoTime() - pausedAt;
        if (nanos < NO_WAIT_NANOS) {
            paused = false;
            return 0;
        }
        synchronized (this) {
            if (!paused) {
                return 0; // another thread has ended it meanwhile
            }
            paused = false;
            waitedNanos += nanos;
            return nanos;
        }
    }

    /** Returns whether the attempt waits. */
    final boolean isPaused() {
        return paused;
    }

    /** All that the attempt has waited, in nanoseconds. */
    final long waitedNanos() {
        long before = waitedNanos;
        return paused ? before + engine.nanoTime() - pausedAt : before;
    }

    /** The clock goes on after a wait that counts. On the thread that ended the wait. */
    abstract void waited(long nanos);
}
