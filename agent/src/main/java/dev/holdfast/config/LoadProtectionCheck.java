package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;

/** Finds settings that keep load off an origin and that cannot work together, each good as it may be by itself. */
final class LoadProtectionCheck {
    private static final String BREAKER = "retry.circuit_breaker.";
    private static final String BUDGET = "retry.budget.";

    private final Problems problems;

    LoadProtectionCheck(Problems problems) {
        this.problems = problems;
    }

    /** Looks at merged settings. */
    void check(Settings settings) {
        boolean retries = RetryCheck.isOn(settings);
        if (settings.isTrue(BREAKER + "enabled")) {
            windowHoldsItsMinimum(settings);
            someCallCanBeSlow(settings);
            if (retries) {
                oneCallCannotOpenIt(settings);
            }
            aProbeCanReport(settings);
        }
        if (retries && settings.isTrue(BUDGET + "enabled")) {
            budgetAllowsARetry(settings);
        }
        if (retries) {
            aHedgeComesBeforeTheEnd(settings);
        }
    }

    /** A rate that waits for more calls than its window ever holds would never count. */
    private void windowHoldsItsMinimum(Settings settings) {
        Setting minimum = settings.get(BREAKER + "minimum_calls");
        Setting window = settings.get(BREAKER + "sliding_window");
        boolean rates = settings.number(BREAKER + "failure_rate_threshold") > 0
                || settings.number(BREAKER + "slow_call_rate_threshold") > 0;
        // A default gives way to a smaller window.
        if (rates
                && !minimum.builtIn()
                && window.found() instanceof Long calls
                && minimum.found() instanceof Long least
                && least > calls) {
            Setting at = minimum.later(window);
            problems.error(
                    at.line(),
                    at.column(),
                    at.path(),
                    "minimum_calls = " + least + " is above sliding_window = " + calls
                            + ": no rate would ever count; make the window as large, or the minimum as small");
        }
    }

    private void budgetAllowsARetry(Settings settings) {
        Setting ratio = settings.get(BUDGET + "ratio");
        Setting floor = settings.get(BUDGET + "min_per_second");
        boolean none = settings.number(BUDGET + "ratio") == 0 && settings.number(BUDGET + "min_per_second") == 0;
        if (none && ratio.found() != null && floor.found() != null) {
            Setting at = ratio.later(floor);
            problems.warn(
                    at.line(),
                    at.column(),
                    at.path(),
                    "with ratio = 0 and min_per_second = 0 the budget forbids every retry; write max_retries = 0 if that is"
                            + " meant, or enabled = false to have no budget");
        }
    }

    /** An attempt that its timeout ends before it is slow is none. */
    private void someCallCanBeSlow(Settings settings) {
        Setting slow = settings.get(BREAKER + "slow_call_duration");
        Setting attempt = settings.get("retry.attempt_timeout");
        if (settings.number(BREAKER + "slow_call_rate_threshold") > 0
                && attempt.nanos() > 0
                && slow.nanos() > attempt.nanos()) {
            Setting at = slow.later(attempt);
            warn(at, slow.said(at) + " is longer than " + attempt.said(at) + ": no attempt is ever slow");
        }
        if (settings.number(BREAKER + "slow_call_rate_threshold") > 0 && slow.found() != null) {
            Setting at = slow.later(settings.get(BREAKER + "slow_call_rate_threshold"));
            problems.note(
                    at.line(),
                    at.column(),
                    at.path(),
                    "slow_call_duration is measured up to a response's head: a body that arrives slowly makes no attempt slow");
        }
    }

    /** With as many attempts as the breaker allows failures in a row, one call that fails rejects everybody's. */
    private void oneCallCannotOpenIt(Settings settings) {
        Setting threshold = settings.get(BREAKER + "failure_threshold");
        Setting retries = settings.get("retry.max_retries");
        boolean counts = !threshold.builtIn() || settings.number(BREAKER + "failure_rate_threshold") == 0;
        long attempts = (long) settings.number("retry.max_retries") + 1;
        if (counts
                && "auto".equals(settings.get(BREAKER + "state").found())
                && settings.number(BREAKER + "failure_threshold") <= attempts) {
            warn(
                    threshold.later(retries),
                    "one call that fails opens the breaker alone: failure_threshold = "
                            + (long) settings.number(BREAKER + "failure_threshold") + ", and with max_retries = "
                            + (attempts - 1)
                            + " a call has " + attempts + " attempts; make failure_threshold larger than that");
        }
    }

    private void aProbeCanReport(Settings settings) {
        Setting lease = settings.get(BREAKER + "probe_lease");
        Setting attempt = settings.get("retry.attempt_timeout");
        if (lease.found() != null && lease.nanos() < attempt.nanos()) {
            Setting at = lease.later(attempt);
            warn(
                    at,
                    lease.said(at) + " is shorter than " + attempt.said(at)
                            + ": a slow probe loses its place before it can report");
        }
    }

    private void aHedgeComesBeforeTheEnd(Settings settings) {
        Setting delay = settings.get("retry.hedge.delay");
        Setting attempt = settings.get("retry.attempt_timeout");
        long nanos = delay.found() instanceof String text ? Units.parseDuration(text) : 0;
        if (attempt.nanos() > 0 && nanos >= attempt.nanos()) {
            Setting at = delay.later(attempt);
            warn(
                    at,
                    "no second attempt is ever sent: delay = " + Units.duration(nanos)
                            + ", and the first one is over after " + attempt.said(at));
        }
    }

    private void warn(Setting at, String message) {
        problems.warn(at.line(), at.column(), at.path(), message);
    }
}
