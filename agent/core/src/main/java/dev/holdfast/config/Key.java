package dev.holdfast.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One key of the configuration file, defined as data: parser, validation, {@code config-examples/reference.toml} and
 * whatever else speaks about keys read it from here. Immutable; each is known by its identity.
 *
 * @param <T> the Java type of its values
 */
final class Key<T> {
    private final Section section;
    private final String name;
    private final String path;
    private final ValueType type;
    private final Object standard;
    private final double min;
    private final double max;
    private final Choices<?> choices;
    private final boolean secret;
    private final boolean perHost;
    private final String meaning;
    /** Made when it is first asked for: most keys are written nowhere, and many hosts share one default. */
    private volatile Settings.@Nullable Setting<T> builtIn;

    /**
     * Defines a key. Only {@link Section} does, which pairs {@code T} with the type.
     *
     * @param section the table that it stands in
     * @param name the last part of its path
     * @param type what value it takes
     * @param standard the built-in default, as it would be written in the file: a {@code Boolean}, {@code Long},
     *     {@code Double}, {@code String}, a {@code List} of them, or an empty {@code Map}
     * @param min the smallest value allowed, where the type has a range: nanoseconds for a duration, bytes for a size
     * @param max the largest value allowed
     * @param choices the words allowed, where the type has some
     * @param secret whether its value may hold a credential: no message shows it
     * @param perHost whether a host may set it too
     * @param meaning one line for the reader of the reference
     */
    Key(
            Section section,
            String name,
            ValueType type,
            Object standard,
            double min,
            double max,
            Choices<?> choices,
            boolean secret,
            boolean perHost,
            String meaning) {
        this.section = section;
        this.name = name;
        this.path = section.path().isEmpty() ? name : section.path() + "." + name;
        this.type = type;
        this.standard = standard;
        this.min = min;
        this.max = max;
        this.choices = choices;
        this.secret = secret;
        this.perHost = perHost;
        this.meaning = meaning;
    }

    /** The key's path below the top of the file, or below {@code hosts."PATTERN"} if it is {@link #perHost}. */
    String path() {
        return path;
    }

    /** The table that it stands in. */
    Section section() {
        return section;
    }

    /** The last part of the path, which may have dots. */
    String name() {
        return name;
    }

    /** The kind of value that it takes. */
    ValueType type() {
        return type;
    }

    /** The built-in default, as it would be written in the file. */
    Object standard() {
        return standard;
    }

    /** The built-in default, as it holds where the file says nothing. */
    Settings.Setting<T> builtIn() {
        Settings.Setting<T> made = builtIn;
        if (made == null) {
            made = new Settings.Setting<>(ValueReader.standard(this), 0, 0, path);
            builtIn = made;
        }
        return made;
    }

    /**
     * Gives a value the type of the key. This is the one place where a value of a file meets it: what a file holds is
     * known when it is read, so that the compiler cannot follow from the {@link ValueType}, by which
     * {@link ValueReader} made the value, to the type that {@link Section} pairs with it.
     */
    @SuppressWarnings("unchecked") // see above; a test holds the default of each key against its type
    T typed(Object value) {
        return (T) value;
    }

    /** The smallest value allowed, where the type has a range. */
    double min() {
        return min;
    }

    /** The largest value allowed, where the type has a range. */
    double max() {
        return max;
    }

    /** The words allowed, where the type has some. */
    Choices<?> choices() {
        return choices;
    }

    /** Returns whether its value may hold a credential. */
    boolean secret() {
        return secret;
    }

    /** Returns whether a host may set it too. */
    boolean perHost() {
        return perHost;
    }

    /** One line for the reader of the reference. */
    String meaning() {
        return meaning;
    }

    /** Returns the allowed values of an array's element, for an error message. */
    String allowedInArray() {
        return switch (type) {
            case CHOICES -> words("");
            case METHODS -> "HTTP methods, such as \"GET\"";
            case HEADER_NAMES -> "header names, such as \"X-Api-Version\"";
            case NAMES -> "a name";
            case TEXTS -> "a text that is not empty";
            case HOST_NAMES -> "host names without a port, such as \"shop.internal\"";
            default -> allowed().replace("an array of ", "");
        };
    }

    /** Returns the allowed values, for an error message. */
    String allowed() {
        return switch (type) {
            case FLAG -> "true or false";
            case INTEGER -> "an integer from " + range();
            case DECIMAL -> "a number from " + range();
            case DURATION -> "a duration from " + range() + ", such as \"500ms\" or \"1m30s\"";
            case SIZE -> "a size from " + range() + ", in bytes or with a unit, such as \"64KiB\"";
            case CHOICE -> words("");
            case CHOICES -> words("") + ", or an array of them";
            case JITTER -> words("true, false, ");
            case STATUSES -> "an array of status codes from " + range();
            case STATUS_RANGES ->
                "an array of status codes from " + range() + " and ranges of them, such as \"200-399\"";
            case ERRORS ->
                "an array of " + words("") + " and names of exception classes, such as \"java.io.EOFException\"";
            case OUTCOMES ->
                "an array of status codes from " + range() + ", " + words("") + " and names of exception classes";
            case HEADER_NAMES -> "an array of header names, such as [\"X-Api-Version\"]";
            case ATTEMPT_HEADER ->
                "the name of a header that has \"attempt\" or \"retry\" in it, such as \"X-Retry-Attempt\", or \"\" for"
                        + " none";
            case HOST_NAMES -> "an array of host names without a port, such as [\"shop.internal\"]";
            case NAMES -> "a name, or an array of names";
            case TEXTS -> "a text that is not empty, or an array of such texts";
            case POINTERS -> "a table of JSON pointers, such as { \"/errors/0/code\" = \"THROTTLED\" }";
            case ANSWERS, CONDITIONS -> "tables such as [[" + path + "]]";
            case METHODS -> "an array of HTTP methods, such as [\"GET\", \"HEAD\"]";
            case HEADERS -> "a table of header names, each with a value or an array of values";
            case ATTRIBUTES -> "a table of names, each with a string";
            case WINDOW -> "a number of calls from " + range() + ", or a duration such as \"30s\"";
            case RATE -> "a number and a time, such as \"100/s\", \"50/10s\" or \"5000/h\", or \"\" for any number";
            case HEDGE_DELAY -> "a duration such as \"200ms\", \"p95\", or \"\" for none";
            case TEXT, FILE -> "a string";
            case ADDRESS -> "\"host:port\", such as \"127.0.0.1:9464\", or \"\" for none";
            case URL -> "an http or https URL without user information, or \"\" for none";
        };
    }

    /** The range in words, empty for a type without one. */
    String range() {
        return switch (type) {
            case INTEGER, STATUSES, STATUS_RANGES, OUTCOMES, WINDOW -> (long) min + " to " + (long) max;
            case DECIMAL -> min + " to " + max;
            case DURATION -> Units.duration((long) min) + " to " + Units.duration((long) max);
            case SIZE -> Units.size((long) min) + " to " + Units.size((long) max);
            default -> "";
        };
    }

    private String words(String before) {
        StringBuilder text = new StringBuilder(before);
        List<String> words = choices.words();
        for (int i = 0; i < words.size(); i++) {
            if (i > 0) {
                text.append(
                        i == words.size() - 1 && type != ValueType.ERRORS && type != ValueType.OUTCOMES
                                ? " or "
                                : ", ");
            }
            text.append('"').append(words.get(i)).append('"');
        }
        return text.toString();
    }
}
