package dev.holdfast.config;

import java.util.ArrayList;
import java.util.List;

/** An array of a TOML document: values as in a {@link ParsedTable}, each with its place. */
final class ParsedArray {
    private final List<Object> values = new ArrayList<>();
    private final List<Position> positions = new ArrayList<>();

    void add(Object value, Position at) {
        values.add(value);
        positions.add(at);
    }

    /** Replaces a value. */
    void set(int index, Object value, Position at) {
        values.set(index, value);
        positions.set(index, at);
    }

    /** The values. Not to be changed. */
    List<Object> values() {
        return values;
    }

    /** Returns the position of a value. */
    Position position(int index) {
        return positions.get(index);
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    /** Returns whether its first value is a table. */
    boolean isOfTables() {
        return !values.isEmpty() && values.get(0) instanceof ParsedTable;
    }
}
