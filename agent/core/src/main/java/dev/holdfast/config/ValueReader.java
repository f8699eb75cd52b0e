package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.JsonPointer;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns what stands in the file for a key into a value of the key's type. Whatever is not allowed becomes an error with
 * what was found and what is allowed.
 */
final class ValueReader {
    /** The number from which on one without a unit may well be one of milliseconds. */
    private static final int MANY_SECONDS = 100;
    /** The number from which on one without a unit is hardly one of seconds. */
    private static final int MANY_MILLIS = 1000;
    /** A key whose default is so long says how old something may become: in nanoseconds, an hour. */
    private static final long AN_AGE = 3_600_000_000_000L;

    /** The usual reason why a path has a control character. */
    private static final String WINDOWS_PATH =
            "in double quotes \\t is a tab and \\n a new line: write a Windows path in single quotes, or with slashes";

    private static final String HEADER_NAME = "this is not a header name (not repeated here, since it may be a secret)";
    private static final String HEADER_VALUES =
            "allowed for a header: a string, or an array of strings; on one line each";
    private static final String JSON_POINTER =
            "this is not a JSON pointer (RFC 6901): write a slash before each name and index, such as"
                    + " \"/errors/0/code\", and ~1 for a slash and ~0 for a tilde within a name";
    private static final String JSON_VALUES =
            "allowed for a JSON pointer: a string, a whole number, true or false, or an array of them";

    private final Problems problems;

    ValueReader(Problems problems) {
        this.problems = problems;
    }

    /**
     * Reads a value, or reports it.
     *
     * @return without a value where what was found is not allowed
     */
    <T> Setting<T> read(Key<T> key, String path, Object found, Position at) {
        Object value = value(key, path, found, at);
        ExternalSource external = at.external();
        if (external == null && (found instanceof ParsedArray || found instanceof ParsedTable)) {
            external = withinExternal(found);
        }
        return new Setting<>(value == null ? null : key.typed(value), at.line(), at.column(), path, external);
    }

    /** The built-in default of a key, as {@link #read} would give it. */
    static <T> T standard(Key<T> key) {
        if (key.standard() instanceof List<?> list) {
            List<Object> values = new ArrayList<>();
            for (Object item : list) {
                values.add(known(key, item));
            }
            return key.typed(values);
        }
        return key.typed(key.standard() instanceof Map<?, ?> ? key.standard() : known(key, key.standard()));
    }

    private static Object known(Key<?> key, Object standard) {
        Object value = ValueParser.scalar(key, standard);
        if (value == null) {
            throw new IllegalStateException(key.path());
        }
        return value;
    }

    private @Nullable ExternalSource withinExternal(Object found) {
        return problems.hasExternal() ? ExternalSource.within(found) : null;
    }

    private @Nullable Object value(Key<?> key, String path, Object written, Position at) {
        ExternalSource external = at.external();
        if (external != null && external.missing()) {
            return null;
        }
        Object found = written;
        if (external != null && external.whole() && written instanceof String text) {
            found = takesArray(key.type()) ? ExternalSource.elements(text, at) : ExternalSource.typed(key.type(), text);
        }
        if (found instanceof ParsedArray array && isTables(key.type())) {
            return readTables(key, path, array);
        }
        if (found instanceof ParsedArray array && takesArray(key.type())) {
            return readArray(key, path, array);
        }
        if (found instanceof ParsedTable table
                && (key.type() == ValueType.HEADERS || key.type() == ValueType.POINTERS)) {
            return readValuesByName(key, path, table);
        }
        if (found instanceof ParsedTable table && key.type() == ValueType.ATTRIBUTES) {
            Map<String, String> attributes = new LinkedHashMap<>();
            return readAttributes(key, path, "", table, attributes) ? Collections.unmodifiableMap(attributes) : null;
        }
        Object value = takesArray(key.type()) && !takesSingle(key.type()) ? null : ValueParser.scalar(key, found);
        if (value == null) {
            report(key, path, found, at, key.allowed());
            return null;
        }
        if (external == null && found instanceof String text && mayMeanOther(text)) {
            LiteralCheck.check(key, text, path, at, problems);
        }
        if (key.type() == ValueType.FILE && found instanceof String name && hasControl(name)) {
            problems.warn(at.line(), at.column(), path, "has a control character in its name; " + WINDOWS_PATH);
        }
        return takesSingle(key.type()) ? List.of(value) : value;
    }

