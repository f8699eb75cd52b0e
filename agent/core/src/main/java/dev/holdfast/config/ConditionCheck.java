package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.BodyPattern;
import dev.holdfast.policy.JsonPointer;
import dev.holdfast.policy.RetryCondition;
import dev.holdfast.policy.RetryCondition.Action;
import dev.holdfast.policy.RetryCondition.HeaderPattern;
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
    /** The number of conditions that are compared with each other, more than anybody writes for a host. */
    private static final int COMPARED = 32;

    private ConditionCheck() {}

    /** Returns the condition that a table stands for. */
    static RetryCondition condition(Settings table) {
        Set<Integer> statuses = new HashSet<>();
        for (StatusRange range : table.get(RetryKeys.CONDITION_STATUS)) {
            for (int status = range.first(); status <= range.last(); status++) {
                statuses.add(status);
            }
        }
        List<HeaderPattern> headers = new ArrayList<>();
        for (Map.Entry<String, List<String>> header :
                table.get(RetryKeys.CONDITION_HEADERS).entrySet()) {
            headers.add(new HeaderPattern(header.getKey(), patterns(header.getValue())));
        }
        return new RetryCondition(
                statuses,
                new HashSet<>(table.get(RetryKeys.CONDITION_METHODS)),
                headers,
                body(table),
                table.get(RetryKeys.CONDITION_ACTION),
                table.get(RetryKeys.CONDITION_EVEN_IF_SUCCESSFUL));
    }

    private static @Nullable BodyPattern body(Settings table) {
        List<BodyPattern.JsonPattern> values = new ArrayList<>();
        table.get(RetryKeys.CONDITION_JSON).forEach((pointer, texts) -> {
            JsonPointer parsed = JsonPointer.parse(pointer);
            if (parsed != null) {
                values.add(new BodyPattern.JsonPattern(parsed, patterns(texts)));
            }
        });
        List<TextPattern> texts = new ArrayList<>();
        for (String text : table.get(RetryKeys.CONDITION_BODY)) {
            texts.add(TextPattern.of(text));
        }
        return texts.isEmpty() && values.isEmpty() ? null : new BodyPattern(texts, values);
    }

    private static List<TextPattern> patterns(List<String> texts) {
        List<TextPattern> patterns = new ArrayList<>();
        for (String text : texts) {
            patterns.add(TextPattern.of(text.strip()));
        }
        return patterns;
    }

    /** Looks at the conditions of one list of the file. One that hides an inherited one is meant to. */
    static void checkList(Setting<List<Settings>> when, List<RetryCondition> conditions, Problems problems) {
        int shadowed = shadowed(conditions);
        if (shadowed >= 0) {
            problems.warn(
                    when,
                    "condition " + (shadowed + 1) + " never decides: one before it holds wherever it does; write the"
                            + " narrower one first");
        }
    }

    /**
     * Returns the first of some conditions that never decides, since one before it holds wherever it does; -1: none.
     */
    private static int shadowed(List<RetryCondition> conditions) {
        int last = Math.min(conditions.size(), COMPARED);
        for (int i = 1; i < last; i++) {
            for (int before = 0; before < i; before++) {
                if (isWider(conditions.get(before), conditions.get(i))) {
                    return i;
                }
            }
        }
        return -1;
    }

    private static boolean isWider(RetryCondition one, RetryCondition other) {
        boolean everywhere = one.evenIfSuccessful() || one.action() == Action.NO_RETRY;
        return (everywhere || isOfErrors(other))
                && (one.statuses().isEmpty()
                        || (!other.statuses().isEmpty() && one.statuses().containsAll(other.statuses())))
                && (one.methods().isEmpty()
                        || (!other.methods().isEmpty() && one.methods().containsAll(other.methods())))
                && areWider(one.headers(), other.headers())
                && (one.body() == null || one.body().equals(other.body()));
    }

    /** Returns whether a condition holds for no response that succeeded. */
    private static boolean isOfErrors(RetryCondition condition) {
        if (!condition.evenIfSuccessful() && condition.action() != Action.NO_RETRY) {
            return true;
        }
        for (int status : condition.statuses()) {
            if (status < RetryCondition.FIRST_ERROR) {
                return false;
            }
        }
        return !condition.statuses().isEmpty();
    }

    /** Returns whether each of some headers is there and matches wherever all of others do. */
    private static boolean areWider(List<HeaderPattern> some, List<HeaderPattern> others) {
        for (HeaderPattern one : some) {
            boolean wider = false;
            for (HeaderPattern other : others) {
                wider |= one.name().equalsIgnoreCase(other.name())
                        && (one.values().stream().anyMatch(TextPattern::isAny)
                                || one.values().containsAll(other.values()));
            }
            if (!wider) {
                return false;
            }
        }
        return true;
    }

    /** Returns the reason why a condition that is good by itself can never hold, or a part of it says nothing. */
    static @Nullable String doubt(Settings condition) {
        List<StatusRange> statuses =
                condition.setting(RetryKeys.CONDITION_STATUS).value();
        boolean looksAtBody = !condition.get(RetryKeys.CONDITION_BODY).isEmpty()
                || !condition.get(RetryKeys.CONDITION_JSON).isEmpty();
        if (looksAtBody && List.of("HEAD").equals(condition.get(RetryKeys.CONDITION_METHODS))) {
            return "never holds: a response to HEAD has no body";
        }
        int lowest = 600;
        boolean bodies = statuses.isEmpty();
        for (StatusRange range : statuses) {
            lowest = Math.min(lowest, range.first());
            bodies |= range.first() != range.last() || (range.first() != 204 && range.first() != 304);
        }
        if (looksAtBody && !bodies) {
            return "never holds: a response with this status has no body";
        }
        if (condition.isTrue(RetryKeys.CONDITION_EVEN_IF_SUCCESSFUL)
                && lowest >= RetryCondition.FIRST_ERROR
                && !statuses.isEmpty()) {
            return "even_if_successful has no effect: its statuses are of errors";
        }
        return null;
    }

    /** Returns what is wrong with a condition; null: nothing, or something that was reported already. */
    static @Nullable String error(Settings condition) {
        List<StatusRange> statuses =
                condition.setting(RetryKeys.CONDITION_STATUS).found();
        Action action = condition.setting(RetryKeys.CONDITION_ACTION).found();
        Map<String, List<String>> headers =
                condition.setting(RetryKeys.CONDITION_HEADERS).found();
        List<String> methods = condition.setting(RetryKeys.CONDITION_METHODS).found();
        List<String> body = condition.setting(RetryKeys.CONDITION_BODY).found();
        Map<String, List<String>> json =
                condition.setting(RetryKeys.CONDITION_JSON).found();
        if (statuses == null
                || action == null
                || headers == null
                || methods == null
                || body == null
                || json == null
                || condition.setting(RetryKeys.CONDITION_EVEN_IF_SUCCESSFUL).found() == null) {
            return null;
        }
        if (condition.setting(RetryKeys.CONDITION_ACTION).builtIn()) {
            return "has no action; write one: action = \"retry\", \"no_retry\" or \"fallback\"";
        }
        if (statuses.isEmpty() && headers.isEmpty() && methods.isEmpty() && body.isEmpty() && json.isEmpty()) {
            return "holds for every response; write a status, methods, headers, body or json";
        }
        for (String text : body) {
            if (TextPattern.of(text).isAny()) {
                return "body is in every body; write a text to look for";
            }
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
