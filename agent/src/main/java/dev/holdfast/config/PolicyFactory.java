package dev.holdfast.config;

import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryPolicy;
import dev.holdfast.policy.RetryPolicy.HeaderCondition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Makes policies of settings whose single values are good, and finds the combinations that are not. */
final class PolicyFactory {
    private final FallbackFactory fallbacks;
    private final RetryCheck retryCheck;
    private final LoadProtectionCheck loadProtectionCheck;
    private final UnusedSettingsCheck unusedSettingsCheck;

    /**
     * Makes the policies of one file.
     *
     * @param file its name, for the files that are named in it
     * @param problems takes what is wrong
     */
    PolicyFactory(String file, Problems problems) {
        fallbacks = new FallbackFactory(file, problems);
        retryCheck = new RetryCheck(problems);
        loadProtectionCheck = new LoadProtectionCheck(problems);
        unusedSettingsCheck = new UnusedSettingsCheck(problems);
    }

    /**
     * Makes a policy.
     *
     * @param name what the policy is called
     * @param settings the merged settings
     */
    Policy policy(String name, Settings settings) {
        Mode mode = Mode.valueOf(((String) settings.get("mode").value()).toUpperCase(Locale.ROOT));
        return new Policy(
                name,
                mode,
                retry(settings),
                LoadProtectionFactory.breaker(settings),
                LoadProtectionFactory.budget(settings),
                LoadProtectionFactory.limits(settings),
                LoadProtectionFactory.hedge(settings),
                fallbacks.policy(settings));
    }

    private static RetryPolicy retry(Settings settings) {
        Backoff backoff = new Backoff(
                number(settings, "retry.initial_delay"),
                number(settings, "retry.max_delay"),
                (Double) settings.get("retry.multiplier").value(),
                jitter(settings.get("retry.jitter").value()));
        Set<Integer> statuses = new HashSet<>();
        for (Object status : list(settings, "retry.policy.retryable_status_codes")) {
            statuses.add(((Long) status).intValue());
        }
        Set<ErrorKind> errors = new HashSet<>();
        Set<String> errorClasses = new HashSet<>();
        for (Object error : list(settings, "retry.policy.retryable_errors")) {
            addError((String) error, errors, errorClasses);
        }
        Set<String> methods = new HashSet<>();
        for (Object method : list(settings, "retry.policy.methods")) {
            methods.add((String) method);
        }
        return new RetryPolicy(
                flag(settings, "retry.enabled"),
                (int) number(settings, "retry.max_retries"),
                backoff,
                statuses,
                errors,
                errorClasses,
                headerConditions(settings),
                methods,
                headerNames(settings, "retry.policy.one_time_headers"),
                flag(settings, "retry.policy.retry_after"),
                number(settings, "retry.policy.max_retry_after"),
                number(settings, "retry.attempt_timeout"),
                number(settings, "retry.deadline"),
                number(settings, "retry.replay_limit"),
                number(settings, "retry.replay_max_bytes"),
                number(settings, "retry.buffer_response"));
    }

    private static Set<String> headerNames(Settings settings, String path) {
        Set<String> names = new HashSet<>();
        for (Object name : list(settings, path)) {
            names.add((String) name);
        }
        return names;
    }

    /** Sorts a word of an error list: a kind, or a class. */
    static void addError(String name, Set<ErrorKind> kinds, Set<String> classes) {
        for (ErrorKind kind : ErrorKind.values()) {
            if (kind.configName().equals(name)) {
                kinds.add(kind);
                return;
            }
        }
        classes.add(name);
    }

    private static Jitter jitter(Object value) {
        if (value instanceof Boolean on) {
            return on ? Jitter.PROPORTIONAL : Jitter.NONE;
        }
        return Jitter.valueOf(((String) value).toUpperCase(Locale.ROOT));
    }

    /** The conditions, those that forbid a retry first. */
    private static List<HeaderCondition> headerConditions(Settings settings) {
        List<HeaderCondition> conditions = new ArrayList<>();
        addConditions(conditions, settings, "retry.policy.no_retry_headers", false);
        addConditions(conditions, settings, "retry.policy.retry_headers", true);
        return conditions;
    }

    private static void addConditions(List<HeaderCondition> conditions, Settings settings, String path, boolean retry) {
        for (Map.Entry<?, ?> header : ((Map<?, ?>) settings.get(path).value()).entrySet()) {
            for (Object value : (List<?>) header.getValue()) {
                conditions.add(new HeaderCondition((String) header.getKey(), ((String) value).strip(), retry));
            }
        }
    }

    /** Reports combinations of good values that make no sense together. */
    void check(Settings settings) {
        retryCheck.check(settings);
        loadProtectionCheck.check(settings);
        fallbacks.check(settings);
        unusedSettingsCheck.check(settings);
    }

    /** Reports what can be known only when all settings were checked. */
    void checked() {
        unusedSettingsCheck.report();
    }

    private static long number(Settings settings, String path) {
        return settings.get(path).nanos();
    }

    private static boolean flag(Settings settings, String path) {
        return (Boolean) settings.get(path).value();
    }

    private static List<?> list(Settings settings, String path) {
        return (List<?>) settings.get(path).value();
    }
}
