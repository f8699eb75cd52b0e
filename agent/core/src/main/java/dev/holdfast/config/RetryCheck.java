package dev.holdfast.config;

import static dev.holdfast.config.Settings.described;
import static dev.holdfast.config.Settings.nanos;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.RetryCondition;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds settings of the retrying that cannot work together, each good as it may be by itself. */
final class RetryCheck {
    /**
     * The number of conditions that one policy may have: each host and each route has a list, and a file may have few
     * conditions for many of them.
     */
    private static final int MOST_CONDITIONS = 200;

    private static final long DEFAULT_LOOKUP_MEMORY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Problems problems;
    private final Function<List<Settings>, List<RetryCondition>> made;
    /** The lists of conditions that were looked at: many hosts inherit one. */
    private final IdentityHashMap<List<Settings>, Boolean> checkedLists = new IdentityHashMap<>();
    /** The lists that make a policy have too many. */
    private final IdentityHashMap<List<Settings>, Boolean> overfullLists = new IdentityHashMap<>();

    /**
     * Looks at the settings of one file.
     *
     * @param made gives the conditions of a list of tables of the file
     */
    RetryCheck(Problems problems, Function<List<Settings>, List<RetryCondition>> made) {
        this.problems = problems;
        this.made = made;
    }

    /** Looks at merged settings. */
    void check(Settings settings) {
        Setting<Duration> initial = settings.setting(RetryKeys.INITIAL_DELAY);
        Setting<Duration> max = settings.setting(RetryKeys.MAX_DELAY);
        if (max.found() != null && initial.found() != null && nanos(max) < nanos(initial)) {
            conflict(settings, max, "is shorter than", initial);
        }
        Setting<Duration> attempt = settings.setting(RetryKeys.ATTEMPT_TIMEOUT);
        Setting<Duration> deadline = settings.setting(RetryKeys.DEADLINE);
        long end = nanos(deadline);
        if (end > 0 && end < nanos(attempt)) {
            conflict(settings, deadline, "is shorter than", attempt);
        }
        // Conditions decide about fallbacks, too: also where nothing is retried.
        checkConditions(settings);
        if (!isOn(settings)) {
            return;
        }
        if (end > 0 && end <= nanos(initial) && initial.found() != null) {
            problems.warn(
                    deadline,
                    deadline.shown(Units.duration(end))
                            + " is over before the first retry can be sent, which waits for "
                            + described(initial, deadline));
        }
        Setting<Duration> retryAfter = settings.setting(RetryKeys.MAX_RETRY_AFTER);
        if (end > 0 && nanos(retryAfter) > end && !retryAfter.builtIn()) {
            Setting<?> at = retryAfter.later(deadline);
            problems.warn(
                    at,
                    described(retryAfter, at) + " is longer than " + described(deadline, at)
                            + ": the call ends before such a wait does");
        }
        aNameIsLookedUpAgain(settings);
        aBrokenBodyIsSeenInTime(settings);
        somethingIsRetried(settings);
        noHeaderBothWays(settings);
        aHeaderAloneRepeatsASuccess(settings);
    }

    private void checkConditions(Settings settings) {
        int left = settings.conditions().size();
        Setting<List<Settings>> tooMany = null;
        for (Settings part = settings; left > 0 && part != null; part = part.parent()) {
            Setting<List<Settings>> own = part.own(RetryKeys.WHEN);
            List<Settings> tables = own == null ? null : own.found();
            if (own == null || tables == null) {
                continue;
            }
            tooMany = left > MOST_CONDITIONS ? own : tooMany;
            left -= tables.size();
            if (checkedLists.put(tables, true) == null) {
                ConditionCheck.checkList(own, made.apply(tables), problems);
            }
        }
        if (tooMany != null && overfullLists.put(tooMany.value(), true) == null) {
            problems.error(
                    tooMany,
                    "more than " + MOST_CONDITIONS + " conditions come together, with the inherited ones; each is asked"
                            + " for each response");
        }
    }

    /** Header conditions hold whatever the status, as they always have; so do those that are meant for errors. */
    private void aHeaderAloneRepeatsASuccess(Settings settings) {
        Setting<Map<String, List<String>>> again = settings.setting(RetryKeys.RETRY_HEADERS);
        Setting<Map<String, List<String>>> never = settings.setting(RetryKeys.NO_RETRY_HEADERS);
        if (again.found() != null && !saysItself(again.value().keySet())) {
            problems.warn(
                    again,
                    "the request is sent again also after a response that succeeded, PUT and DELETE included, where it"
                            + " has such a header; write [[retry.policy.when]] with headers and action = \"retry\","
                            + " which leaves successes alone");
        }
        for (Setting<Map<String, List<String>>> headers : List.of(again, never)) {
            if (headers.found() == null) {
                continue;
            }
            for (List<String> values : headers.value().values()) {
                if (values.contains("*")) {
                    problems.warn(
                            headers,
                            "\"*\" is taken literally; for any value write [[retry.policy.when]] with headers, where"
                                    + " a * stands for any text");
                }
            }
        }
    }

