package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
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
    private final Problems problems;
    private final FallbackFactory fallbacks;

    /**
     * Makes the policies of one file.
     *
     * @param file its name, for the files that are named in it
     * @param problems takes what is wrong
     */
    PolicyFactory(String file, Problems problems) {
        this.problems = problems;
        fallbacks = new FallbackFactory(file, problems);
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
                LoadFactory.breaker(settings),
                LoadFactory.budget(settings),
                LoadFactory.limits(settings),
                LoadFactory.hedge(settings),
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
                flag(settings, "retry.policy.retry_after"),
                number(settings, "retry.policy.max_retry_after"),
                number(settings, "retry.attempt_timeout"),
                number(settings, "retry.deadline"),
                number(settings, "retry.replay_limit"),
                number(settings, "retry.buffer_response"));
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
        Setting initial = settings.get("retry.initial_delay");
        Setting max = settings.get("retry.max_delay");
        if (value(max) < value(initial) && bothGood(max, initial)) {
            conflict(max, "is shorter than", initial);
        }
        Setting attempt = settings.get("retry.attempt_timeout");
        Setting deadline = settings.get("retry.deadline");
        if (value(deadline) > 0 && value(deadline) < value(attempt)) {
            conflict(deadline, "is shorter than", attempt);
        }
        warnOfAnIdleBreaker(settings);
        fallbacks.check(settings);
        new LoadCheck(problems).check(settings, isOn(settings));
        if (!isOn(settings)) {
            return;
        }
        if (value(deadline) > 0 && value(deadline) <= value(initial) && initial.found() != null) {
            problems.warn(deadline.line(), deadline.column(), deadline.path(), deadline(deadline, initial));
        }
        Setting statuses = settings.get("retry.policy.retryable_status_codes");
        Setting errors = settings.get("retry.policy.retryable_errors");
        Setting headers = settings.get("retry.policy.retry_headers");
        if (isEmpty(statuses) && isEmpty(errors) && isEmpty(headers)) {
            Setting at = later(statuses, errors);
            problems.warn(
                    at.line(), at.column(), at.path(), "no status, no error and no header is retried: nothing ever is");
        }
    }

    private void warnOfAnIdleBreaker(Settings settings) {
        if (!settings.get("retry.circuit_breaker.enabled").builtIn()) {
            return;
        }
        for (Key key : Keys.all()) {
            Setting setting = settings.get(key.path());
            if (key.section().equals("retry.circuit_breaker") && !setting.builtIn()) {
                problems.warn(
                        setting.line(),
                        setting.column(),
                        setting.path(),
                        "has no effect: the breaker is off by default; write enabled = true beside it");
                return;
            }
        }
    }

    private static boolean bothGood(Setting one, Setting other) {
        return one.found() != null && other.found() != null;
    }

    private static boolean isOn(Settings settings) {
        return !Boolean.FALSE.equals(settings.get("retry.enabled").found())
                && value(settings.get("retry.max_retries")) > 0;
    }

    private static boolean isEmpty(Setting setting) {
        return (setting.found() instanceof List<?> list && list.isEmpty())
                || (setting.found() instanceof Map<?, ?> map && map.isEmpty());
    }

    private static String deadline(Setting deadline, Setting initial) {
        return shown(deadline) + " is over before the first retry can be sent, which waits for "
                + said(initial, deadline);
    }

    private void conflict(Setting one, String relation, Setting other) {
        Setting at = later(one, other);
        problems.error(at.line(), at.column(), at.path(), said(one, at) + " " + relation + " " + said(other, at));
    }

    /** Name and value of a setting, and where it comes from if that is not where the problem is reported. */
    private static String said(Setting setting, Setting reported) {
        String name = setting.path().substring(setting.path().lastIndexOf('.') + 1) + " = " + shown(setting);
        if (setting.equals(reported)) {
            return name;
        }
        return name + (setting.builtIn() ? " (the default)" : " (line " + setting.line() + ")");
    }

    private static String shown(Setting setting) {
        return Quantities.duration(value(setting));
    }

    /** The setting further down in the file: the one that broke what was good until there. */
    private static Setting later(Setting one, Setting other) {
        boolean first = one.line() != other.line() ? one.line() > other.line() : one.column() > other.column();
        return first ? one : other;
    }

    /** The number that a setting holds, 0 where what the file holds is not allowed and was reported. */
    private static long value(Setting setting) {
        return setting.found() instanceof Long number ? number : 0;
    }

    private static long number(Settings settings, String path) {
        return value(settings.get(path));
    }

    private static boolean flag(Settings settings, String path) {
        return (Boolean) settings.get(path).value();
    }

    private static List<?> list(Settings settings, String path) {
        return (List<?>) settings.get(path).value();
    }
}
