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
    // Written with the monitor of this.
    private volatile boolean paused;
    private volatile long pausedAt;
    private volatile long waitedNanos;

    /** A clock that runs. */
    AttemptClock(Engine engine) {
        this.engine = engine;
    }

    /** The wait begins. Without effect during one. */
    public final synchronized void pause() {
        if (!paused) {
            pausedAt = engine.nanoTime();
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
    private synchronized long ended() {
        if (!paused) {
            return 0;
        }
        long nanos = engine.nanoTime() - pausedAt;
        paused = false;
        if (nanos < NO_WAIT_NANOS) {
            return 0;
        }
        waitedNanos += nanos;
        return nanos;
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
