package dev.holdfast.policy;

import java.util.random.RandomGenerator;

/**
 * The delay before a retry: {@code initial * multiplier^(retry-1)}, spread by the jitter, and never above {@code max}:
 * the cap comes last. All times are nanoseconds. Immutable, thread-safe.
 *
 * @param initialNanos the delay before the first retry, at least 0
 * @param maxNanos the cap, at least {@code initialNanos}
 * @param multiplier the growth from one retry to the next, at least 1
 * @param jitter the spread
 * @see <a href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">Exponential Backoff And
 *     Jitter</a>, for full, equal and decorrelated jitter
 */
public record Backoff(long initialNanos, long maxNanos, double multiplier, Jitter jitter) {
    /** Checks the ranges. */
    public Backoff {
        if (initialNanos < 0 || maxNanos < initialNanos || !(multiplier >= 1)) {
            throw new IllegalArgumentException("0 <= initial <= max and multiplier >= 1 are required, not "
                    + initialNanos + ", " + maxNanos + ", " + multiplier);
        }
    }

    /**
     * The delay before a retry.
     *
     * @param retry 1 for the first retry
     * @param previousNanos the delay that this method gave for the retry before, 0 for the first
     * @param random the source of the jitter
     * @return nanoseconds in [0, {@code maxNanos}]
     */
    public long delayNanos(int retry, long previousNanos, RandomGenerator random) {
        // A double holds the growth exactly enough and saturates instead of overflowing.
        double grown = Math.min((double) maxNanos, initialNanos * Math.pow(multiplier, retry - 1.0));
        double spread = switch (jitter) {
            case NONE -> grown;
            case PROPORTIONAL -> grown * (1 + (random.nextDouble() - 0.5) * 0.2);
            case FULL -> grown * random.nextDouble();
            case EQUAL -> grown / 2 * (1 + random.nextDouble());
            case DECORRELATED -> decorrelated(retry == 1 ? initialNanos : previousNanos, random);
        };
        // Capped as a long: a double that stands for a large one may lie above it.
        return Math.min(maxNanos, (long) Math.max(0, spread));
    }

    private double decorrelated(long previousNanos, RandomGenerator random) {
        double highest = Math.min((double) maxNanos, 3.0 * Math.max(initialNanos, previousNanos));
        return initialNanos + Math.max(0, highest - initialNanos) * random.nextDouble();
    }
}
