package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.BreakerPolicy;
import dev.holdfast.policy.BudgetPolicy;
import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.LimitPolicy;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** Makes the parts of a policy that keep load off an origin, of settings whose single values are good. */
final class LoadProtectionFactory {
    private static final String BREAKER = "retry.circuit_breaker.";

    private LoadProtectionFactory() {}

    static BreakerPolicy breaker(Settings settings) {
        if (!flag(settings, BREAKER + "enabled")) {
            return BreakerPolicy.NONE;
        }
        double failureRate = decimal(settings, BREAKER + "failure_rate_threshold");
        Setting threshold = settings.get(BREAKER + "failure_threshold");
        Object window = settings.get(BREAKER + "sliding_window").value();
        int windowCalls = window instanceof Long calls ? calls.intValue() : 0;
        long open = number(settings, BREAKER + "timeout");
        Set<Integer> statuses = new HashSet<>();
        for (Object status :
                (List<?>) settings.get(BREAKER + "failure_status_codes").value()) {
            statuses.add(((Long) status).intValue());
        }
        return new BreakerPolicy(
                true,
                forced(settings),
                failureRate > 0 && threshold.builtIn() ? 0 : ((Long) threshold.value()).intValue(),
                failureRate,
                number(settings, BREAKER + "slow_call_duration"),
                decimal(settings, BREAKER + "slow_call_rate_threshold"),
                windowCalls,
                window instanceof String text ? Units.parseDuration(text) : 0,
                minimumCalls(settings.get(BREAKER + "minimum_calls"), windowCalls),
                (int) number(settings, BREAKER + "success_threshold"),
                open,
                Math.max(open, number(settings, BREAKER + "max_timeout")),
                decimal(settings, BREAKER + "timeout_jitter"),
                (int) number(settings, BREAKER + "half_open_probes"),
                number(settings, BREAKER + "probe_lease"),
                number(settings, BREAKER + "ramp"),
                statuses);
    }

    /** The default gives way to a smaller window; one that is written is held against the window elsewhere. */
    private static int minimumCalls(Setting setting, int windowCalls) {
        int written = ((Long) setting.value()).intValue();
        return setting.builtIn() && windowCalls > 0 ? Math.min(written, windowCalls) : written;
    }

    private static BreakerPolicy.Forced forced(Settings settings) {
        String state = (String) settings.get(BREAKER + "state").value();
        return switch (state) {
            case "auto" -> BreakerPolicy.Forced.NONE;
            case "observe" -> BreakerPolicy.Forced.OBSERVE;
            default ->
                BreakerPolicy.Forced.valueOf(state.substring("forced_".length()).toUpperCase(Locale.ROOT));
        };
    }

    static BudgetPolicy budget(Settings settings) {
        return new BudgetPolicy(
                flag(settings, "retry.budget.enabled"),
                decimal(settings, "retry.budget.ratio"),
                decimal(settings, "retry.budget.min_per_second"),
                number(settings, "retry.budget.ttl"));
    }

    static HedgePolicy hedge(Settings settings) {
        String delay = (String) settings.get("retry.hedge.delay").value();
        if (delay.isEmpty()) {
            return HedgePolicy.NONE;
        }
        return new HedgePolicy(true, delay.equals("p95") ? 0 : Units.parseDuration(delay));
    }

    static LimitPolicy limits(Settings settings) {
        String text = (String) settings.get("limits.max_rate").value();
        Units.Rate rate = text.isEmpty() ? new Units.Rate(0, 1) : Objects.requireNonNull(Units.parseRate(text));
        return new LimitPolicy(
                (int) number(settings, "limits.max_concurrent"),
                rate.permits(),
                rate.nanos(),
                number(settings, "limits.max_wait"));
    }

    private static boolean flag(Settings settings, String path) {
        return (Boolean) settings.get(path).value();
    }

    private static long number(Settings settings, String path) {
        return (Long) settings.get(path).value();
    }

    private static double decimal(Settings settings, String path) {
        return (Double) settings.get(path).value();
    }
}
