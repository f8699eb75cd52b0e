package dev.holdfast.contract;

/** The loopback addresses for which {@code contract.toml} has a policy each. */
final class Hosts {
    /** The host without a policy. */
    static final String BARE = "127.0.0.1";
    /** 3 retries, milliseconds apart; every kind of error. */
    static final String QUICK = "127.0.0.2";
    /** {@link #QUICK}, where responses up to 64 KiB are held back until complete. */
    static final String BUFFERING = "127.0.0.3";
    /** 100 retries, but 600 ms for the whole call. */
    static final String DEADLINE = "127.0.0.4";
    /** {@link #DEADLINE}, but 5 s: for what has to happen before it on a busy machine, too. */
    static final String LONG_DEADLINE = "127.0.0.16";
    /** {@link #QUICK}, with a second for an attempt. */
    static final String ATTEMPT_TIMEOUT = "127.0.0.5";
    /** {@link #QUICK}, where bodies of unknown kind are recorded up to 1 KiB. */
    static final String SMALL_REPLAY = "127.0.0.6";
    /** {@link #QUICK}, where POST may be sent again. */
    static final String POST_TOO = "127.0.0.7";
    /** A minute before each retry. */
    static final String PATIENT = "127.0.0.8";
    /** {@link #QUICK}, in mode {@code observe}. */
    static final String OBSERVED = "127.0.0.9";
    /** 2 retries at once; 3 failures in a row open the breaker for 300 ms, 2 probes close it. */
    static final String BREAKING = "127.0.0.10";
    /** 3 retries at once, out of the default budget. */
    static final String BUDGETED = "127.0.0.11";
    /** 2 attempts at a time, which wait for 10 s; 50 attempts in 500 ms. */
    static final String LIMITED = "127.0.0.12";
    /** 400 ms for an attempt; responses up to 64 KiB are held back until complete. */
    static final String TIMED_WHOLE = "127.0.0.13";
    /** 1 retry; a second for an attempt; 2 failures in a row open the breaker. */
    static final String QUEUED = "127.0.0.19";
    /** 3 retries at once, out of 10 in 10 s. */
    static final String THRIFTY = "127.0.0.15";
    /** 1 retry; a second attempt beside one that takes 150 ms. */
    static final String HEDGED = "127.0.0.14";
    /** 1 retry; a second attempt beside one that takes a minute. */
    static final String LATE_HEDGED = "127.0.0.29";
    /** {@link #QUICK}, with responses up to 4 KiB held back, and conditions on what they are: see the file. */
    static final String CONDITIONS = "127.0.0.17";
    /** {@link #CONDITIONS}, with a default value. */
    static final String CONDITIONS_DEFAULTED = "127.0.0.18";
    /** 1 retry at once; a default value for GET and HEAD, others below {@code /special/}. */
    static final String DEFAULTED = "127.0.0.20";
    /** {@link #DEFAULTED}, with responses held back; 1 failure opens the breaker for a minute. */
    static final String DEFAULTED_BREAKING = "127.0.0.21";
    /** A host without retries; the last good response, up to 64 KiB. */
    static final String CACHED = "127.0.0.22";
    /** 1 retry at once; then {@link #OTHER_ORIGIN} below {@code /mirror}, within a second. */
    static final String DEGRADED = "127.0.0.23";
    /**
     * A host without retries, with responses held back; 1 failure opens the breaker; then {@link #OTHER_ORIGIN}, then a
     * default value.
     */
    static final String DEGRADED_BREAKING = "127.0.0.24";
    /** A host without retries; then {@link #OTHER_ORIGIN}, credentials included. */
    static final String DEGRADED_TRUSTED = "127.0.0.25";
    /** {@link #QUICK}, with {@code X-Retry-Attempt} on retries. */
    static final String NUMBERED = "127.0.0.26";
    /** The same, with 5 s for an attempt, and a second attempt beside one that takes 150 ms. */
    static final String NUMBERED_HEDGED = "127.0.0.27";
    /** A host with injected faults on its routes, each named as its fault is; {@link #BARE} for other requests. */
    static final String FAULTY = "127.0.0.28";
    /** The host that degraded requests go to. It has no policy of its own. */
    static final String OTHER_ORIGIN = "127.0.0.30";

    private Hosts() {}
}
