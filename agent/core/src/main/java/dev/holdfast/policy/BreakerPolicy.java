package dev.holdfast.policy;

import java.util.Set;

/**
 * The circuit breaker settings of a host pattern. Immutable. All times are nanoseconds.
 *
 * @param enabled false: every call passes, nothing is counted
 * @param forced a state that no outcome changes
 * @param failureThreshold so many failures in a row open the breaker; 0 where a rate does
 * @param failureRate the share of failures in the window, 0 to 1, from which on the breaker opens; 0: not looked at
 * @param slowNanos a call that takes at least so long is slow; 0: not looked at
 * @param slowRate the share of slow calls in the window, 0 to 1, from which on the breaker opens
 * @param windowCalls the window's size in calls; 0 where it is one of time
 * @param windowNanos the window's length; 0 where it is one of calls
 * @param minimumCalls with fewer calls in the window no rate is looked at
 * @param successThreshold so many successful probes close the breaker
 * @param openNanos how long it stays open before the first probe
 * @param maxOpenNanos each failed probe doubles the open time, up to this; equal to {@code openNanos}: constant
 * @param openJitter the share by which an open time is spread to both sides, 0 to 1
 * @param probes how many probes may be under way at a time
 * @param probeLeaseNanos a probe that has not reported for so long has lost its place to another
 * @param rampNanos how long, after closing, a growing share of the calls is admitted; 0: all at once
 * @param failureStatuses the statuses that count as failures; empty: every 5xx but 501, which says what the origin can,
 *     not how it is
 */
public record BreakerPolicy(
        boolean enabled,
        Forced forced,
        int failureThreshold,
        double failureRate,
        long slowNanos,
        double slowRate,
        int windowCalls,
        long windowNanos,
        int minimumCalls,
        int successThreshold,
        long openNanos,
        long maxOpenNanos,
        double openJitter,
        int probes,
        long probeLeaseNanos,
        long rampNanos,
        Set<Integer> failureStatuses) {

    /** The settings of a disabled breaker. */
    public static final BreakerPolicy NONE =
            new BreakerPolicy(false, Forced.NONE, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, Set.of());

    /** The same rules, with outcomes that decide. */
    public BreakerPolicy decidedByOutcomes() {
        return new BreakerPolicy(
                enabled,
                Forced.NONE,
                failureThreshold,
                failureRate,
                slowNanos,
                slowRate,
                windowCalls,
                windowNanos,
                minimumCalls,
                successThreshold,
                openNanos,
                maxOpenNanos,
                openJitter,
                probes,
                probeLeaseNanos,
                rampNanos,
                failureStatuses);
    }

    /** States that are set by hand. */
    public enum Forced {
        /** None: outcomes decide. */
        NONE,
        /** Every call is rejected. */
        OPEN,
        /** Every call passes, nothing is counted. */
        CLOSED,
        /** Outcomes decide, and every call passes. */
        OBSERVE
    }

    /** Checks what the algorithm relies on. */
    public BreakerPolicy {
        failureStatuses = StatusSet.copyOf(failureStatuses);
        if (failureThreshold < 0
                || successThreshold < 1
                || probes < 1
                || openNanos < 0
                || maxOpenNanos < openNanos
                || probeLeaseNanos < 1
                || rampNanos < 0
                || !(failureRate >= 0 && failureRate <= 1)
                || !(slowRate >= 0 && slowRate <= 1)
                || !(openJitter >= 0 && openJitter <= 1)
                || windowCalls < 0
                || windowNanos < 0) {
            throw new IllegalArgumentException("out of range");
        }
        if (usesWindow(failureRate, slowNanos, slowRate) && windowCalls == 0 && windowNanos == 0) {
            throw new IllegalArgumentException("a rate needs a window");
        }
    }

    /** Returns whether a response with this status counts as a failure. */
    public boolean isFailure(int status) {
        StatusSet listed = (StatusSet) failureStatuses; // as the constructor made it
        return listed.has(status) || (status >= 500 && status != 501 && listed.isEmpty());
    }

    /** Returns whether a rate is looked at, so that outcomes must be kept in a window. */
    public boolean usesWindow() {
        return usesWindow(failureRate, slowNanos, slowRate);
    }

    private static boolean usesWindow(double failureRate, long slowNanos, double slowRate) {
        return failureRate > 0 || (slowNanos > 0 && slowRate > 0);
    }
}
