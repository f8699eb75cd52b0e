package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.ValueSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The line that each value of a policy comes from, for explanations of a configuration. Nothing is worked out before it
 * is asked for. Filled while a file is read, not changed afterwards.
 */
public final class SettingProvenance {
    private final String file;
    private final Map<String, Found> policies = new HashMap<>();

    private record Found(Settings merged, int line, String preset) {}

    SettingProvenance(String file) {
        this.file = file;
    }

    /**
     * One value of a policy.
     *
     * @param key the key's path below its host or route
     * @param text the value as TOML has it, with the names of variables in their place; {@code ***} where it may hold a
     *     credential, or comes from outside the file as a whole
     * @param line in the file, or in the preset that sets it; 0 for a built-in default and for what is set without the
     *     file
     * @param from who sets it, such as {@code hosts."api.example.com"}, or the variable or system property that does
     *     without the file; empty for the file's defaults
     */
    public record Value(String key, String text, int line, String from) {
        /** Returns whether neither the file nor a variable says anything about it. */
        public boolean builtIn() {
            return line == 0 && from.isEmpty();
        }
    }

    /**
     * A part of the file that a policy is merged of.
     *
     * @param from the path of its table; empty for the file's defaults
     * @param line of its first value; 0 for none
     */
    public record Layer(String from, int line) {}

    /**
     * The parts that a policy is merged of, the one that wins first, as far as they set anything.
     *
     * @param policyName what the policy is called
     */
    public List<Layer> layers(String policyName) {
        List<Layer> layers = new ArrayList<>();
        Found found = policies.get(policyName);
        for (Settings part = found == null ? null : found.merged(); part != null; part = part.parent()) {
            String from = "";
            int line = 0;
            for (Key<?> key : Keys.all()) {
                Setting<?> own = key.perHost() ? part.own(key) : null;
                // What is set without the file has no line, and stands in no part of it.
                if (own != null && own.line() > 0 && (line == 0 || own.line() < line)) {
                    line = own.line();
                    from = from(key, own);
                }
            }
            if (line > 0) {
                layers.add(new Layer(from, line));
            }
        }
        return layers;
    }

    void add(String policyName, Settings merged, int line) {
        add(policyName, merged, line, "");
    }

    /**
     * The source of one value of a policy, which decides how it may be shown.
     *
     * @param policyName what the policy is called
     * @param path the key's path below its host or route
     */
    public ValueSource source(String policyName, String path) {
        Found found = policies.get(policyName);
        for (Key<?> key : found == null ? List.<Key<?>>of() : Keys.all()) {
            if (found != null && key.path().equals(path)) {
                return found.merged().setting(key).source();
            }
        }
        return ValueSource.FILE;
    }

    void add(String policyName, Settings merged, int line, String preset) {
        policies.put(policyName, new Found(merged, line, preset));
    }

    /** The preset that the table of a policy is in; empty for the file. */
    String preset(String policyName) {
        Found found = policies.get(policyName);
        return found == null ? "" : found.preset();
    }

    /** The line in which the table of a policy begins, in the file or its preset; 0: there is none of that name. */
    public int line(String policyName) {
        Found found = policies.get(policyName);
        return found == null ? 0 : found.line();
    }

    /** The name of the file. */
    public String file() {
        return file;
    }

    /**
     * The values of a policy, of all keys that a host may have, in the order of the reference.
     *
     * @param policyName what the policy is called
     * @return empty if there is none of that name
     */
    public List<Value> values(String policyName) {
        Found found = policies.get(policyName);
        if (found == null) {
            return List.of();
        }
        List<Value> values = new ArrayList<>();
        for (Key<?> key : Keys.all()) {
            if (key == RetryKeys.WHEN) {
                addConditions(found.merged(), values);
            } else if (key.perHost()) {
                values.add(value(key, found.merged().setting(key)));
            }
        }
        return values;
    }

    /** Conditions add up: each part that has some is a value of its own, the one that is asked first before. */
    private static void addConditions(Settings merged, List<Value> values) {
        Set<Settings> seen = new HashSet<>();
        int before = values.size();
        for (Settings part = merged; part != null; part = part.parent()) {
            Setting<List<Settings>> own = part.own(RetryKeys.WHEN);
            if (own == null) {
                continue;
            }
            List<Settings> conditions = own.value();
            if (conditions.isEmpty() || seen.add(conditions.get(0))) {
                values.add(value(RetryKeys.WHEN, own));
            }
            if (conditions.isEmpty()) {
                break;
            }
        }
        if (values.size() == before) {
            values.add(value(RetryKeys.WHEN, RetryKeys.WHEN.builtIn()));
        }
    }

    private static Value value(Key<?> key, Setting<?> setting) {
        ExternalSource external = setting.external();
        if (external != null && setting.line() == 0) {
            return new Value(key.path(), "***", 0, external.shown());
        }
        String from = setting.builtIn() ? "" : from(key, setting);
        return new Value(key.path(), text(key, setting), setting.line(), from);
    }

    /** The path of the table of a host, route or policy that a value stands below; empty: at the top. */
    private static String from(Key<?> key, Setting<?> setting) {
        String path = setting.path();
        return path.endsWith("." + key.path())
                ? path.substring(0, path.length() - key.path().length() - 1)
                : "";
    }

    private static String text(Key<?> key, Setting<?> setting) {
        Object found = setting.found();
        if (found == null) {
            return "";
        }
        ExternalSource external = setting.external();
        if (external != null) {
            return key.secret() ? external.masked() : external.shown();
        }
        if (key.secret() && !setting.builtIn() && !List.of().equals(found)) {
            return "***";
        }
        return key.type() == ValueType.ANSWERS || key.type() == ValueType.CONDITIONS ? "[]" : text(key, found);
    }

    private static String text(Key<?> key, Object value) {
        if (value instanceof List<?> list) {
            StringBuilder text = new StringBuilder("[");
            for (Object item : list) {
                text.append(text.length() == 1 ? "" : ", ").append(text(key, item));
            }
            return text.append(']').toString();
        }
        if (value instanceof Duration time) {
            return '"' + Units.duration(time.toNanos()) + '"';
        }
        if (value instanceof Long bytes) {
            return bytes == 0 ? "0" : '"' + Units.size(bytes) + '"';
        }
        String word = key.choices().word(value);
        if (word != null) {
            return MessageText.quoted(word);
        }
        return value instanceof Jitter jitter ? String.valueOf(jitter == Jitter.PROPORTIONAL) : literal(value);
    }

    /** A value as TOML has it, where it is a text or says so itself. */
    private static String literal(Object value) {
        return value instanceof String text
                ? MessageText.quoted(text)
                : value instanceof Map<?, ?> ? "{}" : value.toString();
    }
}
