package dev.holdfast.policy;

/**
 * Keeps retries from becoming a storm: within the time to live, retries may be at most a share of the calls, plus a
 * floor so that little traffic can retry at all (Finagle's and Linkerd's rule: 20 %, 10 a second, 10 s). One per
 * origin.
 *
 * <p>Lock-free. A withdrawal is counted before it is judged, so that threads that come together can never take more
 * than there is; the last of them may be refused a retry that a moment later would have been granted.
 */
public final class RetryBudget {
    private static final int CALLS = 0;
    private static final int RETRIES = 1;

    private final double ratio;
    private final double floor;
    private final TimeBuckets counts;

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
        this.counts = new TimeBuckets(2, ttlNanos);
    }

    /** A call was begun. */
    public void deposit(long now) {
        counts.add(CALLS, now);
    }

    /** Takes a retry out, if there is one. */
    public boolean tryWithdraw(long now) {
        long bucket = counts.add(RETRIES, now);
        if (balance(now) >= 0) {
            return true;
        }
        counts.takeBack(RETRIES, bucket);
        return false;
    }

    /** The retries that are left; below 1, none. */
    public double balance(long now) {
        return floor + ratio * counts.sum(CALLS, now) - counts.sum(RETRIES, now);
    }
}
