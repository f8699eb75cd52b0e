package dev.holdfast.policy;

import dev.holdfast.policy.RetryPolicy.HeaderCondition;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Policies for tests, with the product's defaults where a test does not care. */
public final class Policies {
    private int maxRetries = 3;
    private Backoff backoff = new Backoff(1_000_000_000L, 30_000_000_000L, 2.0, Jitter.NONE);
    private Set<Integer> statuses = Set.of(429, 500, 502, 503, 504);
    private Set<ErrorKind> errors = Set.of(
            ErrorKind.CONNECTION_TIMEOUT,
            ErrorKind.CONNECTION_REFUSED,
            ErrorKind.CONNECTION_RESET,
            ErrorKind.DNS_RESOLUTION,
            ErrorKind.PROXY);
    private Set<String> errorClasses = Set.of();
    private List<HeaderCondition> headers = List.of();
    private Set<String> methods = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");
    private long maxRetryAfter = Duration.ofSeconds(30).toNanos();
    private List<RetryCondition> conditions = List.of();
    private long attemptTimeout;
    private long deadline;
    private long bufferResponse;
    private long replayLimit = 64 * 1024;
    private long replayMax = 32 << 20;

    private BreakerPolicy breaker = BreakerPolicy.NONE;
    private BudgetPolicy budget = new BudgetPolicy(false, 0.2, 10, 10_000_000_000L);
    private LimitPolicy limits = LimitPolicy.NONE;
    private HedgePolicy hedge = HedgePolicy.NONE;
    private FallbackPolicy fallback = FallbackPolicy.NONE;
    private FaultPolicy fault = FaultPolicy.NONE;

    private Policies() {}

    public static Policies retry() {
        return new Policies();
    }

    public Policies maxRetries(int retries) {
        maxRetries = retries;
        return this;
    }

    public Policies backoff(Backoff value) {
        backoff = value;
        return this;
    }

    public Policies statuses(Integer... values) {
        statuses = Set.of(values);
        return this;
    }

    public Policies errors(ErrorKind... values) {
        errors = Set.of(values);
        return this;
    }

    public Policies errorClasses(String... names) {
        errorClasses = Set.of(names);
        return this;
    }

    public Policies headers(HeaderCondition... conditions) {
        headers = List.of(conditions);
        return this;
    }

    public Policies conditions(RetryCondition... values) {
        conditions = List.of(values);
        return this;
    }

    public Policies maxRetryAfter(Duration value) {
        maxRetryAfter = value.toNanos();
        return this;
    }

    public Policies attemptTimeout(Duration value) {
        attemptTimeout = value.toNanos();
        return this;
    }

    public Policies deadline(Duration value) {
        deadline = value.toNanos();
        return this;
    }

    public Policies bufferResponse(long bytes) {
        bufferResponse = bytes;
        return this;
    }

    public Policies replayMax(long bytes) {
        replayMax = bytes;
        return this;
    }

    public Policies replayLimit(long bytes) {
        replayLimit = bytes;
        return this;
    }

    public Policies breaker(BreakerPolicy value) {
        breaker = value;
        return this;
    }

    public Policies budget(double ratio, double perSecond) {
        budget = new BudgetPolicy(true, ratio, perSecond, Duration.ofSeconds(10).toNanos());
        return this;
    }

    public Policies limits(LimitPolicy value) {
        limits = value;
        return this;
    }

    public Policies hedge(HedgePolicy value) {
        hedge = value;
        return this;
    }

    public Policies fallback(FallbackPolicy value) {
        fallback = value;
        return this;
    }

    public Policies fault(FaultPolicy value) {
        fault = value;
        return this;
    }

    /** These rules around a retry policy that a test has made. */
    public Policy around(RetryPolicy retry) {
        return new Policy("*", Mode.ENFORCE, retry, breaker, budget, limits, hedge, fallback);
    }

    public RetryPolicy build() {
        return new RetryPolicy(
                true,
                maxRetries,
                backoff,
                statuses,
                errors,
                errorClasses,
                headers,
                methods,
                Set.of("dpop"),
                RetryPolicy.WAIT_HEADERS,
                maxRetryAfter,
                attemptTimeout,
                deadline,
                replayLimit,
                replayMax,
                bufferResponse,
                conditions,
                "");
    }

    /** The policy in force for every host. */
    public Policy policy() {
        return policy(Mode.ENFORCE);
    }

    public Policy policy(Mode mode) {
        return new Policy("*", mode, build(), breaker, budget, limits, hedge, fallback).withFault(fault);
    }
}
