package dev.holdfast.config;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The values that one part of the file sets: the top, or one host. What a host leaves open comes from the top, and what
 * the top leaves open from the built-in defaults, key by key.
 */
final class Settings {
    /** The built-in defaults that were asked for. */
    private static final Map<String, Setting> STANDARD = new ConcurrentHashMap<>();

    private final @Nullable Settings parent;
    private final Map<String, Setting> own = new HashMap<>();

    /**
     * Starts a part without values.
     *
     * @param parent where the values come from that this part does not set, null for the built-in defaults
     */
    Settings(@Nullable Settings parent) {
        this.parent = parent;
    }

    /**
     * A value and where it stands.
     *
     * @param found as {@link ValueReader#read} gives it: null if the file holds something that is not allowed
     * @param line 0 for a built-in default
     * @param column 0 for a built-in default
     * @param path the key's path with the host's pattern before it, where it stands under one
     */
    record Setting(@Nullable Object found, int line, int column, String path) {
        /** Returns whether the file says nothing about it. */
        boolean builtIn() {
            return line == 0;
        }

        /** The value; to be asked for only where no error was found. */
        Object value() {
            if (found == null) {
                throw new IllegalStateException(path);
            }
            return found;
        }

        /**
         * What a duration, a size or an integer comes to; 0 where what the file holds is not allowed and was reported.
         */
        long nanos() {
            return found instanceof Long number ? number : 0;
        }

        /** The one of two that stands further down in the file: it broke what was good until there. */
        Setting later(Setting other) {
            boolean first = line != other.line ? line > other.line : column > other.column;
            return first ? this : other;
        }

        /** Name and value of a duration, and where it comes from if that is not where the problem is reported. */
        String said(Setting reported) {
            String name = path.substring(path.lastIndexOf('.') + 1) + " = " + Units.duration(nanos());
            if (equals(reported)) {
                return name;
            }
            return name + (builtIn() ? " (the default)" : " (line " + line + ")");
        }
    }

    /** Where the values come from that this part does not set. */
    @Nullable
    Settings parent() {
        return parent;
    }

    /** What this part itself sets under a path, or null. */
    @Nullable
    Setting own(String path) {
        return own.get(path);
    }

    /** What this part sets in tables without an error; what stands in the others counts as not set. */
    Settings readable(Problems problems) {
        Settings readable = new Settings(parent);
        for (Map.Entry<String, Setting> entry : own.entrySet()) {
            String path = entry.getKey();
            int dot = path.indexOf('.');
            if (!problems.concern(dot < 0 ? path : path.substring(0, dot))) {
                readable.own.put(path, entry.getValue());
            }
        }
        return readable;
    }

    void put(Key key, Setting setting) {
        own.put(key.path(), setting);
    }

    /** Returns whether a flag is set; not where what the file holds is not allowed. */
    boolean isTrue(String path) {
        return Boolean.TRUE.equals(get(path).found());
    }

    /** A number, 0 where what the file holds is not allowed and was reported. */
    double number(String path) {
        return get(path).found() instanceof Number number ? number.doubleValue() : 0;
    }

    /** The value of a key, from here or from where this part inherits it. */
    Setting get(String path) {
        for (Settings part = this; part != null; part = part.parent) {
            Setting setting = part.own.get(path);
            if (setting != null) {
                return setting;
            }
        }
        Setting standard = STANDARD.get(path);
        if (standard == null) {
            standard = new Setting(ValueReader.standard(Keys.get(path)), 0, 0, path);
            STANDARD.put(path, standard); // many hosts share one default
        }
        return standard;
    }
}
