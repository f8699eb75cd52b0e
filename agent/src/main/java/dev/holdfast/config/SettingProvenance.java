package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which line each value of a policy comes from, for whoever explains a configuration. Nothing is worked out before it
 * is asked for. Filled while a file is read, not changed afterwards.
 */
public final class SettingProvenance {
    private final String file;
    private final Map<String, Found> policies = new HashMap<>();

    private record Found(Settings merged, int line) {}

    SettingProvenance(String file) {
        this.file = file;
    }

    /**
     * One value of a policy.
     *
     * @param key the key's path below its host or route
     * @param text the value as TOML has it; {@code ***} where it may hold a credential
     * @param line in the file, 0 for a built-in default
     * @param from who sets it, such as {@code hosts."api.example.com"}; empty for the file's defaults
     */
    public record Value(String key, String text, int line, String from) {
        /** Returns whether the file says nothing about it. */
        public boolean builtIn() {
            return line == 0;
        }
    }

    void add(String policyName, Settings merged, int line) {
        policies.put(policyName, new Found(merged, line));
    }

    /** The line in which the table of a policy begins; 0: there is none of that name. */
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
        Settings merged = found.merged();
        List<Value> values = new ArrayList<>();
        for (Key key : Keys.all()) {
            if (key.perHost()) {
                Setting setting = merged.get(key.path());
                String path = setting.path();
                String from = path.endsWith("." + key.path())
                        ? path.substring(0, path.length() - key.path().length() - 1)
                        : "";
                values.add(new Value(key.path(), text(key, setting), setting.line(), setting.builtIn() ? "" : from));
            }
        }
        return values;
    }

    private static String text(Key key, Setting setting) {
        Object found = setting.found();
        if (found == null) {
            return "";
        }
        if (key.secret() && !setting.builtIn()) {
            return "***";
        }
        return switch (key.type()) {
            case DURATION -> '"' + Units.duration((Long) found) + '"';
            case SIZE -> (Long) found == 0 ? "0" : '"' + Units.size((Long) found) + '"';
            case ANSWERS -> "[]";
            default -> literal(found);
        };
    }

    /** A value as TOML has it. */
    static String literal(@Nullable Object value) {
        if (value instanceof String text) {
            return MessageText.quoted(text);
        }
        if (value instanceof List<?> list) {
            StringBuilder text = new StringBuilder("[");
            for (Object item : list) {
                text.append(text.length() == 1 ? "" : ", ").append(literal(item));
            }
            return text.append(']').toString();
        }
        return value instanceof Map<?, ?> ? "{}" : String.valueOf(value);
    }
}
