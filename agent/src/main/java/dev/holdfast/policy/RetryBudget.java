package dev.holdfast.policy;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Keeps retries from becoming a storm: within the time to live, retries may be at most a share of the calls, plus a floor
 * so that little traffic can retry at all (Finagle's and Linkerd's rule: 20 %, 10 a second, 10 s). One per origin.
 *
 * <p>Lock-free. A withdrawal is counted before it is judged, so that threads that come together can never take more than
 * there is; the last of them may be refused a retry that a moment later would have been granted.
 */
public final class RetryBudget {
    private static final int BUCKETS = 10;

    private final double ratio;
    private final double floor;
    private final long bucketNanos;
    private final AtomicReferenceArray<@Nullable Bucket> ring = new AtomicReferenceArray<>(BUCKETS);

    /**
     * An empty budget: nothing but its floor.
     *
     * @param ratio retries per call, at least 0
     * @param floorPerSecond retries per second that are always there, at least 0
     * @param ttlNanos how long a call counts
     */
    public RetryBudget(double ratio, double floorPerSecond, long ttlNanos) {
        this.ratio = ratio;
        this.floor = floorPerSecond * ttlNanos / 1e9;
        this.bucketNanos = Math.max(1, ttlNanos / BUCKETS);
    }

    /** A call was begun. */
    public void deposit(long now) {
        bucket(now).calls.getAndIncrement();
    }

    /** Takes a retry out, if there is one. */
    public boolean tryWithdraw(long now) {
        Bucket bucket = bucket(now);
        bucket.retries.getAndIncrement();
        if (balance(now) >= 0) {
            return true;
        }
        bucket.retries.getAndDecrement();
        return false;
    }

    /** The retries that are left; below 1, none. */
    public double balance(long now) {
        long newest = Math.floorDiv(now, bucketNanos);
        long calls = 0;
        long retries = 0;
        for (int i = 0; i < BUCKETS; i++) {
            Bucket bucket = ring.get(i);
            if (bucket != null && newest - bucket.epoch < BUCKETS) {
                calls += bucket.calls.get();
                retries += bucket.retries.get();
            }
        }
        return floor + ratio * calls - retries;
    }

    private Bucket bucket(long now) {
        long epoch = Math.floorDiv(now, bucketNanos);
        int place = (int) Math.floorMod(epoch, (long) BUCKETS);
        while (true) {
            Bucket there = ring.get(place);
            if (there != null && there.epoch - epoch >= 0) {
                return there;
            }
            Bucket fresh = new Bucket(epoch);
            if (ring.compareAndSet(place, there, fresh)) {
                return fresh;
            }
        }
    }

    private static final class Bucket {
        final long epoch;
        final AtomicLong calls = new AtomicLong();
        final AtomicLong retries = new AtomicLong();

        Bucket(long epoch) {
            this.epoch = epoch;
        }
    }
}
