package dev.holdfast.config;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A table of a TOML document, independent of the parser: names in the file's order, each with its value and place.
 * Values are {@link ParsedTable}, {@link ParsedArray}, {@code String}, {@code Long}, {@code Double}, {@code Boolean},
 * or a date or time.
 */
final class ParsedTable {
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Map<String, Position> positions = new HashMap<>();

    void put(String name, Object value, Position at) {
        values.put(name, value);
        positions.put(name, at);
    }

    /** The names. */
    Set<String> names() {
        return values.keySet();
    }

    /** The value of a name, or null. */
    @Nullable
    Object get(String name) {
        return values.get(name);
    }

    /** The value of a name which is known to be there. */
    Object value(String name) {
        return Objects.requireNonNull(values.get(name));
    }

    /** Returns the position of a name. */
    Position position(String name) {
        return positions.getOrDefault(name, Position.START);
    }

    boolean contains(String name) {
        return values.containsKey(name);
    }

    int size() {
        return values.size();
    }

    boolean isEmpty() {
        return values.isEmpty();
    }
}
