package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.RetryCondition.Action;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
        conditions(settings);
        if (FaultKeys.areSet(settings)) {
            faults(settings);
        }
        note(
                settings,
                settings.number(LoadProtectionKeys.LIMITS_MAX_CONCURRENT) > 0 || hasRate(settings),
                "there is neither a max_concurrent nor a max_rate that an attempt could wait for",
                List.of(LoadProtectionKeys.LIMITS_MAX_WAIT));
        note(
                settings,
                hasRate(settings),
                "there is no max_rate that instances could share",
                List.of(LoadProtectionKeys.LIMITS_SCOPE));
        boolean shared = settings.isTrue(LoadProtectionKeys.LIMITS_SCOPE) && hasRate(settings);
        note(
                settings,
                shared || "".equals(settings.setting(FallbackKeys.STORE_URL).found()), // which is said elsewhere
                "no max_rate has scope = \"fleet\"",
                List.of(FallbackKeys.STORE_INSTANCES));
        note(
                settings,
                !settings.isTrue(FallbackKeys.STORE_BREAKER_HINTS)
                        || settings.isTrue(LoadProtectionKeys.BREAKER_ENABLED)
                        || "".equals(settings.setting(FallbackKeys.STORE_URL).found()),
                "there is no circuit breaker that could be hinted at",
                List.of(FallbackKeys.STORE_BREAKER_HINTS));
    }

    private void faults(Settings settings) {
        note(
                settings,
                !FaultFactory.kinds(settings).isEmpty(),
                "there is no status, error, delay or cut_body beside it",
                List.of(FaultKeys.SHARE));
        note(
                settings,
                !settings.setting(FaultKeys.SHARE).builtIn(),
                "it takes a share, such as share = 0.3",
                List.of(FaultKeys.STATUS, FaultKeys.ERROR, FaultKeys.DELAY, FaultKeys.CUT_BODY));
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
        boolean waits = settings.isTrue(RetryKeys.RETRY_AFTER);
        boolean headers =
                !List.of().equals(settings.setting(RetryKeys.WAIT_HEADERS).found());
        note(settings, waits, "retry_after = false", List.of(RetryKeys.WAIT_HEADERS));
        note(
                settings,
                waits && headers,
                waits ? "wait_headers = [] leaves no header that says how long to wait" : "retry_after = false",
                List.of(RetryKeys.MAX_RETRY_AFTER));
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

    /** Each condition stands in the file once, and in the lists of all that inherit it: one of them may have a use. */
    private void conditions(Settings settings) {
        List<Settings> conditions = settings.conditions();
        boolean othersAct = false;
        for (int i = conditions.size() - 1; i >= 0; i--) {
            Settings condition = conditions.get(i);
            Setting<Action> action = condition.setting(RetryKeys.CONDITION_ACTION);
            if (action.found() == null) {
                continue;
            }
            String why = vain(condition, action.found(), settings, othersAct);
            othersAct |= action.found() != Action.NO_RETRY;
            if (why == null) {
                used.add(action);
            } else {
                idle.putIfAbsent(action, why);
            }
        }
    }

    /**
     * Returns the reason why a condition does nothing under some settings; null: it may do something.
     *
     * @param othersAct whether one behind it asks for a retry or a fallback, which it may keep from that
     */
    private static @Nullable String vain(Settings condition, Action action, Settings settings, boolean othersAct) {
        List<String> methods = condition.setting(RetryKeys.CONDITION_METHODS).found();
        List<String> ofRoute = settings.setting(Keys.ROUTE_METHODS).found();
        if (methods != null
                && ofRoute != null
                && !methods.isEmpty()
                && !ofRoute.isEmpty()
                && Collections.disjoint(methods, ofRoute)) {
            return "has no effect: the route is for other methods";
        }
        List<Strategy> chain = settings.setting(FallbackKeys.STRATEGY).found();
        boolean fallsBack = settings.isTrue(FallbackKeys.ENABLED) && chain != null && !chain.isEmpty();
        boolean retries = RetryCheck.isOn(settings);
        return switch (action) {
            case FALLBACK ->
                fallsBack
                        ? null
                        : "gives no fallback, since there is none: such a response is delivered, and not retried; add a"
                                + " strategy to [retry.fallback]";
            case RETRY ->
                retries || fallsBack || settings.isTrue(LoadProtectionKeys.BREAKER_ENABLED)
                        ? null
                        : "has no effect: no call is retried, since enabled = false or max_retries = 0";
            case NO_RETRY ->
                othersAct
                                || !condition.setting(RetryKeys.CONDITION_BODY).builtIn()
                                || !condition.setting(RetryKeys.CONDITION_JSON).builtIn()
                                || (retries && isRetriedOtherwise(condition, settings))
                        ? null
                        : "has no effect: no such response is retried, whether it holds or not";
        };
    }

    /** Returns whether responses that a condition holds for may be retried by their headers or status. */
    private static boolean isRetriedOtherwise(Settings condition, Settings settings) {
        List<StatusRange> ranges = condition.setting(RetryKeys.CONDITION_STATUS).found();
        List<Integer> retried =
                settings.setting(RetryKeys.RETRYABLE_STATUS_CODES).found();
        if (ranges == null
                || ranges.isEmpty()
                || retried == null
                || !Map.of().equals(settings.setting(RetryKeys.RETRY_HEADERS).found())) {
            return true;
        }
        for (StatusRange range : ranges) {
            for (int status : retried) {
                if (range.first() <= status && status <= range.last()) {
                    return true;
                }
            }
        }
        return false;
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
                idle.putIfAbsent(setting, "has no effect: " + why);
                return;
            }
        }
    }

    /** Says what is idle, when all policies were looked at. */
    void report() {
        for (Map.Entry<Setting<?>, String> one : idle.entrySet()) {
            // Nobody who names a preset can take anything out of it.
            if (!used.contains(one.getKey()) && one.getKey().preset().isEmpty()) {
                problems.warn(one.getKey(), one.getValue());
            }
        }
    }
}
