package dev.holdfast.policy;

/**
 * What the configuration says about a second attempt beside one that takes long (Dean and Barroso, "The Tail at Scale",
 * CACM 56(2), 2013). Immutable.
 *
 * @param enabled whether there is one
 * @param delayNanos how long the first attempt has before, in nanoseconds; 0: as long as 95 % of the attempts to that
 *     origin took lately
 */
public record HedgePolicy(boolean enabled, long delayNanos) {
    /** No second attempt. */
    public static final HedgePolicy NONE = new HedgePolicy(false, 0);

    /** Whether the delay is what the attempts to an origin took lately. */
    public boolean byQuantile() {
        return enabled && delayNanos == 0;
    }
}
