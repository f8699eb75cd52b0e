package dev.holdfast.config;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds texts that are taken as they are, but look as if something else were meant: variables as shells write them. */
final class LiteralCheck {
    private static final Pattern SHELL = Pattern.compile("\\$([A-Za-z_][A-Za-z0-9_]*)");
    private static final Pattern WINDOWS = Pattern.compile("%([A-Za-z_][A-Za-z0-9_]*)%.*");

    private LiteralCheck() {}

    /** Warns of a text that is taken literally, see {@link #check(Key, String, String, Position, Problems)}. */
    static void name(String text, String path, Position at, Problems problems) {
        if (text.contains("${") || SHELL.matcher(text).matches()) {
            problems.warn(
                    at.line(),
                    at.column(),
                    path,
                    "this name is taken literally; variables may stand in values, and in the patterns of hosts");
        }
    }

    /**
     * Warns of a text that is taken literally. In a path, an address or a header that is sent a variable may stand
     * anywhere; any other text has to be nothing else, since a price may have a dollar sign.
     */
    static void check(Key<?> key, String text, String path, Position at, Problems problems) {
        ValueType type = key.type();
        if (type == ValueType.METHODS && text.equals("*")) {
            boolean forAll = List.of().equals(key.standard());
            problems.warn(
                    at.line(),
                    at.column(),
                    path,
                    "\"*\" is taken literally, as the name of a method; "
                            + (forAll ? "[] is every method" : "name each method that is meant"));
            return;
        }
        boolean sent = key == ObservabilityKeys.OTLP_HEADERS;
        boolean anywhere = sent
                || key == FallbackKeys.STORE_URL
                || key == Keys.ROUTE_PATH
                || type == ValueType.FILE
                || type == ValueType.ADDRESS
                || type == ValueType.URL;
        Matcher shell = SHELL.matcher(text);
        Matcher windows = WINDOWS.matcher(text);
        String name = (anywhere ? shell.find() : shell.matches())
                ? shell.group(1)
                : windows.matches() && (anywhere || windows.end(1) + 1 == text.length()) ? windows.group(1) : "";
        if (!name.isEmpty()) {
            // Behind a dollar sign within a secret stands a part of that.
            String shown = key.secret() && anywhere ? "NAME" : name;
            problems.warn(at.line(), at.column(), path, "is taken literally; a variable is written ${" + shown + "}");
        } else if (type == ValueType.FILE && text.startsWith("~/")) {
            problems.warn(at.line(), at.column(), path, "is taken literally; the home directory is ${HOME}");
        }
    }
}
