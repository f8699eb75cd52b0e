package dev.holdfast.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns what stands in the file for a key into the value that the key's type holds: {@code Boolean}, {@code Long} (also
 * for durations and sizes), {@code Double}, {@code String}, a list of those, or for headers a map of lists. Whatever is
 * not allowed becomes an error with what was found and what is allowed.
 */
final class ValueReader {
    /** From here on, a number without a unit may well be one of milliseconds. */
    private static final int MANY_SECONDS = 100;
    /** From here on, it is hardly one of seconds. */
    private static final int MANY_MILLIS = 1000;
    /** A key whose default is so long says how old something may become: in nanoseconds, an hour. */
    private static final long AN_AGE = 3_600_000_000_000L;

    /** The keys that name a file or a directory. */
    private static final Set<String> PATHS =
            Set.of("log.file", "retry.fallback.cache_dir", "retry.fallback.default_value.body_file");

    private final Problems problems;

    ValueReader(Problems problems) {
        this.problems = problems;
    }

    /** Reads a value, or reports it and returns null. */
    @Nullable
    Object read(Key key, String path, Object found, Position at) {
        if (found instanceof ParsedArray array && key.type() == ValueType.ANSWERS) {
            return readResponses(key, path, array);
        }
        if (found instanceof ParsedArray array && takesArray(key.type())) {
            return readArray(key, path, array);
        }
        if (found instanceof ParsedTable table && key.type() == ValueType.HEADERS) {
            return readHeaders(path, table);
        }
        if (found instanceof ParsedTable table && key.type() == ValueType.ATTRIBUTES) {
            Map<String, String> attributes = new LinkedHashMap<>();
            return readAttributes(key, path, "", table, attributes) ? Collections.unmodifiableMap(attributes) : null;
        }
        Object value = takesArray(key.type()) && key.type() != ValueType.CHOICES ? null : scalar(key, found);
        if (value == null) {
            report(key, path, found, at, key.allowed());
            return null;
        }
        if (PATHS.contains(key.path()) && ((String) value).chars().anyMatch(Character::isISOControl)) {
            problems.warn(
                    at.line(),
                    at.column(),
                    path,
                    "has a control character in its name; in double quotes \\t is a tab and \\n a new line: write a Windows path"
                            + " in single quotes, or with slashes");
        }
        return key.type() == ValueType.CHOICES ? List.of(value) : value;
    }

    /** The built-in default of a key, as {@link #read} would give it. */
    static Object standard(Key key) {
        if (key.standard() instanceof List<?> list) {
            List<Object> values = new ArrayList<>();
            for (Object item : list) {
                values.add(known(key, item));
            }
            return values;
        }
        return key.standard() instanceof Map<?, ?> ? key.standard() : known(key, key.standard());
    }

    private static Object known(Key key, Object standard) {
        Object value = scalar(key, standard);
        if (value == null) {
            throw new IllegalStateException(key.path());
        }
        return value;
    }

    private static boolean takesArray(ValueType type) {
        return switch (type) {
            case STATUSES, STATUS_RANGES, ERRORS, OUTCOMES, METHODS, HEADER_NAMES, HOST_NAMES, ANSWERS, CHOICES -> true;
            default -> false;
        };
    }

    private @Nullable Object readArray(Key key, String path, ParsedArray array) {
        Set<Object> values = new LinkedHashSet<>();
        boolean good = true;
        for (int i = 0; i < array.values().size(); i++) {
            Object found = array.values().get(i);
            Object value = scalar(key, found);
            if (value == null) {
                report(key, path, found, array.position(i), key.allowedInArray());
                good = false;
            } else {
                values.add(value);
            }
        }
        return good ? List.copyOf(values) : null;
    }

    /** Tables, each of which may hold the keys of the table that they stand below. */
    private @Nullable Object readResponses(Key key, String path, ParsedArray array) {
        List<Settings> answers = new ArrayList<>();
        boolean good = true;
        for (int i = 0; i < array.values().size(); i++) {
            if (!(array.values().get(i) instanceof ParsedTable table)) {
                report(key, path, array.values().get(i), array.position(i), key.allowed());
                good = false;
                continue;
            }
            Settings response = new Settings(null);
            for (String name : table.names()) {
                Position where = table.position(name);
                String shown = path + "." + MessageText.keyPart(name);
                Key inner = name.indexOf('.') >= 0 ? null : Keys.find(key.section() + "." + name);
                if (inner == null || inner.type() == ValueType.ANSWERS) {
                    problems.error(where.line(), where.column(), shown, unknownInResponse(key, name));
                    good = false;
                } else {
                    Object value = read(inner, shown, table.value(name), where);
                    good &= value != null;
                    response.put(inner, new Settings.Setting(value, where.line(), where.column(), shown));
                }
            }
            answers.add(response);
        }
        return good ? List.copyOf(answers) : null;
    }

