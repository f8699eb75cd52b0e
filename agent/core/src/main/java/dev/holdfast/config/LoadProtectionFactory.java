package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.BreakerPolicy;
import dev.holdfast.policy.BudgetPolicy;
import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.LimitPolicy;
import java.util.HashSet;

/** Makes the parts of a policy that keep load off an origin, of settings whose single values are good. */
final class LoadProtectionFactory {
    private LoadProtectionFactory() {}

    static BreakerPolicy breaker(Settings settings) {
        if (!settings.get(LoadProtectionKeys.BREAKER_ENABLED)) {
            return BreakerPolicy.NONE;
        }
        double failureRate = settings.get(LoadProtectionKeys.BREAKER_FAILURE_RATE_THRESHOLD);
        Setting<Integer> threshold = settings.setting(LoadProtectionKeys.BREAKER_FAILURE_THRESHOLD);
        Window window = settings.get(LoadProtectionKeys.BREAKER_SLIDING_WINDOW);
        long open = settings.nanos(LoadProtectionKeys.BREAKER_TIMEOUT);
        return new BreakerPolicy(
                true,
                settings.get(LoadProtectionKeys.BREAKER_STATE),
                failureRate > 0 && threshold.builtIn() ? 0 : threshold.value(),
                failureRate,
                settings.nanos(LoadProtectionKeys.BREAKER_SLOW_CALL_DURATION),
                settings.get(LoadProtectionKeys.BREAKER_SLOW_CALL_RATE_THRESHOLD),
                window.calls(),
                window.nanos(),
                minimumCalls(settings.setting(LoadProtectionKeys.BREAKER_MINIMUM_CALLS), window.calls()),
                settings.get(LoadProtectionKeys.BREAKER_SUCCESS_THRESHOLD),
                open,
                Math.max(open, settings.nanos(LoadProtectionKeys.BREAKER_MAX_TIMEOUT)),
                settings.get(LoadProtectionKeys.BREAKER_TIMEOUT_JITTER),
                settings.get(LoadProtectionKeys.BREAKER_HALF_OPEN_PROBES),
                settings.nanos(LoadProtectionKeys.BREAKER_PROBE_LEASE),
                settings.nanos(LoadProtectionKeys.BREAKER_RAMP),
                new HashSet<>(settings.get(LoadProtectionKeys.BREAKER_FAILURE_STATUS_CODES)));
    }

    /** The default gives way to a smaller window; one that is written is held against the window elsewhere. */
    private static int minimumCalls(Setting<Integer> minimum, int windowCalls) {
        int written = minimum.value();
        return minimum.builtIn() && windowCalls > 0 ? Math.min(written, windowCalls) : written;
    }

    static BudgetPolicy budget(Settings settings) {
        return new BudgetPolicy(
                settings.get(LoadProtectionKeys.BUDGET_ENABLED),
                settings.get(LoadProtectionKeys.BUDGET_RATIO),
                settings.get(LoadProtectionKeys.BUDGET_MIN_PER_SECOND),
                settings.nanos(LoadProtectionKeys.BUDGET_TTL));
    }

    static HedgePolicy hedge(Settings settings) {
        return settings.get(LoadProtectionKeys.HEDGE_DELAY).policy();
    }

    static LimitPolicy limits(Settings settings) {
        Units.Rate rate = settings.get(LoadProtectionKeys.LIMITS_MAX_RATE);
        return new LimitPolicy(
                settings.get(LoadProtectionKeys.LIMITS_MAX_CONCURRENT),
                rate.permits(),
                rate.nanos(),
                settings.nanos(LoadProtectionKeys.LIMITS_MAX_WAIT),
                settings.get(LoadProtectionKeys.LIMITS_SCOPE) ? settings.get(FallbackKeys.STORE_INSTANCES) : 0);
    }
}
