package dev.holdfast.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds texts that are taken as they are, but look as if something else were meant: variables as shells write them. */
final class LiteralCheck {
    private static final Pattern SHELL = Pattern.compile("\\$([A-Za-z_][A-Za-z0-9_]*)");
    private static final Pattern WINDOWS = Pattern.compile("%([A-Za-z_][A-Za-z0-9_]*)%.*");
    /** A variable as the file writes it. No text that is meant as it is holds one by chance. */
    private static final Pattern BRACES = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*(?:\\}|:-)|file:[^}])");

    private LiteralCheck() {}

    /** Warns of a name that is taken literally: that of a policy or an attribute, or of one that stands for it. */
    static void name(String text, String path, Position at, Problems problems) {
        if (text.contains("${") || SHELL.matcher(text).matches()) {
            problems.warn(
                    at.line(),
                    at.column(),
                    path,
                    "this name is taken literally; variables may stand in values, and in the patterns of hosts");
        }
    }

    /** Warns of the name of a header or of a JSON pointer that is taken literally. */
    static void name(Key<?> key, String text, String path, Position at, Problems problems) {
        name(text, path, at, problems);
        String doubt = key.type() == ValueType.POINTERS ? PatternCheck.pointer(text) : PatternCheck.headerName(text);
        if (!doubt.isEmpty()) {
            problems.warn(at.line(), at.column(), path, doubt);
        }
    }

    /**
     * Warns of a text that is taken literally. In a path, an address or a header that is sent a variable may stand
     * anywhere; any other text has to be nothing else, since a price may have a dollar sign.
     */
    static void check(Key<?> key, String text, String path, Position at, Problems problems) {
        String doubt = PatternCheck.doubt(key, text);
        String name = variable(key, text);
        if (!doubt.isEmpty()) {
            problems.warn(at.line(), at.column(), path, doubt);
        } else if (name != null) {
            // What looks like a variable may be a secret: it is repeated only where none has a place.
            String shown = isPlain(key) ? name : "NAME";
            problems.warn(at.line(), at.column(), path, "is taken literally; a variable is written ${" + shown + "}");
        } else if (isInHome(key, text)) {
            problems.warn(at.line(), at.column(), path, "is taken literally; the home directory is ${HOME}");
        }
    }

    /**
     * Warns of a value that sets a key by its name, in which nothing is replaced. Of a secret, only what nobody means
     * as it is counts.
     *
     * @param source the variable or system property that sets it
     */
    static void override(Key<?> key, String text, String source, Problems problems) {
        String doubt = PatternCheck.doubt(key, text.strip());
        if (!doubt.isEmpty()) {
            problems.warn(0, 0, key.path(), "the value of " + source + ": " + doubt);
        } else if (holdsVariable(text) || (!key.secret() && (variable(key, text) != null || isInHome(key, text)))) {
            problems.warn(
                    0,
                    0,
                    key.path(),
                    "the value of " + source + " looks like a variable, and is taken literally: a value that sets a key"
                            + " by its name has to be complete when the program starts; variables are replaced in the"
                            + " file only");
        }
    }

    /** Returns whether a text holds a variable as the file writes it. */
    static boolean holdsVariable(String text) {
        return BRACES.matcher(text).find();
    }

    private static @Nullable String variable(Key<?> key, String text) {
        ValueType type = key.type();
        boolean anywhere = key == ObservabilityKeys.OTLP_HEADERS
                || key == FallbackKeys.STORE_URL
                || key == Keys.ROUTE_PATH
                || type == ValueType.FILE
                || type == ValueType.ADDRESS
                || type == ValueType.URL;
        Matcher shell = SHELL.matcher(text);
        if (anywhere ? shell.find() : shell.matches()) {
            return shell.group(1);
        }
        Matcher windows = WINDOWS.matcher(text);
        return windows.matches() && (anywhere || windows.end(1) + 1 == text.length()) ? windows.group(1) : null;
    }

    /** Returns whether the values of a key are known to be no secrets. */
    private static boolean isPlain(Key<?> key) {
        return !key.secret()
                && (key == Keys.ROUTE_PATH || key.type() == ValueType.FILE || key.type() == ValueType.ADDRESS);
    }

    private static boolean isInHome(Key<?> key, String text) {
        return key.type() == ValueType.FILE && text.startsWith("~/");
    }
}
