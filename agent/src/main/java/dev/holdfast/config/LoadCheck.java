package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;

/** Finds settings that keep load off an origin and that cannot work together, each good as it may be by itself. */
final class LoadCheck {
    private static final String BREAKER = "retry.circuit_breaker.";
    private static final String BUDGET = "retry.budget.";

    private final Problems problems;

    LoadCheck(Problems problems) {
        this.problems = problems;
    }

    /**
     * Looks at merged settings.
     *
     * @param retries whether calls are sent again at all
     */
    void check(Settings settings, boolean retries) {
        if (Boolean.TRUE.equals(settings.get(BREAKER + "enabled").found())) {
            windowHoldsItsMinimum(settings);
        }
        if (retries && Boolean.TRUE.equals(settings.get(BUDGET + "enabled").found())) {
            budgetAllowsARetry(settings);
        }
    }

    /** A rate that waits for more calls than its window ever holds would never count. */
    private void windowHoldsItsMinimum(Settings settings) {
        Setting minimum = settings.get(BREAKER + "minimum_calls");
        Setting window = settings.get(BREAKER + "sliding_window");
        boolean rates = number(settings.get(BREAKER + "failure_rate_threshold")) > 0
                || number(settings.get(BREAKER + "slow_call_rate_threshold")) > 0;
        // A default gives way to a smaller window.
        if (rates
                && !minimum.builtIn()
                && window.found() instanceof Long calls
                && minimum.found() instanceof Long least
                && least > calls) {
            Setting at = later(minimum, window);
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
        if (ratio.found() != null && floor.found() != null && number(ratio) == 0 && number(floor) == 0) {
            Setting at = later(ratio, floor);
            problems.warn(
                    at.line(),
                    at.column(),
                    at.path(),
                    "with ratio = 0 and min_per_second = 0 the budget forbids every retry; write max_retries = 0 if that is"
                            + " meant, or enabled = false to have no budget");
        }
    }

    private static double number(Setting setting) {
        return setting.found() instanceof Number number ? number.doubleValue() : 0;
    }

    private static Setting later(Setting one, Setting other) {
        return one.line() > other.line() || (one.line() == other.line() && one.column() > other.column()) ? one : other;
    }
}
