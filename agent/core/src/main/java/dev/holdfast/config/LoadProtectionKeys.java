package dev.holdfast.config;

import static dev.holdfast.config.Keys.DAY;
import static dev.holdfast.config.Keys.HOUR;
import static dev.holdfast.config.Keys.MILLISECOND;

import dev.holdfast.policy.BreakerPolicy.Forced;
import java.time.Duration;
import java.util.List;

/** The keys of what keeps load off an origin. See {@link Keys}. */
final class LoadProtectionKeys {
    private static final Choices<Forced> STATES = new Choices<>(
            List.of("auto", "forced_open", "forced_closed", "observe"),
            List.of(Forced.NONE, Forced.OPEN, Forced.CLOSED, Forced.OBSERVE));

    static final Section BREAKER = new Section(
            "retry.circuit_breaker",
            true,
            "The circuit breaker, which rejects calls to a failing origin at once. Each origin under a host's "
                    + "pattern has a breaker of its own.");

    static final Key<Boolean> BREAKER_ENABLED = BREAKER.flag(
            "enabled",
            false,
            "Whether the breaker is used. Off by default, so that retries alone never reject a call.");
    static final Key<Forced> BREAKER_STATE = BREAKER.choice(
            "state",
            Forced.NONE,
            STATES,
            "The state: decided by outcomes, or by this file: reject all, reject none, or decide without rejecting.");
    static final Key<Integer> BREAKER_FAILURE_THRESHOLD = BREAKER.integer(
            "failure_threshold",
            5,
            1,
            1_000_000,
            "The consecutive failures that open it; with failure_rate_threshold only if this key is set too.");
    static final Key<Integer> BREAKER_SUCCESS_THRESHOLD =
            BREAKER.integer("success_threshold", 3, 1, 10_000, "Successful probes that close it.");
    static final Key<Duration> BREAKER_TIMEOUT =
            BREAKER.duration("timeout", "60s", MILLISECOND, DAY, "The time that it stays open before the first probe.");
    static final Key<Duration> BREAKER_MAX_TIMEOUT = BREAKER.duration(
            "max_timeout",
            "0s",
            0,
            DAY,
            "Each failed probe doubles the open time, up to this; \"0s\": it is always the timeout.");
    static final Key<Double> BREAKER_TIMEOUT_JITTER = BREAKER.decimal(
            "timeout_jitter", 0.0, 0, 1, "The share by which an open time is spread at random, to " + "both sides.");
    static final Key<Double> BREAKER_FAILURE_RATE_THRESHOLD = BREAKER.decimal(
            "failure_rate_threshold", 0.0, 0, 1, "The share of failures in the window that opens it; 0 is off.");
    static final Key<Window> BREAKER_SLIDING_WINDOW =
            BREAKER.window("sliding_window", 100L, 1, 1_000_000, "The window of the rates.");
    static final Key<Integer> BREAKER_MINIMUM_CALLS = BREAKER.integer(
            "minimum_calls", 100, 1, 1_000_000, "The calls in the window below which no rate is " + "evaluated.");
    static final Key<Duration> BREAKER_SLOW_CALL_DURATION = BREAKER.duration(
            "slow_call_duration",
            "60s",
            MILLISECOND,
            DAY,
            "An attempt is slow if its response's head takes longer than this; the body does not count.");
    static final Key<Double> BREAKER_SLOW_CALL_RATE_THRESHOLD =
            BREAKER.decimal("slow_call_rate_threshold", 0.0, 0, 1, "The share of slow calls that opens it; 0 is off.");
    static final Key<Integer> BREAKER_HALF_OPEN_PROBES =
            BREAKER.integer("half_open_probes", 1, 1, 10_000, "The number of probes that may be in flight at a time.");
    static final Key<Duration> BREAKER_PROBE_LEASE = BREAKER.duration(
            "probe_lease",
            "60s",
            MILLISECOND,
            DAY,
            "A probe that has not reported for this long loses its permit to the next one.");
    static final Key<Duration> BREAKER_RAMP = BREAKER.duration(
            "ramp",
            "0s",
            0,
            DAY,
            "The time after closing in which a growing share of the calls is admitted; \"0s\" " + "is off.");
    static final Key<List<Integer>> BREAKER_FAILURE_STATUS_CODES = BREAKER.statuses(
            "failure_status_codes",
            List.of(),
            400,
            599,
            "Response statuses that count as failures; [] is every 5xx but 501.");

    private static final Section BUDGET =
            new Section("retry.budget", true, "The retries that all calls to an origin may use together.");

    static final Key<Boolean> BUDGET_ENABLED = BUDGET.flag("enabled", true, "Whether there is a budget.");
    static final Key<Double> BUDGET_RATIO = BUDGET.decimal(
            "ratio",
            0.25,
            0,
            1000,
            "The retries in vain per call that ended well, within ttl; a retry that succeeds is free.");
    static final Key<Double> BUDGET_MIN_PER_SECOND = BUDGET.decimal(
            "min_per_second",
            0.1,
            0,
            1_000_000,
            "Retries in vain per second that are always allowed: with 0.1 and a ttl of 30s, 3 in 30 s.");
    static final Key<Duration> BUDGET_TTL =
            BUDGET.duration("ttl", "30s", MILLISECOND, HOUR, "The time for which a call or a retry counts.");

    private static final Section HEDGE = new Section(
            "retry.hedge",
            true,
            "A second attempt beside a slow one (hedged request), where sending twice is safe; the first response "
                    + "wins. Paid from the budget.");

    static final Key<HedgeDelay> HEDGE_DELAY = HEDGE.hedgeDelay(
            "delay",
            "The time before the second attempt is sent: a duration, or \"p95\" for the 95th percentile of recent "
                    + "attempts; \"\" is off.");

    private static final Section LIMITS =
            new Section("limits", true, "Limits on what an origin is sent. Attempts wait for their turn, in order.");

    static final Key<Integer> LIMITS_MAX_CONCURRENT = LIMITS.integer(
            "max_concurrent", 0, 0, 1_000_000, "The attempts that may wait for a response at a time; 0 is any number.");
    static final Key<Units.Rate> LIMITS_MAX_RATE =
            LIMITS.rate("max_rate", "Attempts in any window of a time, such as \"100/s\"; \"\" is any number.");
    static final Key<Boolean> LIMITS_SCOPE = LIMITS.choice(
            "scope",
            false,
            new Choices<>(List.of("instance", "fleet"), List.of(false, true)),
            "Whose limit max_rate is: each instance's own, or that of all instances with the same [store] together.");
    static final Key<Duration> LIMITS_MAX_WAIT =
            LIMITS.duration("max_wait", "1s", 0, HOUR, "An attempt that would wait longer is rejected at once.");

    /** The sections of these keys, in the order of the reference. */
    static final List<Section> SECTIONS = List.of(BREAKER, BUDGET, HEDGE, LIMITS);

    private LoadProtectionKeys() {}
}
