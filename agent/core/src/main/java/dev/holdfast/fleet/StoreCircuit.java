package dev.holdfast.fleet;

import java.util.concurrent.TimeUnit;

/**
 * Decides when the store is asked at all: while it is away or slow, no call waits for it, and only a probe asks now and
 * then. Knows the time that it is told. Thread-safe.
 */
final class StoreCircuit {
    /** Late answers in a row after which calls no longer wait. */
    static final int MOST_LATE = 3;

    static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);
    static final long SLOW_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The state of the store, as this JVM sees it. */
    public enum State {
        /** Nothing is known yet. */
        STARTING,
        /** It answers in time. */
        UP,
        /** It answers, but later than a call may wait. */
        SLOW,
        /** It cannot be reached, or refuses to work. */
        DOWN
    }

    private final long timeoutNanos;
    private volatile State state = State.STARTING;
    private int late;
    private long pause;

    /**
     * Creates a circuit.
     *
     * @param timeoutNanos an answer that takes longer is late
     */
    StoreCircuit(long timeoutNanos) {
        this.timeoutNanos = timeoutNanos;
    }

    State state() {
        return state;
    }

    /** Returns whether a call may wait for the store. */
    boolean mayWait() {
        return state == State.UP;
    }

    /** Returns whether it is worthwhile to send the store what nobody waits for. */
    boolean mayWrite() {
        return state != State.DOWN;
    }

    /** A call got its answer in time. */
    synchronized void inTime() {
        late = 0;
    }

    /**
     * A call did not get its answer in time.
     *
     * @return whether the store is slow from now on, so that a probe is due after {@link #pauseNanos}
     */
    synchronized boolean late() {
        if (state != State.UP || ++late < MOST_LATE) {
            return false;
        }
        state = State.SLOW;
        pause = SLOW_PAUSE_NANOS;
        return true;
    }

    /**
     * The store could not be reached, or refused to work.
     *
     * @return whether it was not known to be down, so that a probe is due after {@link #pauseNanos}
     */
    synchronized boolean failed() {
        boolean news = state != State.DOWN;
        state = State.DOWN;
        pause = news ? FIRST_PAUSE_NANOS : Math.min(LONGEST_PAUSE_NANOS, pause * 2);
        return news;
    }

    /**
     * A probe was answered.
     *
     * @param took the time that it took, in nanoseconds
     * @return whether calls may wait for the store now; if not, another probe is due after {@link #pauseNanos}
     */
    synchronized boolean probed(long took) {
        late = 0;
        pause = SLOW_PAUSE_NANOS;
        state = took <= timeoutNanos ? State.UP : State.SLOW;
        return state == State.UP;
    }

    /** Returns the time until the next probe, in nanoseconds. */
    synchronized long pauseNanos() {
        return pause;
    }
}
