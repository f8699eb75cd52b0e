package dev.holdfast.config;

import static dev.holdfast.config.Settings.described;
import static dev.holdfast.config.Settings.nanos;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.BreakerPolicy.Forced;
import java.time.Duration;

/** Finds settings that keep load off an origin and that cannot work together, each good as it may be by itself. */
final class LoadProtectionCheck {
    private final Problems problems;

    LoadProtectionCheck(Problems problems) {
        this.problems = problems;
    }

    /** Looks at merged settings. */
    void check(Settings settings) {
        boolean retries = RetryCheck.isOn(settings);
        if (settings.isTrue(LoadProtectionKeys.BREAKER_ENABLED)) {
            windowHoldsItsMinimum(settings);
            someCallCanBeSlow(settings);
            if (retries) {
                oneCallCannotOpenIt(settings);
            }
            aProbeCanReport(settings);
        }
        if (retries && settings.isTrue(LoadProtectionKeys.BUDGET_ENABLED)) {
            budgetAllowsARetry(settings);
            budgetHoldsTheRetriesOfOneCall(settings);
        }
        if (retries) {
            aHedgeComesBeforeTheEnd(settings);
        }
        if (settings.isTrue(LoadProtectionKeys.LIMITS_SCOPE)
                && "".equals(settings.setting(FallbackKeys.STORE_URL).found())) {
            problems.lack(
                    settings.setting(LoadProtectionKeys.LIMITS_SCOPE),
                    "instances cannot share a rate without a store: add [store] with its url");
        }
    }

    /** A rate that waits for more calls than its window ever holds would never count. */
    private void windowHoldsItsMinimum(Settings settings) {
        Setting<Integer> minimum = settings.setting(LoadProtectionKeys.BREAKER_MINIMUM_CALLS);
        Setting<Window> window = settings.setting(LoadProtectionKeys.BREAKER_SLIDING_WINDOW);
        boolean rates = settings.number(LoadProtectionKeys.BREAKER_FAILURE_RATE_THRESHOLD) > 0
                || settings.number(LoadProtectionKeys.BREAKER_SLOW_CALL_RATE_THRESHOLD) > 0;
        Integer least = minimum.found();
        int calls = window.found() == null ? 0 : window.value().calls();
        // A default gives way to a smaller window.
        if (rates && !minimum.builtIn() && least != null && calls > 0 && least > calls) {
            problems.error(
                    minimum.later(window),
                    "minimum_calls = " + minimum.shown(least) + " is above sliding_window = " + window.shown(calls)
                            + ": no rate would ever count; make the window as large, or the minimum as small");
        }
    }

    private void budgetAllowsARetry(Settings settings) {
        Setting<Double> ratio = settings.setting(LoadProtectionKeys.BUDGET_RATIO);
        Setting<Double> floor = settings.setting(LoadProtectionKeys.BUDGET_MIN_PER_SECOND);
        if (ratio.found() != null && floor.found() != null && ratio.value() == 0 && floor.value() == 0) {
            problems.warn(
                    ratio.later(floor),
                    "with ratio = 0 and min_per_second = 0 the budget forbids every retry; write max_retries = 0 if "
                            + "that is"
                            + " meant, or enabled = false to have no budget");
        }
    }

    /** The floor of the defaults is for the default number of retries. */
    private void budgetHoldsTheRetriesOfOneCall(Settings settings) {
        Setting<Integer> retries = settings.setting(RetryKeys.MAX_RETRIES);
        Setting<Double> floor = settings.setting(LoadProtectionKeys.BUDGET_MIN_PER_SECOND);
        Setting<Duration> ttl = settings.setting(LoadProtectionKeys.BUDGET_TTL);
        if (retries.found() == null || !floor.builtIn() || !ttl.builtIn()) {
            return;
        }
        long held = Math.round(floor.value() * ttl.value().toSeconds());
        if (retries.value() > held) {
            problems.note(
                    retries,
                    "where no calls succeed beside it, a call has " + held + " retries in "
                            + Units.duration(nanos(ttl)) + " from the budget, fewer than max_retries = "
                            + retries.shown(retries.value()) + "; set retry.budget.min_per_second for more");
        }
    }

