package dev.holdfast.policy;

import java.util.concurrent.atomic.AtomicLong;

/**
 * At most so many attempts in a time, evenly spread after a first burst (the generic cell rate algorithm, ITU-T I.371: one
 * number, the time at which the bucket would be empty again). Lock-free.
 */
public final class RateLimit {
    private final long perPermit;
    private final long burst;
    private final AtomicLong emptyAt;

    /**
     * A full bucket.
     *
     * @param permits how many attempts
     * @param perNanos in how much time
     * @param now the time now
     */
    public RateLimit(int permits, long perNanos, long now) {
        this.perPermit = Math.max(1, perNanos / permits);
        this.burst = perNanos - perPermit;
        this.emptyAt = new AtomicLong(now);
    }

    /**
     * Takes a permit, if it is there in time.
     *
     * @param now the time now
     * @param maxWait how long the caller would wait
     * @return how long to wait before sending, 0 for not at all; -1: it would be longer, nothing was taken
     */
    public long acquire(long now, long maxWait) {
        while (true) {
            long empty = emptyAt.get();
            long from = empty - now < 0 ? now : empty;
            long wait = Math.max(0, from - burst - now);
            if (wait > maxWait) {
                return -1;
            }
            if (emptyAt.compareAndSet(empty, from + perPermit)) {
                return wait;
            }
        }
    }
}
