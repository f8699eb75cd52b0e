package dev.holdfast.config;

import java.util.List;

/**
 * One key of the configuration file, defined as data: parser, validation, {@code config-examples/reference.toml} and
 * whatever else speaks about keys read it from here.
 *
 * @param path the key's path below the top of the file, or below {@code hosts."PATTERN"} if it is {@code perHost}
 * @param type what value it takes
 * @param standard the built-in default, as it would be written in the file: a {@code Boolean}, {@code Long},
 *     {@code Double}, {@code String}, a {@code List} of them, or an empty {@code Map}
 * @param min the smallest value allowed, where the type has a range: nanoseconds for a duration, bytes for a size
 * @param max the largest value allowed
 * @param choices the words allowed, where the type has some
 * @param perHost whether a host may set it too
 * @param active false: known and validated, but the part that it configures is not built yet
 * @param secret whether its value may hold a credential: no message shows it
 * @param meaning one line for the reader of the reference
 */
record Key(
        String path,
        ValueType type,
        Object standard,
        double min,
        double max,
        List<String> choices,
        boolean perHost,
        boolean active,
        boolean secret,
        String meaning) {

    /** The path without its last part; empty for a key at the top. */
    String section() {
        int dot = path.lastIndexOf('.');
        return dot < 0 ? "" : path.substring(0, dot);
    }

    /** The last part of the path. */
    String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** What an error message about an element of an array says is allowed. */
    String allowedInArray() {
        return switch (type) {
            case CHOICES -> words("");
            case METHODS -> "HTTP methods, such as \"GET\"";
            case HEADER_NAMES -> "header names, such as \"X-Api-Version\"";
            case HOST_NAMES -> "host names without a port, such as \"shop.internal\"";
            default -> allowed().replace("an array of ", "");
        };
    }

    /** What an error message says is allowed. */
    String allowed() {
        return switch (type) {
            case FLAG -> "true or false";
            case INTEGER -> "an integer from " + range();
            case DECIMAL -> "a number from " + range();
            case DURATION -> "a duration from " + range() + ", such as \"500ms\" or \"1m30s\"";
            case SIZE -> "a size from " + range() + ", in bytes or with a unit, such as \"64KiB\"";
            case CHOICE -> words("");
            case CHOICES -> words("") + ", or an array of them";
            case FLAG_OR_CHOICE -> words("true, false, ");
            case STATUSES -> "an array of status codes from " + range();
            case STATUS_RANGES ->
                "an array of status codes from " + range() + " and ranges of them, such as \"200-399\"";
            case ERRORS ->
                "an array of " + words("") + " and names of exception classes, such as \"java.io.EOFException\"";
            case OUTCOMES ->
                "an array of status codes from " + range() + ", " + words("") + " and names of exception classes";
            case HEADER_NAMES -> "an array of header names, such as [\"X-Api-Version\"]";
            case HOST_NAMES -> "an array of host names without a port, such as [\"shop.internal\"]";
            case ANSWERS -> "tables such as [[" + path + "]]";
            case METHODS -> "an array of HTTP methods, such as [\"GET\", \"HEAD\"]";
            case HEADERS -> "a table of header names, each with a value or an array of values";
            case ATTRIBUTES -> "a table of names, each with a string";
            case WINDOW -> "a number of calls from " + range() + ", or a duration such as \"30s\"";
            case RATE -> "a number and a time, such as \"100/s\", \"50/10s\" or \"5000/h\", or \"\" for any number";
            case HEDGE_DELAY -> "a duration such as \"200ms\", \"p95\", or \"\" for none";
            case TEXT -> "a string";
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
        for (int i = 0; i < choices.size(); i++) {
            if (i > 0) {
                text.append(
                        i == choices.size() - 1 && type != ValueType.ERRORS && type != ValueType.OUTCOMES
                                ? " or "
                                : ", ");
            }
            text.append('"').append(choices.get(i)).append('"');
        }
        return text.toString();
    }
}
