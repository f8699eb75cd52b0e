package dev.holdfast.policy;

/**
 * The retry budget settings of a host pattern. Immutable.
 *
 * @param enabled false: retries are bounded by {@code max_retries} alone
 * @param ratio retries in vain per call that ended well, at least 0
 * @param minPerSecond retries per second that are always there, at least 0
 * @param ttlNanos how long a call counts, in nanoseconds, above 0
 */
public record BudgetPolicy(boolean enabled, double ratio, double minPerSecond, long ttlNanos) {
    /** The settings of a disabled budget. */
    public static final BudgetPolicy NONE = new BudgetPolicy(false, 0, 0, 1);

    /** Checks the ranges. */
    public BudgetPolicy {
        if (!(ratio >= 0) || !(minPerSecond >= 0) || ttlNanos < 1) {
            throw new IllegalArgumentException("out of range");
        }
    }
}