    private static String unknownInResponse(Key key, String name) {
        List<String> known = new ArrayList<>();
        for (Key other : Keys.all()) {
            if (other.section().equals(key.section()) && other.type() != ValueType.ANSWERS) {
                known.add(other.name());
            }
        }
        String near = Suggestion.nearest(name, known);
        return near != null
                ? "unknown key; did you mean " + near + "?"
                : "unknown key; known here: " + String.join(", ", known);
    }

    private @Nullable Object readHeaders(String path, ParsedTable table) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        boolean good = true;
        for (String header : table.names()) {
            Position where = table.position(header);
            List<String> values = headerValues(table.value(header));
            // Nothing that was found is shown: a header's value may be a credential, and stand where its name belongs.
            if (!isToken(header)) {
                problems.error(
                        where.line(), where.column(), path, "what stands here is not a header name (and not repeated)");
                good = false;
            } else if (values == null) {
                problems.error(
                        where.line(),
                        where.column(),
                        path,
                        "allowed for a header: a string, or an array of strings; on one line each");
                good = false;
            } else {
                headers.put(header, values);
            }
        }
        return good ? Collections.unmodifiableMap(headers) : null;
    }

    private static @Nullable List<String> headerValues(Object found) {
        List<String> values = new ArrayList<>();
        List<?> items = found instanceof ParsedArray array ? array.values() : List.of(found);
        for (Object item : items) {
            if (!(item instanceof String text) || text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
                return null;
            }
            values.add(text);
        }
        return values.isEmpty() ? null : values;
    }

    /** Attributes have dots in their names, which TOML takes for tables where they are written without quotes. */
    private boolean readAttributes(
            Key key, String path, String prefix, ParsedTable table, Map<String, String> attributes) {
        boolean good = true;
        for (String name : table.names()) {
            Object found = table.value(name);
            String shown = path + "." + MessageText.keyPart(name);
            if (found instanceof ParsedTable inner && !inner.isEmpty()) {
                good &= readAttributes(key, shown, prefix + name + ".", inner, attributes);
            } else if (found instanceof String text) {
                attributes.put(prefix + name, text);
            } else {
                report(key, shown, found, table.position(name), "a string");
                good = false;
            }
        }
        return good;
    }

    private void report(Key key, String path, Object found, Position at, String allowed) {
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

    private static @Nullable String hint(Key key, Object found) {
        boolean duration = key.type() == ValueType.DURATION || key.type() == ValueType.HEDGE_DELAY;
        if (duration && Units.isNumber(String.valueOf(found))) {
            return withUnit(key, String.valueOf(found));
        }
        if (key.type() == ValueType.DECIMAL && key.max() == 1 && found instanceof Number percent) {
            Double share = decimal(key, percent.doubleValue() / 100);
            return share == null || share == 0 ? null : share + ", for " + percent + " %";
        }
        if (found instanceof String text && !key.choices().isEmpty()) {
            String nearest = Suggestion.nearest(text, key.choices());
            return nearest == null ? null : "\"" + nearest + "\"";
        }
        if (found instanceof String text && (key.type() == ValueType.FLAG || key.type() == ValueType.FLAG_OR_CHOICE)) {
            return text.equals("true") || text.equals("false") ? text + ", without quotes" : null;
        }
        return null;
    }

    /**
     * A number with the unit that is most likely meant: both where it may be either. Other software counts its
     * time-outs in milliseconds, and ages in seconds.
     */
    private static @Nullable String withUnit(Key key, String number) {
        String millis = scalar(key, number + "ms") == null ? null : '"' + number + "ms\"";
        String seconds = scalar(key, number + "s") == null ? null : '"' + number + "s\"";
        double amount = Double.parseDouble(number);
        boolean age = Units.parseDuration(String.valueOf(key.standard())) >= AN_AGE;
        if (millis == null || seconds == null || amount < MANY_SECONDS || age) {
            return seconds != null ? seconds : millis;
        }
        return amount < MANY_MILLIS ? millis + " or " + seconds : millis;
    }

    /** A single value, or an element of an array; null where it is not allowed. */
    private static @Nullable Object scalar(Key key, Object found) {
        return switch (key.type()) {
            case FLAG -> found instanceof Boolean ? found : null;
            case INTEGER, STATUSES -> found instanceof Long number ? within(key, number) : null;
            case STATUS_RANGES -> found instanceof Long number ? within(key, number) : statusRange(key, found);
            case DECIMAL -> decimal(key, found);
            case DURATION -> found instanceof String text ? within(key, Units.parseDuration(text)) : null;
            case SIZE -> size(key, found);
            case CHOICE, CHOICES -> choice(key, found);
            case FLAG_OR_CHOICE -> found instanceof Boolean ? found : choice(key, found);
            case ERRORS ->
                found instanceof String text && (key.choices().contains(text) || isClassName(text)) ? text : null;
            case OUTCOMES ->
                found instanceof Long number
                        ? within(key, number)
                        : found instanceof String text && (key.choices().contains(text) || isClassName(text))
                                ? text
                                : null;
            case HEADER_NAMES -> found instanceof String text && isToken(text) ? text.toLowerCase(Locale.ROOT) : null;
            case HOST_NAMES ->
                found instanceof String text && MessageText.isHostName(text) ? text.toLowerCase(Locale.ROOT) : null;
            case METHODS -> found instanceof String text && isToken(text) ? text.toUpperCase(Locale.ROOT) : null;
            case WINDOW -> window(key, found);
            case RATE ->
                found instanceof String text && (text.isEmpty() || Units.parseRate(text) != null) ? text : null;
            case HEDGE_DELAY -> found instanceof String text && isHedgeDelay(text) ? text : null;
            case TEXT -> found instanceof String ? found : null;
            case ADDRESS -> found instanceof String text && MessageText.isAddress(text) ? text : null;
            case URL -> found instanceof String text && MessageText.isHttpUrl(text) ? text : null;
            case HEADERS, ATTRIBUTES, ANSWERS -> null;
        };
    }

    private static @Nullable Long within(Key key, long value) {
        return value >= key.min() && value <= key.max() ? value : null;
    }

    private static @Nullable String statusRange(Key key, Object found) {
        if (!(found instanceof String text) || text.length() != 7 || text.charAt(3) != '-') {
            return null;
        }
        try {
            int first = Integer.parseUnsignedInt(text.substring(0, 3));
            int last = Integer.parseUnsignedInt(text.substring(4));
            return first <= last && first >= key.min() && last <= key.max() ? text : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable Double decimal(Key key, Object found) {
        if (!(found instanceof Double) && !(found instanceof Long)) {
            return null;
        }
        double value = ((Number) found).doubleValue();
        // NaN is within nothing.
        return value >= key.min() && value <= key.max() ? value : null;
    }

    private static @Nullable Long size(Key key, Object found) {
        if (found instanceof Long number) {
            return within(key, number);
        }
        return found instanceof String text ? within(key, Units.parseSize(text)) : null;
    }

    private static @Nullable Object choice(Key key, Object found) {
        return found instanceof String text && key.choices().contains(text) ? text : null;
    }

    private static @Nullable Object window(Key key, Object found) {
        if (found instanceof Long number) {
            return within(key, number);
        }
        return found instanceof String text && Units.parseDuration(text) > 0 ? text : null;
    }

    private static boolean isHedgeDelay(String text) {
        return text.isEmpty() || text.equals("p95") || Units.parseDuration(text) > 0;
    }

    /**
     * Returns whether a text names a class as a file may: with its package, so that a mistyped kind is not taken for
     * one.
     */
    private static boolean isClassName(String text) {
        boolean start = true;
        boolean dotted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' && !start) {
                dotted = true;
                start = true;
            } else if (start ? Character.isJavaIdentifierStart(c) : Character.isJavaIdentifierPart(c)) {
                start = false;
            } else {
                return false;
            }
        }
        return dotted && !start;
    }

    /** Returns whether a text is a token of RFC 9110, section 5.6.2: what a method or a header name is made of. */
    private static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!MessageText.isLetterOrDigit(c) && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
