package dev.holdfast.policy;

/**
 * What the configuration says for one host pattern, defaults merged in. Immutable.
 *
 * @param name the host pattern as written, {@code "*"} for the file's defaults: the label in logs and metrics
 * @param mode how far the policy goes
 * @param retry the retrying, and the timeouts
 * @param breaker when calls are rejected because the origin fails
 * @param budget how many retries all calls together may cost
 * @param limits how much the origin is sent at all
 * @param hedge whether a second attempt is sent beside a slow one
 * @param fallback what the application gets when nothing else helped
 */
public record Policy(
        String name,
        Mode mode,
        RetryPolicy retry,
        BreakerPolicy breaker,
        BudgetPolicy budget,
        LimitPolicy limits,
        HedgePolicy hedge,
        FallbackPolicy fallback) {}
