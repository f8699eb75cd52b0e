package dev.holdfast.config;

import dev.holdfast.policy.ValueSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values that one part of the file sets: the top, or one host. What a host leaves open comes from the top, and what
 * the top leaves open from the built-in defaults, key by key.
 */
final class Settings {
    private final @Nullable Settings parent;
    private final Map<Key<?>, Setting<?>> own;
    /** Stands for the values of this part, which others may share: see {@link #identity}. */
    private final Object token;

    /**
     * Starts a part without values.
     *
     * @param parent where the values come from that this part does not set, null for the built-in defaults
     */
    Settings(@Nullable Settings parent) {
        this.parent = parent;
        own = new HashMap<>();
        token = new Object();
    }

    /**
     * The values of one part over those of another. What is put into either later is in both.
     *
     * @param parent where the values come from that the part does not set
     * @param part the part; where it inherits from itself does not count
     */
    Settings(Settings parent, Settings part) {
        this.parent = parent;
        own = part.own;
        token = part.token;
    }

    /**
     * A value and where it stands.
     *
     * @param found null if the file holds something that is not allowed
     * @param line 0 for a built-in default, and for a value that a variable sets without the file
     * @param column 0 likewise
     * @param path the key's path with the host's pattern before it, where it stands under one
     * @param external the source of a value that comes from outside the file; null: the file, or the default
     * @param <T> the type of the key's values
     */
    record Setting<T>(
            @Nullable T found,
            int line,
            int column,
            String path,
            @Nullable ExternalSource external) {
        /** A value of the file itself, or a built-in default. */
        Setting(@Nullable T found, int line, int column, String path) {
            this(found, line, column, path, null);
        }

        /** Returns whether neither the file nor a variable says anything about it. */
        boolean builtIn() {
            return line == 0 && external == null;
        }

        /** The value as a message may show it: its source instead, where it comes from outside the file. */
        String shown(Object value) {
            return external == null ? value.toString() : external.shown();
        }

        /** The source of the value, for whoever shows it while the program runs. */
        ValueSource source() {
            return external == null ? ValueSource.FILE : new ValueSource(external.masked());
        }

        /** The value; to be asked for only where no error was found. */
        T value() {
            if (found == null) {
                throw new IllegalStateException(path);
            }
            return found;
        }

        /** The name of the preset that it stands in, with its prefix; empty: it stands in the file, or nowhere. */
        String preset() {
            return Presets.nameIn(path);
        }

        /**
         * The one of two that stands further down in the file: it broke what was good until there. What stands in the
         * file itself was written for what stands in a preset.
         */
        Setting<?> later(Setting<?> other) {
            if (preset().isEmpty() != other.preset().isEmpty()) {
                return preset().isEmpty() && !builtIn() ? this : other.builtIn() ? this : other;
            }
            boolean first = line != other.line ? line > other.line : column > other.column;
            return first ? this : other;
        }
    }

    /** The nanoseconds of a duration; 0 where what the file holds is not allowed and was reported. */
    static long nanos(Setting<Duration> setting) {
        Duration found = setting.found();
        return found == null ? 0 : found.toNanos();
    }

    /** Name and value of a duration, and where it comes from if that is not where the problem is reported. */
    static String described(Setting<Duration> setting, Setting<?> reported) {
        String path = setting.path();
        String name = path.substring(path.lastIndexOf('.') + 1) + " = " + setting.shown(Units.duration(nanos(setting)));
        if (setting.equals(reported) || (setting.line() == 0 && !setting.builtIn())) {
            return name;
        }
        String preset = setting.preset().isEmpty() ? "" : setting.preset() + " ";
        return name + (setting.builtIn() ? " (the default)" : " (" + preset + "line " + setting.line() + ")");
    }

    /** Returns the settings of the tables without an error; those of the others count as not set. */
    Settings readable(Problems problems) {
        Settings readable = new Settings(parent);
        for (Map.Entry<Key<?>, Setting<?>> entry : own.entrySet()) {
            String path = entry.getKey().path();
            int dot = path.indexOf('.');
            if (!problems.concern(dot < 0 ? path : path.substring(0, dot))) {
                readable.own.put(entry.getKey(), entry.getValue());
            }
        }
        return readable;
    }

    /**
     * Returns something that is equal for settings which are merged of the same parts, and so have the same values. The
     * policies that a part builds on are no value of it. The settings have to be complete.
     */
    List<Object> identity() {
        List<Object> parts = new ArrayList<>();
        for (Settings part = this; part != null; part = part.parent) {
            if (part.own.size() > 1 || (!part.own.isEmpty() && !part.own.containsKey(Keys.POLICY))) {
                parts.add(part.token);
            }
        }
        return parts;
    }

    /** Returns the part that has the values which this part does not set; null: the built-in defaults have them. */
    @Nullable
    Settings parent() {
        return parent;
    }

    /**
     * The conditions in the order in which they are asked: those of a part before those of the parts that it inherits
     * from. An empty list ends them.
     */
    List<Settings> conditions() {
        List<Settings> conditions = List.of();
        boolean copied = false;
        for (Settings part = this; part != null; part = part.parent) {
            Setting<List<Settings>> setting = part.own(RetryKeys.WHEN);
            List<Settings> more = setting == null ? null : setting.found();
            if (setting != null && (more == null || more.isEmpty())) {
                break;
            }
            if (more == null) {
                continue;
            }
            if (conditions.isEmpty()) {
                conditions = more;
            } else if (!conditions.contains(more.get(0))) { // a policy that host and route build on both
                conditions = copied ? conditions : new ArrayList<>(conditions);
                copied = true;
                conditions.addAll(more);
            }
        }
        return conditions;
    }

    <T> void put(Key<T> key, Setting<T> setting) {
        own.put(key, setting);
    }

    /** The value of a key, from here or from where this part inherits it; only where no error was found. */
    <T> T get(Key<T> key) {
        return setting(key).value();
    }

    /** Returns whether a flag is set; not where what the file holds is not allowed. */
    boolean isTrue(Key<Boolean> key) {
        return Boolean.TRUE.equals(setting(key).found());
    }

    /** A number; 0 where what the file holds is not allowed and was reported. */
    double number(Key<? extends Number> key) {
        Number found = setting(key).found();
        return found == null ? 0 : found.doubleValue();
    }

    /** The nanoseconds of a duration; 0 where what the file holds is not allowed and was reported. */
    long nanos(Key<Duration> key) {
        return nanos(setting(key));
    }

    /** Returns the value that this part itself sets, or null. */
    // put() takes a key and a setting of one type, which a map of several types cannot say.
    @SuppressWarnings("unchecked")
    <T> @Nullable Setting<T> own(Key<T> key) {
        return (Setting<T>) own.get(key);
    }

    /** The value of a key and where it stands, from here or from where this part inherits it. */
    <T> Setting<T> setting(Key<T> key) {
        for (Settings part = this; part != null; part = part.parent) {
            Setting<T> setting = part.own(key);
            if (setting != null) {
                return setting;
            }
        }
        return key.builtIn();
    }
}
