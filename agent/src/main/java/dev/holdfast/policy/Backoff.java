package dev.holdfast.policy;

import java.util.random.RandomGenerator;

/**
 * How long to wait before a retry: {@code initial * multiplier^(retry-1)}, spread by the jitter, and never above
 * {@code max}: the cap comes last. All times are nanoseconds. Immutable, thread-safe.
 *
 * @param initialNanos the delay before the first retry, at least 0
 * @param maxNanos the cap, at least {@code initialNanos}
 * @param multiplier the growth from one retry to the next, at least 1
 * @param jitter the spread
 */
public record Backoff(long initialNanos, long maxNanos, double multiplier, Jitter jitter) {
    /**
     * The delay before a retry.
     *
     * @param retry 1 for the first retry
     * @param previousNanos the delay that this method gave for the retry before, 0 for the first
     * @param random the source of the jitter
     * @return nanoseconds in [0, {@code maxNanos}]
     */
    public long delayNanos(int retry, long previousNanos, RandomGenerator random) {
        throw new UnsupportedOperationException();
    }
}