    /** An attempt that its timeout ends before it is slow is none. */
    private void someCallCanBeSlow(Settings settings) {
        Setting<Duration> slow = settings.setting(LoadProtectionKeys.BREAKER_SLOW_CALL_DURATION);
        Setting<Duration> attempt = settings.setting(RetryKeys.ATTEMPT_TIMEOUT);
        Setting<Double> rate = settings.setting(LoadProtectionKeys.BREAKER_SLOW_CALL_RATE_THRESHOLD);
        if (rate.found() == null || rate.value() == 0) {
            return;
        }
        if (nanos(attempt) > 0 && nanos(slow) > nanos(attempt)) {
            Setting<?> at = slow.later(attempt);
            problems.warn(
                    at,
                    described(slow, at) + " is longer than " + described(attempt, at) + ": no attempt is ever slow");
        }
        if (slow.found() != null) {
            problems.note(
                    slow.later(rate),
                    "slow_call_duration is measured up to a response's head: a body that arrives slowly makes no "
                            + "attempt slow");
        }
    }

    /**
     * With as many attempts as the breaker allows failures in a row, one failing call opens the breaker for all calls.
     */
    private void oneCallCannotOpenIt(Settings settings) {
        Setting<Integer> threshold = settings.setting(LoadProtectionKeys.BREAKER_FAILURE_THRESHOLD);
        Setting<Integer> retries = settings.setting(RetryKeys.MAX_RETRIES);
        boolean counts =
                !threshold.builtIn() || settings.number(LoadProtectionKeys.BREAKER_FAILURE_RATE_THRESHOLD) == 0;
        int failures = threshold.found() == null ? 0 : threshold.value();
        int attempts = (retries.found() == null ? 0 : retries.value()) + 1;
        if (counts
                && settings.setting(LoadProtectionKeys.BREAKER_STATE).found() == Forced.NONE
                && failures <= attempts) {
            problems.warn(
                    threshold.later(retries),
                    "one failing call alone opens the breaker: failure_threshold = " + threshold.shown(failures)
                            + ", and with max_retries = " + retries.shown(attempts - 1)
                            + (retries.external() == null
                                    ? " a call has " + attempts + " attempts"
                                    : " a call has one attempt more than that")
                            + "; make failure_threshold larger than that");
        }
    }

    private void aProbeCanReport(Settings settings) {
        Setting<Duration> lease = settings.setting(LoadProtectionKeys.BREAKER_PROBE_LEASE);
        Setting<Duration> attempt = settings.setting(RetryKeys.ATTEMPT_TIMEOUT);
        if (lease.found() != null && nanos(lease) < nanos(attempt)) {
            Setting<?> at = lease.later(attempt);
            problems.warn(
                    at,
                    described(lease, at) + " is shorter than " + described(attempt, at)
                            + ": a slow probe loses its permit before it can report");
        }
    }

    private void aHedgeComesBeforeTheEnd(Settings settings) {
        Setting<HedgeDelay> delay = settings.setting(LoadProtectionKeys.HEDGE_DELAY);
        Setting<Duration> attempt = settings.setting(RetryKeys.ATTEMPT_TIMEOUT);
        long nanos = delay.found() == null ? 0 : delay.value().policy().delayNanos();
        if (nanos(attempt) > 0 && nanos >= nanos(attempt)) {
            Setting<?> at = delay.later(attempt);
            problems.warn(
                    at,
                    "no second attempt is ever sent: delay = " + delay.shown(Units.duration(nanos))
                            + ", and the first one is over after " + described(attempt, at));
        }
    }
}
