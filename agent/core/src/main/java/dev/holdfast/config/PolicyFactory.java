package dev.holdfast.config;

import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FaultPolicy;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryCondition;
import dev.holdfast.policy.RetryPolicy;
import dev.holdfast.policy.RetryPolicy.HeaderCondition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes policies of settings whose single values are good, and finds the combinations that are not. */
final class PolicyFactory {
    /** The conditions of each list of tables of the file: hosts that add none of their own share one. */
    private final IdentityHashMap<List<Settings>, List<RetryCondition>> conditions = new IdentityHashMap<>();
    /** The condition of each table, which stands in the lists of all that inherit it. */
    private final IdentityHashMap<Settings, RetryCondition> byTable = new IdentityHashMap<>();

    /** The policies and the checked settings by what they are merged of: many hosts and routes have all in common. */
    private final Map<List<Object>, Policy> policies = new HashMap<>();

    private final Set<List<Object>> checked = new HashSet<>();
    private final FallbackFactory fallbacks;
    private final Problems problems;
    private final RetryCheck retryCheck;
    private final LoadProtectionCheck loadProtectionCheck;
    private final UnusedSettingsCheck unusedSettingsCheck;
    private final HeldBodyCheck heldBodyCheck;

    /**
     * Makes the policies of one file.
     *
     * @param file its name, for the files that are named in it
     * @param problems takes what is wrong
     */
    PolicyFactory(String file, Problems problems) {
        fallbacks = new FallbackFactory(file, problems);
        this.problems = problems;
        retryCheck = new RetryCheck(problems, this::ofOneList);
        loadProtectionCheck = new LoadProtectionCheck(problems);
        unusedSettingsCheck = new UnusedSettingsCheck(problems);
        heldBodyCheck = new HeldBodyCheck(problems);
    }

    /**
     * Makes a policy.
     *
     * @param name what the policy is called
     * @param settings the merged settings
     */
    Policy policy(String name, Settings settings) {
        return policies.computeIfAbsent(settings.identity(), parts -> made(name, settings))
                .named(name);
    }

    private Policy made(String name, Settings settings) {
        return new Policy(
                name,
                settings.get(Keys.MODE),
                retry(settings),
                LoadProtectionFactory.breaker(settings),
                LoadProtectionFactory.budget(settings),
                LoadProtectionFactory.limits(settings),
                LoadProtectionFactory.hedge(settings),
                fallbacks.policy(settings),
                FaultKeys.areSet(settings) ? FaultFactory.policy(settings) : FaultPolicy.NONE,
                List.of());
    }

    private RetryPolicy retry(Settings settings) {
        Backoff backoff = new Backoff(
                settings.nanos(RetryKeys.INITIAL_DELAY),
                settings.nanos(RetryKeys.MAX_DELAY),
                settings.get(RetryKeys.MULTIPLIER),
                settings.get(RetryKeys.JITTER));
        Set<Integer> statuses = new HashSet<>(settings.get(RetryKeys.RETRYABLE_STATUS_CODES));
        Set<ErrorKind> errors = new HashSet<>();
        Set<String> errorClasses = new HashSet<>();
        for (FailureName error : settings.get(RetryKeys.RETRYABLE_ERRORS)) {
            error.addTo(statuses, errors, errorClasses);
        }
        return new RetryPolicy(
                settings.get(RetryKeys.ENABLED),
                settings.get(RetryKeys.MAX_RETRIES),
                backoff,
                statuses,
                errors,
                errorClasses,
                headerConditions(settings),
                new HashSet<>(settings.get(RetryKeys.METHODS)),
                new HashSet<>(settings.get(RetryKeys.ONE_TIME_HEADERS)),
                settings.get(RetryKeys.RETRY_AFTER) ? settings.get(RetryKeys.WAIT_HEADERS) : List.of(),
                settings.nanos(RetryKeys.MAX_RETRY_AFTER),
                settings.nanos(RetryKeys.ATTEMPT_TIMEOUT),
                settings.nanos(RetryKeys.DEADLINE),
                settings.get(RetryKeys.REPLAY_LIMIT),
                settings.get(RetryKeys.REPLAY_MAX_BYTES),
                settings.get(RetryKeys.BUFFER_RESPONSE),
                conditions(settings),
                settings.get(RetryKeys.ATTEMPT_HEADER));
    }

    private List<RetryCondition> conditions(Settings settings) {
        List<Settings> tables = settings.conditions();
        // A list that is put together of several is another object each time.
        return tables == settings.setting(RetryKeys.WHEN).found() ? ofOneList(tables) : each(tables);
    }

    private List<RetryCondition> ofOneList(List<Settings> tables) {
        List<RetryCondition> made = conditions.get(tables);
        if (made == null) {
            made = each(tables);
            conditions.put(tables, made);
        }
        return made;
    }

    private List<RetryCondition> each(List<Settings> tables) {
        if (tables.isEmpty()) {
            return List.of();
        }
        List<RetryCondition> each = new ArrayList<>(tables.size());
        for (Settings table : tables) {
            each.add(byTable.computeIfAbsent(table, ConditionCheck::condition));
        }
        return List.copyOf(each);
    }

    /** The conditions, those that forbid a retry first. */
    private static List<HeaderCondition> headerConditions(Settings settings) {
        List<HeaderCondition> conditions = new ArrayList<>();
        addConditions(conditions, settings.get(RetryKeys.NO_RETRY_HEADERS), false);
        addConditions(conditions, settings.get(RetryKeys.RETRY_HEADERS), true);
        return conditions;
    }

    private static void addConditions(
            List<HeaderCondition> conditions, Map<String, List<String>> headers, boolean retry) {
        for (Map.Entry<String, List<String>> header : headers.entrySet()) {
            for (String value : header.getValue()) {
                conditions.add(new HeaderCondition(header.getKey(), value.strip(), retry));
            }
        }
    }

    /** Reports combinations of good values that make no sense together. */
    void check(Settings settings) {
        if (!checked.add(settings.identity())) {
            return; // for another host, or another route of one
        }
        retryCheck.check(settings);
        loadProtectionCheck.check(settings);
        fallbacks.check(settings);
        if (FaultKeys.areSet(settings)) {
            FaultFactory.check(settings, problems);
        }
        unusedSettingsCheck.check(settings);
        heldBodyCheck.check(settings);
    }

    /** Reports what can be known only when all settings were checked. */
    void checked() {
        unusedSettingsCheck.report();
        heldBodyCheck.report();
    }
}
