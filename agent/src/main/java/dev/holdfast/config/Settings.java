package dev.holdfast.config;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values that one part of the file sets: the top, or one host. What a host leaves open comes from the top, and what
 * the top leaves open from the built-in defaults, key by key.
 */
final class Settings {
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
        /** Whether the file says nothing about it. */
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
    }

    /** Where the values come from that this part does not set. */
    @Nullable
    Settings parent() {
        return parent;
    }

    /** What this part itself sets under a path, or null. */
    @Nullable
    Setting own(String path) {
        Setting setting = own.get(path);
        return setting == null || setting.builtIn() ? null : setting;
    }

    void put(Key key, Setting setting) {
        own.put(key.path(), setting);
    }

    /** The value of a key, from here or from where this part inherits it. */
    Setting get(String path) {
        Setting setting = own.get(path);
        if (setting == null && parent != null) {
            return parent.get(path);
        }
        if (setting == null) {
            setting = new Setting(ValueReader.standard(Keys.get(path)), 0, 0, path);
            // Kept, so that many hosts share one default.
            own.put(path, setting);
        }
        return setting;
    }
}
