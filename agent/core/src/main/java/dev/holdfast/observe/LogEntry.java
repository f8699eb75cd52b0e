package dev.holdfast.observe;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One event for the log: a sentence for people, and the same facts as fields for programs. Holds nothing of a request:
 * no header, body, query string or user information. Immutable.
 *
 * @param level how much it matters
 * @param event the kind of event, in lower case with underscores, by which programs tell entries apart
 * @param message for people; may have several lines
 * @param fields the facts, in order; their names are those of the JSON format
 */
public record LogEntry(Log.Level level, String event, String message, List<Field> fields) {
    /**
     * A fact.
     *
     * @param name in lower case with underscores
     * @param value a {@code String}, {@code Long}, {@code Integer} or finite {@code Double}
     */
    public record Field(String name, Object value) {}

    /** Copies the fields. */
    public LogEntry {
        fields = List.copyOf(fields);
    }

    /** An entry without fields. */
    public static LogEntry of(Log.Level level, String event, String message) {
        return new LogEntry(level, event, message, List.of());
    }

    /** The same entry with another field at its end; without it where the value is null. */
    public LogEntry with(String name, @Nullable Object value) {
        if (value == null) {
            return this;
        }
        List<Field> more = new ArrayList<>(fields);
        more.add(new Field(name, value));
        return new LogEntry(level, event, message, more);
    }
}
