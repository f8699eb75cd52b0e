package dev.holdfast.policy;

/**
 * The concurrency and rate limits of an origin, whatever its responses. Immutable.
 *
 * @param maxConcurrent attempts that may wait for their response's head at a time; 0: any number
 * @param ratePermits attempts in {@code rateNanos}; 0: any number
 * @param rateNanos the time of {@code ratePermits}, in nanoseconds
 * @param maxWaitNanos how long an attempt waits for its turn before it is rejected, in nanoseconds
 * @param fleet how many instances share the rate, as long as no store has told; 0: it is each instance's own
 */
public record LimitPolicy(int maxConcurrent, int ratePermits, long rateNanos, long maxWaitNanos, int fleet) {
    /** The settings without limits. */
    public static final LimitPolicy NONE = new LimitPolicy(0, 0, 1, 0);

    /** Limits of one instance alone. */
    public LimitPolicy(int maxConcurrent, int ratePermits, long rateNanos, long maxWaitNanos) {
        this(maxConcurrent, ratePermits, rateNanos, maxWaitNanos, 0);
    }

    /** Checks the ranges. */
    public LimitPolicy {
        if (maxConcurrent < 0 || ratePermits < 0 || rateNanos < 1 || maxWaitNanos < 0 || fleet < 0) {
            throw new IllegalArgumentException("out of range");
        }
    }
}
