package dev.holdfast.config;

import dev.holdfast.policy.RetryCondition;
import dev.holdfast.policy.RetryCondition.Action;
import dev.holdfast.policy.TextPattern;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes conditions of their settings, and finds those that can never hold or say nothing. Loaded where there are any.
 */
final class ConditionCheck {
    private ConditionCheck() {}

    /** Returns the conditions that settings stand for. */
    static List<RetryCondition> conditions(List<Settings> tables) {
        List<RetryCondition> conditions = new ArrayList<>();
        for (Settings table : tables) {
            Set<Integer> statuses = new HashSet<>();
            for (StatusRange range : table.get(RetryKeys.CONDITION_STATUS)) {
                for (int status = range.first(); status <= range.last(); status++) {
                    statuses.add(status);
                }
            }
            List<RetryCondition.HeaderPattern> headers = new ArrayList<>();
            for (Map.Entry<String, List<String>> header :
                    table.get(RetryKeys.CONDITION_HEADERS).entrySet()) {
                headers.add(new RetryCondition.HeaderPattern(header.getKey(), patterns(header.getValue())));
            }
            conditions.add(new RetryCondition(
                    statuses,
                    new HashSet<>(table.get(RetryKeys.CONDITION_METHODS)),
                    headers,
                    table.get(RetryKeys.CONDITION_ACTION),
                    table.get(RetryKeys.CONDITION_EVEN_IF_SUCCESSFUL)));
        }
        return conditions;
    }

    private static List<TextPattern> patterns(List<String> texts) {
        List<TextPattern> patterns = new ArrayList<>();
        for (String text : texts) {
            patterns.add(TextPattern.of(text.strip()));
        }
        return patterns;
    }

    /** Returns what is wrong with a condition; null: nothing, or something that was reported already. */
    static @Nullable String error(Settings condition) {
        List<StatusRange> statuses =
                condition.setting(RetryKeys.CONDITION_STATUS).found();
        Action action = condition.setting(RetryKeys.CONDITION_ACTION).found();
        Map<String, List<String>> headers =
                condition.setting(RetryKeys.CONDITION_HEADERS).found();
        List<String> methods = condition.setting(RetryKeys.CONDITION_METHODS).found();
        if (statuses == null || action == null || headers == null || methods == null) {
            return null;
        }
        if (condition.setting(RetryKeys.CONDITION_ACTION).builtIn()) {
            return "has no action; write one: action = \"retry\", \"no_retry\" or \"fallback\"";
        }
        if (statuses.isEmpty() && headers.isEmpty() && methods.isEmpty()) {
            return "holds for every response; write a status, methods or headers";
        }
        boolean even = condition.isTrue(RetryKeys.CONDITION_EVEN_IF_SUCCESSFUL);
        int highest = 0;
        for (StatusRange range : statuses) {
            highest = Math.max(highest, range.last());
        }
        if (even && action == Action.NO_RETRY) {
            return "even_if_successful is for action = \"retry\" or \"fallback\"; no_retry needs no leave";
        }
        if (action != Action.NO_RETRY && !even && highest > 0 && highest < RetryCondition.FIRST_ERROR) {
            return "never holds: its statuses are of responses that succeeded, and to "
                    + (action == Action.RETRY ? "send such a request again" : "replace such a response")
                    + " has to be meant; if it is, add even_if_successful = true";
        }
        return null;
    }
}
