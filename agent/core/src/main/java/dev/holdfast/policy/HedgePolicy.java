package dev.holdfast.policy;

/**
 * The settings of hedged requests: a second attempt beside a slow one (Dean and Barroso, "The Tail at Scale", CACM
 * 56(2), 2013). Immutable.
 *
 * @param enabled whether there is one
 * @param delayNanos how long the first attempt has before, in nanoseconds; 0: as long as 95 % of the attempts to that
 *     origin took lately
 */
public record HedgePolicy(boolean enabled, long delayNanos) {
    /** The settings without hedging. */
    public static final HedgePolicy NONE = new HedgePolicy(false, 0);

    /** Returns whether the delay is what the attempts to an origin took lately. */
    public boolean byQuantile() {
        return enabled && delayNanos == 0;
    }
}
