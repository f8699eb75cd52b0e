package dev.holdfast.observe;

/**
 * One policy with one origin, in a management console: {@code dev.holdfast:type=Origin,policy="…",origin="…"}, both
 * quoted. Beyond the first {@value CounterRegistry#MAX_ORIGINS} origins, those of a policy that are counted together
 * have one bean, {@code origin="other"}. All numbers are since the start.
 */
public interface OriginMXBean {
    /** The policy's name: a host pattern, with a route behind it if it is one's. */
    String getPolicy();

    /** {@code scheme://host:port}, or {@code other}. */
    String getOrigin();

    /** {@code enforce} or {@code observe}; empty where the origin was not called for long. */
    String getMode();

    /** Calls that have ended. */
    long getCalls();

    /** Attempts of calls that have ended. */
    long getTotalAttempts();

    /** Attempts after a call's first. */
    long getRetries();

    /** Calls that were sent again and ended well by it. */
    long getSuccessfulRetries();

    /** Calls that were sent again and failed in the end. */
    long getFailedRetries();

    /** The share of the calls that were sent again which ended well by it; NaN where none was. */
    double getSuccessRate();

    /** Returns how often a call asked for another attempt after all its retries. */
    long getRetriesUsedUp();

    /** The mean wait before a retry, in seconds; 0 where there was none. */
    double getAverageDelaySeconds();

    /**
     * Returns the median duration of the calls, in seconds: whole calls, with retries, waits and fallbacks, up to the
     * response's head or the failure. As exact as the bounds of {@code holdfast_call_duration_seconds}; NaN where no
     * call has ended.
     */
    double getCallDurationP50Seconds();

    /** Returns the 95th percentile of the calls' durations; see {@link #getCallDurationP50Seconds}. */
    double getCallDurationP95Seconds();

    /** Returns the 99th percentile of the calls' durations; see {@link #getCallDurationP50Seconds}. */
    double getCallDurationP99Seconds();

    /** Returns how often the breaker opened. */
    long getCircuitBreakerTrips();

    /** {@code closed}, {@code open} or {@code half_open}; empty where there is no breaker. */
    String getCircuitBreakerState();

    /** Calls that the origin failed. */
    long getFailedCalls();

    /** Calls of which Holdfast rejected the first attempt, so that nothing was sent. */
    long getRejectedCalls();

    /** Calls without a good end whose first attempt a time limit of the policy ended. */
    long getTimedOutCalls();

    /** Attempts that the breaker or a limit rejected, retries among them. */
    long getRejections();

    /** Responses from fallback strategies. */
    long getFallbacks();

    /** Faults that a game day has injected into attempts. */
    long getInjectedFaults();

    /** Retries that the budget allows now; NaN where there is no budget. */
    double getBudgetBalance();
}
