package dev.holdfast.policy;

/** The random spread of a backoff, so that clients that failed together do not come back together. */
public enum Jitter {
    /** {@code jitter = false}: the exact delay. */
    NONE,
    /** {@code jitter = true}: the delay plus or minus 10 %, the seed's rule. */
    PROPORTIONAL,
    /** {@code "full"}: uniform in [0, delay]. */
    FULL,
    /** {@code "equal"}: half of the delay, plus uniform in [0, half]. */
    EQUAL,
    /** {@code "decorrelated"}: uniform in [initial, 3 x the previous delay]. */
    DECORRELATED
}
