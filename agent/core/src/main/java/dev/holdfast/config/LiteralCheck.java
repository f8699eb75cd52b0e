package dev.holdfast.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds texts that are taken as they are, but look as if something else were meant: variables as shells write them. */
final class LiteralCheck {
    private static final Pattern SHELL = Pattern.compile("\\$([A-Za-z_][A-Za-z0-9_]*)");
    private static final Pattern WINDOWS = Pattern.compile("%([A-Za-z_][A-Za-z0-9_]*)%.*");

    private LiteralCheck() {}

    /**
     * Warns of a text that is taken literally. In a path or an address a variable may stand anywhere; any other text
     * has to be nothing else, since a price may have a dollar sign.
     */
    static void check(ValueType type, String text, String path, Position at, Problems problems) {
        boolean anywhere = type == ValueType.FILE || type == ValueType.ADDRESS || type == ValueType.URL;
        Matcher shell = SHELL.matcher(text);
        Matcher windows = WINDOWS.matcher(text);
        String name = (anywhere ? shell.find() : shell.matches())
                ? shell.group(1)
                : windows.matches() && (anywhere || windows.end(1) + 1 == text.length()) ? windows.group(1) : "";
        if (!name.isEmpty()) {
            problems.warn(at.line(), at.column(), path, "is taken literally; a variable is written ${" + name + "}");
        } else if (type == ValueType.FILE && text.startsWith("~/")) {
            problems.warn(at.line(), at.column(), path, "is taken literally; the home directory is ${HOME}");
        }
    }
}
