package dev.holdfast.policy;

/**
 * Keeps retries from becoming a storm: within the time to live, retries that were in vain may be at most a share of the
 * calls that ended well, plus a floor so that little traffic can retry at all. One per origin.
 *
 * <p>A share of calls with a floor is the rule of Finagle and Linkerd; that a retry costs nothing once it has succeeded
 * is that of the AWS SDKs. Together they tell an origin that fails at random, where retries pay for themselves, from
 * one that is down, where nothing is paid in, so that the floor can be low: it alone bounds what a row of services
 * makes of one call, each of them with a budget of its own ({@code RetryStormTest}, {@code docs/retry-storms.md}).
 *
 * <p>Lock-free. A withdrawal is counted before it is judged, so that threads that come together can never take more
 * than there is; the last of them may be refused a retry that a moment later would have been granted.
 */
public final class RetryBudget {
    /** The result of {@link #withdraw} where no retry is left. */
    public static final long REFUSED = Long.MIN_VALUE;

    private static final int CALLS = 0;
    private static final int RETRIES = 1;

    private final double ratio;
    private final double floor;
    private final TimeBuckets counts;

    /**
     * An empty budget: nothing but its floor.
     *
     * @param ratio retries in vain per call that ended well, at least 0
     * @param floorPerSecond retries per second that are always there, at least 0
     * @param ttlNanos how long a call counts
     */
    public RetryBudget(double ratio, double floorPerSecond, long ttlNanos) {
        this.ratio = ratio;
        this.floor = floorPerSecond * ttlNanos / 1e9;
        this.counts = new TimeBuckets(2, ttlNanos);
    }

    /** A call has ended well. */
    public void deposit(long now) {
        counts.add(CALLS, now);
    }

    /** A call that was said to have ended well has not: its body broke. */
    public void takeBackDeposit(long now) {
        counts.takeBackLatest(CALLS, now);
    }

    /** Takes a retry out, if there is one. */
    public boolean tryWithdraw(long now) {
        return withdraw(now) != REFUSED;
    }

    /**
     * Takes a retry out, if there is one.
     *
     * @return for {@link #giveBack}; {@link #REFUSED}: there is none
     */
    public long withdraw(long now) {
        long bucket = counts.add(RETRIES, now);
        if (balance(now) >= 0) {
            return bucket;
        }
        counts.takeBack(RETRIES, bucket);
        return REFUSED;
    }

    /**
     * A retry has succeeded: it costs nothing.
     *
     * @param withdrawn what {@link #withdraw} returned
     */
    public void giveBack(long withdrawn) {
        counts.takeBack(RETRIES, withdrawn);
    }

    /** A retry has succeeded, whichever; without effect where none was taken out. */
    public void giveBackLatest(long now) {
        counts.takeBackLatest(RETRIES, now);
    }

    /** A retry that was given back was in vain after all: its body broke. */
    public void charge(long now) {
        counts.add(RETRIES, now);
    }

    /** The retries that are left; below 1, none. */
    public double balance(long now) {
        return floor + ratio * counts.sum(CALLS, now) - counts.sum(RETRIES, now);
    }
}