    /** Returns whether all of these headers are made to ask for a retry, such as {@code x-should-retry}. */
    private static boolean saysItself(Set<String> headers) {
        for (String name : headers) {
            if (!name.toLowerCase(Locale.ROOT).endsWith("retry")) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether calls are sent again at all. */
    static boolean isOn(Settings settings) {
        return !Boolean.FALSE.equals(settings.setting(RetryKeys.ENABLED).found())
                && settings.number(RetryKeys.MAX_RETRIES) > 0;
    }

    /** The JVM's default memory of failed look-ups; the one in force is known to the program's JVM only. */
    private void aNameIsLookedUpAgain(Settings settings) {
        Setting<List<FailureName>> errors = settings.setting(RetryKeys.RETRYABLE_ERRORS);
        Setting<Duration> longest = settings.setting(RetryKeys.MAX_DELAY);
        if (longest.found() != null
                && nanos(longest) < DEFAULT_LOOKUP_MEMORY_NANOS
                && lists(errors.found(), ErrorKind.DNS_RESOLUTION)) {
            Setting<?> at = longest.later(errors);
            problems.note(
                    at,
                    "a JVM remembers a failed name look-up for 10 s by default, and " + described(longest, at)
                            + " forbids to wait for so long: retries of dns_resolution ask no name server; make "
                            + "max_delay"
                            + " 10s or longer, or set the security property networkaddress.cache.negative.ttl");
        }
    }

    /** A program has the head of a response before its body breaks, unless that is held back. */
    private void aBrokenBodyIsSeenInTime(Settings settings) {
        Setting<List<FailureName>> errors = settings.setting(RetryKeys.RETRYABLE_ERRORS);
        Setting<Long> held = settings.setting(RetryKeys.BUFFER_RESPONSE);
        if (errors.external() == null
                && Long.valueOf(0).equals(held.found())
                && lists(errors.found(), ErrorKind.PREMATURE_EOF)) {
            problems.note(
                    held.later(errors),
                    "premature_eof in retryable_errors has no effect on a body that ends too early while none is held"
                            + " back: the program has the response by then; set buffer_response in [retry], such as"
                            + " buffer_response = \"64KiB\"");
        }
    }

    private static boolean lists(@Nullable List<FailureName> errors, ErrorKind kind) {
        for (FailureName error : errors == null ? List.<FailureName>of() : errors) {
            if (error.kind() == kind) {
                return true;
            }
        }
        return false;
    }

    private void somethingIsRetried(Settings settings) {
        Setting<List<Integer>> statuses = settings.setting(RetryKeys.RETRYABLE_STATUS_CODES);
        Setting<List<FailureName>> errors = settings.setting(RetryKeys.RETRYABLE_ERRORS);
        if (List.of().equals(statuses.found())
                && List.of().equals(errors.found())
                && settings.conditions().isEmpty()
                && settings.setting(RetryKeys.WHEN).found() != null
                && Map.of().equals(settings.setting(RetryKeys.RETRY_HEADERS).found())) {
            problems.warn(statuses.later(errors), "no status, error or header is retried, so no call ever is");
        }
    }

    private void noHeaderBothWays(Settings settings) {
        Setting<Map<String, List<String>>> again = settings.setting(RetryKeys.RETRY_HEADERS);
        Setting<Map<String, List<String>>> never = settings.setting(RetryKeys.NO_RETRY_HEADERS);
        if (again.found() == null || never.found() == null) {
            return;
        }
        for (Map.Entry<String, List<String>> header : again.value().entrySet()) {
            for (Map.Entry<String, List<String>> other : never.value().entrySet()) {
                String name = header.getKey();
                if (name.equalsIgnoreCase(other.getKey())
                        && !Collections.disjoint(header.getValue(), other.getValue())) {
                    problems.warn(
                            again.later(never),
                            "a value of " + name.toLowerCase(Locale.ROOT)
                                    + " both asks for a retry and forbids it; the one that forbids it wins");
                }
            }
        }
    }

    private void conflict(Settings settings, Setting<Duration> one, String relation, Setting<Duration> other) {
        Setting<?> later = one.later(other);
        // Between two presets it is made by whoever names both.
        Setting<?> at = later.preset().isEmpty() ? later : settings.setting(Keys.POLICY);
        problems.error(at, described(one, at) + " " + relation + " " + described(other, at));
    }
}
