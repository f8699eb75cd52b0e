package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import dev.holdfast.policy.Jitter;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Finds values that do nothing wherever they hold, since another one keeps their part off: what somebody wrote and
 * wonders why it does not take effect. A value that one host inherits in vain may be in use at another, so nothing is
 * said before all are known. One that is the default anyway is not worth a word.
 */
final class UnusedSettingsCheck {
    /** Those of the breaker whose use does not depend on others. */
    private static final List<Key<?>> BREAKER_BY_ITSELF = List.of(
            LoadProtectionKeys.BREAKER_STATE,
            LoadProtectionKeys.BREAKER_FAILURE_THRESHOLD,
            LoadProtectionKeys.BREAKER_SUCCESS_THRESHOLD,
            LoadProtectionKeys.BREAKER_TIMEOUT,
            LoadProtectionKeys.BREAKER_TIMEOUT_JITTER,
            LoadProtectionKeys.BREAKER_FAILURE_RATE_THRESHOLD,
            LoadProtectionKeys.BREAKER_SLOW_CALL_RATE_THRESHOLD,
            LoadProtectionKeys.BREAKER_HALF_OPEN_PROBES,
            LoadProtectionKeys.BREAKER_PROBE_LEASE,
            LoadProtectionKeys.BREAKER_RAMP,
            LoadProtectionKeys.BREAKER_FAILURE_STATUS_CODES);

    private static final List<Key<?>> CACHE = List.of(
            FallbackKeys.CACHE_TTL,
            FallbackKeys.CACHE_MAX_BODY,
            FallbackKeys.CACHE_STATUS_CODES,
            FallbackKeys.CACHE_KEY_HEADERS,
            FallbackKeys.CACHE_IGNORE_HEADERS,
            FallbackKeys.CACHE_PRIVATE,
            FallbackKeys.CACHE_MAX_BYTES,
            FallbackKeys.CACHE_DIR);

    private final Problems problems;
    private final Map<Setting<?>, String> idle = new LinkedHashMap<>();
    private final Set<Setting<?>> used = new HashSet<>();

    UnusedSettingsCheck(Problems problems) {
        this.problems = problems;
    }

    /** Looks at the merged settings of one policy. */
    void check(Settings settings) {
        breaker(settings);
        retrying(settings);
        fallback(settings);
        note(
                settings,
                settings.number(LoadProtectionKeys.LIMITS_MAX_CONCURRENT) > 0 || hasRate(settings),
                "there is neither a max_concurrent nor a max_rate that an attempt could wait for",
                List.of(LoadProtectionKeys.LIMITS_MAX_WAIT));
    }

    private static boolean hasRate(Settings settings) {
        Units.Rate rate = settings.setting(LoadProtectionKeys.LIMITS_MAX_RATE).found();
        return rate == null || rate.permits() > 0;
    }

    private void breaker(Settings settings) {
        Setting<Boolean> enabled = settings.setting(LoadProtectionKeys.BREAKER_ENABLED);
        if (enabled.builtIn()) {
            note(
                    settings,
                    false,
                    "the breaker is off by default; add enabled = true",
                    LoadProtectionKeys.BREAKER.keys());
            return;
        }
        // Where it was switched off by hand, what stands beside that waits to be switched on again.
        boolean off = !Boolean.TRUE.equals(enabled.found());
        boolean slow = settings.number(LoadProtectionKeys.BREAKER_SLOW_CALL_RATE_THRESHOLD) > 0;
        boolean rates = slow || settings.number(LoadProtectionKeys.BREAKER_FAILURE_RATE_THRESHOLD) > 0;
        note(
                settings,
                off || rates,
                "no rate is evaluated; add failure_rate_threshold or slow_call_rate_threshold",
                List.of(LoadProtectionKeys.BREAKER_SLIDING_WINDOW, LoadProtectionKeys.BREAKER_MINIMUM_CALLS));
        note(
                settings,
                off || slow,
                "add slow_call_rate_threshold",
                List.of(LoadProtectionKeys.BREAKER_SLOW_CALL_DURATION));
        note(
                settings,
                off
                        || settings.nanos(LoadProtectionKeys.BREAKER_MAX_TIMEOUT)
                                >= settings.nanos(LoadProtectionKeys.BREAKER_TIMEOUT),
                "it is shorter than timeout, so that every open time is timeout",
                List.of(LoadProtectionKeys.BREAKER_MAX_TIMEOUT));
        note(settings, true, "", BREAKER_BY_ITSELF);
    }

    private void retrying(Settings settings) {
        note(
                settings,
                settings.isTrue(RetryKeys.RETRY_AFTER),
                "retry_after = false",
                List.of(RetryKeys.MAX_RETRY_AFTER, RetryKeys.WAIT_HEADERS));
        note(
                settings,
                settings.setting(RetryKeys.JITTER).found() != Jitter.DECORRELATED,
                "with jitter = \"decorrelated\" waits grow by themselves",
                List.of(RetryKeys.MULTIPLIER));
        note(
                settings,
                settings.isTrue(RetryKeys.ENABLED) && settings.number(RetryKeys.MAX_RETRIES) > 0,
                "a second attempt counts as a retry, and there are none",
                List.of(LoadProtectionKeys.HEDGE_DELAY));
    }

    private void fallback(Settings settings) {
        List<Strategy> chain = settings.setting(FallbackKeys.STRATEGY).found();
        if (!settings.isTrue(FallbackKeys.ENABLED) || chain == null) {
            return;
        }
        note(settings, chain.contains(Strategy.CACHE), "strategy does not name \"cache\"", CACHE);
        note(
                settings,
                chain.contains(Strategy.DEFAULT_VALUE),
                "strategy does not name \"default_value\"",
                FallbackKeys.DEFAULT_VALUE.keys());
        note(
                settings,
                chain.contains(Strategy.DEGRADED),
                "strategy does not name \"degraded\"",
                FallbackKeys.DEGRADED.keys());
    }

    private void note(Settings settings, boolean inUse, String why, List<Key<?>> keys) {
        for (Key<?> key : keys) {
            Setting<?> setting = settings.setting(key);
            if (setting.builtIn() || setting.found() == null) {
                continue;
            }
            if (inUse) {
                used.add(setting);
            } else if (!Objects.equals(setting.found(), key.builtIn().found())) {
                idle.putIfAbsent(setting, why);
                return;
            }
        }
    }

    /** Says what is idle, when all policies were looked at. */
    void report() {
        for (Map.Entry<Setting<?>, String> one : idle.entrySet()) {
            if (!used.contains(one.getKey())) {
                problems.warn(one.getKey(), "has no effect: " + one.getValue());
            }
        }
    }
}
