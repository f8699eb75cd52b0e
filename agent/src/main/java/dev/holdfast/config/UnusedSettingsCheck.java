package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
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
    private static final String[] BREAKER = Keys.below("retry.circuit_breaker");
    /** Those whose use does not depend on others. */
    private static final String[] BREAKER_BY_ITSELF = {
        "retry.circuit_breaker.state",
        "retry.circuit_breaker.failure_threshold",
        "retry.circuit_breaker.success_threshold",
        "retry.circuit_breaker.timeout",
        "retry.circuit_breaker.timeout_jitter",
        "retry.circuit_breaker.failure_rate_threshold",
        "retry.circuit_breaker.slow_call_rate_threshold",
        "retry.circuit_breaker.half_open_probes",
        "retry.circuit_breaker.probe_lease",
        "retry.circuit_breaker.ramp",
        "retry.circuit_breaker.failure_status_codes"
    };

    private static final String[] DEFAULT_VALUE = Keys.below("retry.fallback.default_value");
    private static final String[] DEGRADED = Keys.below("retry.fallback.degraded");

    private final Problems problems;
    private final Map<Setting, String> idle = new LinkedHashMap<>();
    private final Set<Setting> used = new HashSet<>();

    UnusedSettingsCheck(Problems problems) {
        this.problems = problems;
    }

    /** Looks at the merged settings of one policy. */
    void check(Settings settings) {
        breaker(settings);
        retrying(settings);
        fallback(settings);
        boolean limited = settings.number("limits.max_concurrent") > 0
                || !"".equals(settings.get("limits.max_rate").found());
        note(
                settings,
                limited,
                "there is neither a max_concurrent nor a max_rate that an attempt could wait for",
                "limits.max_wait");
    }

    private void breaker(Settings settings) {
        String path = "retry.circuit_breaker.";
        if (settings.get(path + "enabled").builtIn()) {
            note(settings, false, "the breaker is off by default; write enabled = true beside it", BREAKER);
            return;
        }
        // Where it was switched off by hand, what stands beside that waits to be switched on again.
        boolean off = !settings.isTrue(path + "enabled");
        boolean slow = settings.number(path + "slow_call_rate_threshold") > 0;
        boolean rates = slow || settings.number(path + "failure_rate_threshold") > 0;
        note(
                settings,
                off || rates,
                "no rate is looked at; write failure_rate_threshold or slow_call_rate_threshold beside it",
                path + "sliding_window",
                path + "minimum_calls");
        note(settings, off || slow, "write slow_call_rate_threshold beside it", path + "slow_call_duration");
        note(
                settings,
                off || settings.number(path + "max_timeout") >= settings.number(path + "timeout"),
                "it is shorter than timeout, which every open time is then",
                path + "max_timeout");
        note(settings, true, "", BREAKER_BY_ITSELF);
    }

    private void retrying(Settings settings) {
        note(
                settings,
                settings.isTrue("retry.policy.retry_after"),
                "retry_after = false",
                "retry.policy.max_retry_after");
        note(
                settings,
                !"decorrelated".equals(settings.get("retry.jitter").found()),
                "with jitter = \"decorrelated\" waits grow by themselves",
                "retry.multiplier");
        note(
                settings,
                settings.isTrue("retry.enabled") && settings.number("retry.max_retries") > 0,
                "a second attempt counts as a retry, and there are none",
                "retry.hedge.delay");
    }

    private void fallback(Settings settings) {
        String path = "retry.fallback.";
        if (!settings.isTrue(path + "enabled")
                || !(settings.get(path + "strategy").found() instanceof List<?> chain)) {
            return;
        }
        note(
                settings,
                chain.contains("cache"),
                "strategy does not name \"cache\"",
                path + "cache_ttl",
                path + "cache_max_body",
                path + "cache_status_codes",
                path + "cache_key_headers",
                path + "cache_ignore_headers",
                path + "cache_private",
                path + "cache_max_bytes",
                path + "cache_dir");
        note(settings, chain.contains("default_value"), "strategy does not name \"default_value\"", DEFAULT_VALUE);
        note(settings, chain.contains("degraded"), "strategy does not name \"degraded\"", DEGRADED);
    }

    private void note(Settings settings, boolean inUse, String why, String... paths) {
        for (String path : paths) {
            Setting setting = settings.get(path);
            if (setting.builtIn() || setting.found() == null) {
                continue;
            }
            if (inUse) {
                used.add(setting);
            } else if (!Objects.equals(setting.found(), ValueReader.standard(Keys.get(path)))) {
                idle.putIfAbsent(setting, why);
                return;
            }
        }
    }

    /** Says what is idle, when all policies were looked at. */
    void report() {
        for (Map.Entry<Setting, String> one : idle.entrySet()) {
            Setting setting = one.getKey();
            if (!used.contains(setting)) {
                problems.warn(setting.line(), setting.column(), setting.path(), "has no effect: " + one.getValue());
            }
        }
    }
}
