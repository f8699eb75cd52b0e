package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Finds settings of the retrying that cannot work together, each good as it may be by itself. */
final class RetryCheck {
    private static final long DEFAULT_LOOKUP_MEMORY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Problems problems;

    RetryCheck(Problems problems) {
        this.problems = problems;
    }

    /** Looks at merged settings. */
    void check(Settings settings) {
        Setting initial = settings.get("retry.initial_delay");
        Setting max = settings.get("retry.max_delay");
        if (max.nanos() < initial.nanos() && max.found() != null && initial.found() != null) {
            conflict(max, "is shorter than", initial);
        }
        Setting attempt = settings.get("retry.attempt_timeout");
        Setting deadline = settings.get("retry.deadline");
        if (deadline.nanos() > 0 && deadline.nanos() < attempt.nanos()) {
            conflict(deadline, "is shorter than", attempt);
        }
        if (!isOn(settings)) {
            return;
        }
        if (deadline.nanos() > 0 && deadline.nanos() <= initial.nanos() && initial.found() != null) {
            warn(
                    deadline,
                    Units.duration(deadline.nanos()) + " is over before the first retry can be sent, which waits for "
                            + initial.said(deadline));
        }
        Setting retryAfter = settings.get("retry.policy.max_retry_after");
        if (deadline.nanos() > 0 && retryAfter.nanos() > deadline.nanos() && !retryAfter.builtIn()) {
            Setting at = retryAfter.later(deadline);
            warn(
                    at,
                    retryAfter.said(at) + " is longer than " + deadline.said(at)
                            + ": the call is over before such a wait is");
        }
        aNameIsLookedUpAgain(settings);
        somethingIsRetried(settings);
        noHeaderBothWays(settings);
    }

    /** Returns whether calls are sent again at all. */
    static boolean isOn(Settings settings) {
        return !Boolean.FALSE.equals(settings.get("retry.enabled").found()) && settings.number("retry.max_retries") > 0;
    }

    /** The JVM's default memory of failed look-ups; the one in force is known to the program's JVM only. */
    private void aNameIsLookedUpAgain(Settings settings) {
        Setting errors = settings.get("retry.policy.retryable_errors");
        Setting longest = settings.get("retry.max_delay");
        if (errors.found() instanceof List<?> list
                && list.contains("dns_resolution")
                && longest.found() != null
                && longest.nanos() < DEFAULT_LOOKUP_MEMORY_NANOS) {
            Setting at = longest.later(errors);
            problems.note(
                    at.line(),
                    at.column(),
                    at.path(),
                    "a JVM remembers a failed name look-up for 10 s by default, and " + longest.said(at)
                            + " forbids to wait for so long: retries of dns_resolution ask no name server; make max_delay"
                            + " 10s or longer, or set the security property networkaddress.cache.negative.ttl");
        }
    }

    private void somethingIsRetried(Settings settings) {
        Setting statuses = settings.get("retry.policy.retryable_status_codes");
        Setting errors = settings.get("retry.policy.retryable_errors");
        Setting headers = settings.get("retry.policy.retry_headers");
        if (isEmpty(statuses) && isEmpty(errors) && isEmpty(headers)) {
            warn(statuses.later(errors), "no status, no error and no header is retried: nothing ever is");
        }
    }

    private void noHeaderBothWays(Settings settings) {
        Setting again = settings.get("retry.policy.retry_headers");
        Setting never = settings.get("retry.policy.no_retry_headers");
        if (!(again.found() instanceof Map<?, ?> asking) || !(never.found() instanceof Map<?, ?> forbidding)) {
            return;
        }
        for (Map.Entry<?, ?> header : asking.entrySet()) {
            for (Map.Entry<?, ?> other : forbidding.entrySet()) {
                String name = (String) header.getKey();
                if (name.equalsIgnoreCase((String) other.getKey())
                        && !Collections.disjoint((List<?>) header.getValue(), (List<?>) other.getValue())) {
                    warn(
                            again.later(never),
                            "a value of " + name.toLowerCase(Locale.ROOT)
                                    + " both asks for a retry and forbids it; that which forbids it wins");
                }
            }
        }
    }

    private static boolean isEmpty(Setting setting) {
        return (setting.found() instanceof List<?> list && list.isEmpty())
                || (setting.found() instanceof Map<?, ?> map && map.isEmpty());
    }

    private void warn(Setting at, String message) {
        problems.warn(at.line(), at.column(), at.path(), message);
    }

    private void conflict(Setting one, String relation, Setting other) {
        Setting at = one.later(other);
        problems.error(at.line(), at.column(), at.path(), one.said(at) + " " + relation + " " + other.said(at));
    }
}
