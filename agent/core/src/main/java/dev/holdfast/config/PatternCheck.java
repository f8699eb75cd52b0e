package dev.holdfast.config;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Finds texts that are taken as they are, but look like a pattern that their key does not know: a star, or a regular
 * expression. A text that may well be meant as it is, such as the path {@code /busy/} or a media range, is none.
 */
final class PatternCheck {
    private static final String REGULAR =
            "looks like a regular expression, of which there are none here: its characters are taken literally";

    /**
     * Between two anchors, behind a leading "any text", with a repeated class, or between slashes with one of these.
     */
    private static final Pattern EXPRESSION = Pattern.compile(
            "\\^.+\\$|\\.[*+].*|.*\\\\[dwsDWS][*+{].*" + "|/(\\^.*|.*\\$|.*\\.[*+].*|.*\\\\[dwsDWS].*)/[a-z]{0,3}");

    /** The length past which a text is no expression that somebody writes for a header or a body. */
    private static final int LONGEST = 200;

    private static final Pattern SEGMENT = Pattern.compile(".*/(\\.[*+]|\\[\\^/\\]\\+|\\\\[dw]\\+)(/.*)?");

    private PatternCheck() {}

    /** Returns the reason why a value of a key is doubtful; empty: there is none. */
    static String doubt(Key<?> key, String text) {
        if (text.length() > LONGEST) {
            return "";
        }
        ValueType type = key.type();
        if (type == ValueType.METHODS && text.indexOf('*') >= 0) {
            boolean forAll = List.of().equals(key.standard());
            return "\"*\" is taken literally, as the name of a method; "
                    + (forAll ? "[] is every method" : "name each method that is meant");
        }
        if (type == ValueType.HEADER_NAMES) {
            return headerName(text);
        }
        if (key == Keys.ROUTE_PATH || key == FallbackKeys.DEFAULT_PATH) {
            return EXPRESSION.matcher(text).matches() || SEGMENT.matcher(text).matches()
                    ? REGULAR + ", but for *, which stands for any text"
                    : "";
        }
        boolean exact = key == RetryKeys.RETRY_HEADERS || key == RetryKeys.NO_RETRY_HEADERS;
        boolean starred = key == RetryKeys.CONDITION_HEADERS
                || key == RetryKeys.CONDITION_BODY
                || key == RetryKeys.CONDITION_JSON;
        if ((exact || starred) && EXPRESSION.matcher(text.strip()).matches()) {
            return starred ? REGULAR + ", but for *, which stands for any text" : REGULAR;
        }
        return exact && isStarred(text.strip())
                ? "a * in a value is taken literally; write [[retry.policy.when]] with headers, where a * stands for"
                        + " any text"
                : "";
    }

    /** Returns whether a star stands for the beginning or the end of a text; a star alone is another matter. */
    private static boolean isStarred(String text) {
        boolean atEnd = text.endsWith("*") && !text.endsWith("/*");
        boolean atBegin = text.startsWith("*") && !text.startsWith("*/");
        return text.length() > 1 && (atEnd || atBegin);
    }

    /** Returns the reason why the name of a header is doubtful; empty: there is none. */
    static String headerName(String name) {
        return name.indexOf('*') < 0
                ? ""
                : "a * in the name of a header is taken literally; name each header that is meant";
    }

    /** Returns the reason why a JSON pointer is doubtful; empty: there is none. */
    static String pointer(String pointer) {
        String steps = pointer + '/';
        return steps.contains("/*/") || steps.contains("/**/") || steps.contains("/[*]/")
                ? "a * in a JSON pointer is taken literally, as a name; write a pointer for each index that is meant,"
                        + " such as \"/errors/0/code\", or a text to look for in body"
                : "";
    }
}