    /** Returns whether the only element of an array may stand alone. */
    private static boolean takesSingle(ValueType type) {
        return type == ValueType.CHOICES || type == ValueType.NAMES || type == ValueType.TEXTS;
    }

    /** Returns whether a closer look is worth while. Here, so that {@link LiteralCheck} is not loaded without need. */
    private static boolean mayMeanOther(String text) {
        return text.indexOf('$') >= 0
                || text.indexOf('*') >= 0
                || text.indexOf('+') >= 0
                || text.indexOf('\\') >= 0
                || text.indexOf('^') >= 0
                || text.startsWith("%")
                || text.startsWith("~/");
    }

    private static boolean hasControl(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    /**
     * Returns what to add to the error of a file that is not there: empty, or how to write its path where that looks
     * like a Windows path.
     */
    static String pathHint(String path) {
        return hasControl(path) ? "; " + WINDOWS_PATH : "";
    }

    private static boolean takesArray(ValueType type) {
        return switch (type) {
            case STATUSES,
                    STATUS_RANGES,
                    ERRORS,
                    OUTCOMES,
                    METHODS,
                    HEADER_NAMES,
                    HOST_NAMES,
                    NAMES,
                    TEXTS,
                    ANSWERS,
                    CHOICES -> true;
            default -> false;
        };
    }

    private @Nullable Object readArray(Key<?> key, String path, ParsedArray array) {
        Set<Object> values = new LinkedHashSet<>();
        boolean good = true;
        for (int i = 0; i < array.values().size(); i++) {
            Position at = array.position(i);
            ExternalSource external = at.external();
            Object found = array.values().get(i);
            if (external != null && external.whole() && found instanceof String text) {
                found = ExternalSource.typed(key.type(), text);
            }
            Object value = external != null && external.missing() ? null : ValueParser.scalar(key, found);
            if (value == null) {
                report(key, path, found, at, key.allowedInArray());
                good = false;
            } else {
                values.add(value);
                if (external == null && found instanceof String text && mayMeanOther(text)) {
                    LiteralCheck.check(key, text, path, at, problems);
                }
            }
        }
        return good ? List.copyOf(values) : null;
    }

    private static boolean isTables(ValueType type) {
        return type == ValueType.ANSWERS || type == ValueType.CONDITIONS;
    }

    /** The keys of each table of an array: those of the table that it stands below, or of a section of its own. */
    private static List<Key<?>> keysOf(Key<?> key) {
        if (key.type() == ValueType.CONDITIONS) {
            return RetryKeys.CONDITION.keys();
        }
        List<Key<?>> keys = new ArrayList<>(key.section().keys());
        keys.remove(key);
        return keys;
    }

    private @Nullable Object readTables(Key<?> key, String path, ParsedArray array) {
        List<Settings> tables = new ArrayList<>();
        boolean good = true;
        for (int i = 0; i < array.values().size(); i++) {
            if (!(array.values().get(i) instanceof ParsedTable table)) {
                report(key, path, array.values().get(i), array.position(i), key.allowed());
                good = false;
                continue;
            }
            Settings settings = new Settings(null);
            boolean known = true;
            for (String name : table.names()) {
                Position where = table.position(name);
                String shown = path + "." + MessageText.keyPart(name);
                Key<?> inner = inner(key, name);
                if (inner == null) {
                    problems.error(where.line(), where.column(), shown, unknownInTable(key, name));
                    known = false;
                } else {
                    good &= readInto(settings, inner, shown, table.value(name), where);
                }
            }
            tables.add(settings);
            good &= known;
            // A key that is not known is most likely what would seem to be missing.
            if (key.type() == ValueType.CONDITIONS && known) {
                good &= checkCondition(settings, path, array.position(i), good);
            }
        }
        return good ? List.copyOf(tables) : null;
    }

    private static @Nullable Key<?> inner(Key<?> key, String name) {
        for (Key<?> inner : keysOf(key)) {
            if (inner.name().equals(name)) {
                return inner;
            }
        }
        return null;
    }

    /** Reports a condition that says nothing, or that only holds where it may not. */
    private boolean checkCondition(Settings condition, String path, Position at, boolean good) {
        String message = ConditionCheck.error(condition);
        String doubt = message == null && good ? ConditionCheck.doubt(condition) : null;
        if (doubt != null) {
            problems.warn(at.line(), at.column(), path, doubt);
        }
        if (message != null) {
            problems.lack(at.line(), at.column(), path, message);
        }
        return message == null;
    }

    private <T> boolean readInto(Settings settings, Key<T> key, String shown, Object found, Position at) {
        Setting<T> setting = read(key, shown, found, at);
        settings.put(key, setting);
        return setting.found() != null;
    }

    private static String unknownInTable(Key<?> key, String name) {
        List<String> known = new ArrayList<>();
        for (Key<?> inner : keysOf(key)) {
            known.add(inner.name());
        }
        String near = Suggestion.nearest(name, known);
        return near != null
                ? "unknown key; did you mean " + near + "?"
                : "unknown key; known here: " + String.join(", ", known);
    }

    private @Nullable Object readValuesByName(Key<?> key, String path, ParsedTable table) {
        boolean json = key.type() == ValueType.POINTERS;
        Map<String, List<String>> headers = new LinkedHashMap<>();
        boolean good = true;
        for (String header : table.names()) {
            Position where = table.position(header);
            Object found = table.value(header);
            if (isMissing(found, where)) {
                good = false;
                continue;
            }
            List<String> values = values(found, json);
            // Nothing that was found is shown: a header's value may be a credential, and stand where its name belongs.
            String wrong = json ? JSON_POINTER : HEADER_NAME;
            if (json ? JsonPointer.parse(header) == null : !ValueParser.isToken(header)) {
                problems.error(where.line(), where.column(), path, wrong);
                good = false;
            } else if (values == null) {
                problems.error(where.line(), where.column(), path, json ? JSON_VALUES : HEADER_VALUES);
                good = false;
            } else {
                headers.put(header, values);
                if (mayMeanOther(header)) {
                    LiteralCheck.name(key, header, path, where, problems);
                }
                checkLiterals(key, found, path, where);
            }
        }
        return good ? Collections.unmodifiableMap(headers) : null;
    }

    /** Looks at a header's value, or at each of them, as far as it stands in the file itself. */
    private void checkLiterals(Key<?> key, Object found, String path, Position at) {
        if (found instanceof ParsedArray array) {
            for (int i = 0; i < array.values().size(); i++) {
                checkLiterals(key, array.values().get(i), path, array.position(i));
            }
        } else if (at.external() == null && found instanceof String text && mayMeanOther(text)) {
            LiteralCheck.check(key, text, path, at, problems);
        }
    }

    /** Returns whether a variable in a header's values has no value, which was reported. */
    private static boolean isMissing(Object found, Position at) {
        if (at.external() != null && at.external().missing()) {
            return true;
        }
        if (found instanceof ParsedArray array) {
            for (int i = 0; i < array.values().size(); i++) {
                ExternalSource external = array.position(i).external();
                if (external != null && external.missing()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static @Nullable List<String> values(Object found, boolean json) {
        List<String> values = new ArrayList<>();
        List<?> items = found instanceof ParsedArray array ? array.values() : List.of(found);
        for (Object item : items) {
            if (json && (item instanceof Long || item instanceof Boolean)) {
                values.add(item.toString());
                continue;
            }
            if (!(item instanceof String text) || text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
                return null;
            }
            values.add(text);
        }
        return values.isEmpty() ? null : values;
    }

    /** Attributes have dots in their names, which TOML takes for tables where they are written without quotes. */
    private boolean readAttributes(
            Key<?> key, String path, String prefix, ParsedTable table, Map<String, String> attributes) {
        boolean good = true;
        for (String name : table.names()) {
            Object found = table.value(name);
            String shown = path + "." + MessageText.keyPart(name);
            if (found instanceof ParsedTable inner && !inner.isEmpty()) {
                good &= readAttributes(key, shown, prefix + name + ".", inner, attributes);
            } else if (found instanceof String text && !isMissing(found, table.position(name))) {
                attributes.put(prefix + name, text);
                if (mayMeanOther(name)) {
                    LiteralCheck.name(name, shown, table.position(name), problems);
                }
                checkLiterals(key, text, shown, table.position(name));
            } else {
                report(key, shown, found, table.position(name), "a string");
                good = false;
            }
        }
        return good;
    }

    private void report(Key<?> key, String path, Object found, Position at, String allowed) {
        ExternalSource external = at.external();
        if (external != null) {
            if (!external.missing()) {
                String source = key.secret() ? external.masked() : external.shown();
                problems.error(
                        at.line(),
                        at.column(),
                        path,
                        "the value of " + source
                                + (found.equals("")
                                        ? " is empty (a default holds where a variable is not set); allowed: "
                                        : " is not allowed; allowed: ")
                                + allowed);
            }
            return;
        }
        StringBuilder message = new StringBuilder();
        // A header's value may stand where its name belongs.
        if (!key.secret() && key.type() != ValueType.HEADER_NAMES && key.type() != ValueType.HEADERS) {
            message.append("found ").append(MessageText.found(found)).append("; ");
        }
        message.append("allowed: ").append(allowed);
        String hint = hint(key, found);
        if (hint != null) {
            message.append("; did you mean ").append(hint).append('?');
        }
        problems.error(at.line(), at.column(), path, message.toString());
    }

    private static @Nullable String hint(Key<?> key, Object found) {
        if (key == FaultKeys.UNTIL && found instanceof OffsetDateTime) {
            return "\"" + found + "\"";
        }
        boolean duration = key.type() == ValueType.DURATION || key.type() == ValueType.HEDGE_DELAY;
        if (duration && Units.isNumber(String.valueOf(found))) {
            return withUnit(key, String.valueOf(found));
        }
        if (key.type() == ValueType.DECIMAL && key.max() == 1 && found instanceof Number percent) {
            Double share = ValueParser.decimal(key, percent.doubleValue() / 100);
            return share == null || share == 0 ? null : share + ", for " + percent + " %";
        }
        if (found instanceof String text && key.type() == ValueType.STATUS_RANGES) {
            return statusRange(key, text);
        }
        if (found instanceof String text && !key.choices().words().isEmpty()) {
            String nearest = Suggestion.nearest(text, key.choices().words());
            return nearest == null ? null : "\"" + nearest + "\"";
        }
        if (found instanceof String text && (key.type() == ValueType.FLAG || key.type() == ValueType.JITTER)) {
            return text.equals("true") || text.equals("false") ? text + ", without quotes" : null;
        }
        return null;
    }

    /** The range that a text means which is written in another way: {@code 5xx}, or from the last to the first. */
    private static @Nullable String statusRange(Key<?> key, String text) {
        String range = text.length() == 3 && text.substring(1).equalsIgnoreCase("xx")
                ? text.charAt(0) + "00-" + text.charAt(0) + "99"
                : text.length() == 7 ? text.substring(4) + "-" + text.substring(0, 3) : "";
        return ValueParser.scalar(key, range) == null ? null : '"' + range + '"';
    }

    /**
     * A number with the unit that is most likely meant: both where it may be either. Other software counts its
     * time-outs in milliseconds, and ages in seconds.
     */
    private static @Nullable String withUnit(Key<?> key, String number) {
        String millis = ValueParser.scalar(key, number + "ms") == null ? null : '"' + number + "ms\"";
        String seconds = ValueParser.scalar(key, number + "s") == null ? null : '"' + number + "s\"";
        double amount = Double.parseDouble(number);
        boolean age = Units.parseDuration(String.valueOf(key.standard())) >= AN_AGE;
        if (millis == null || seconds == null || amount < MANY_SECONDS || age) {
            return seconds != null ? seconds : millis;
        }
        return amount < MANY_MILLIS ? millis + " or " + seconds : millis;
    }
}
