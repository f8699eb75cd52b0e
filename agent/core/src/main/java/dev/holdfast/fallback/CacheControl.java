package dev.holdfast.fallback;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The directives of {@code Cache-Control} (RFC 9111, section 5.2), of all the header's lines together. Read strictly: a
 * field that is not of the grammar, or that says two different things of one directive, reads as {@code no-store},
 * because nobody knows what it was meant to forbid. Immutable.
 */
final class CacheControl {
    private static final CacheControl NONE = new CacheControl(List.of());
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private final Map<String, String> values = new HashMap<>();

    /** Parses the values of the header's lines. */
    static CacheControl of(List<String> lines) {
        return lines.isEmpty() ? NONE : new CacheControl(lines);
    }

    private CacheControl(List<String> lines) {
        for (String line : lines) {
            if (!parse(line)) {
                values.put("no-store", "");
            }
        }
    }

    /** Reads a comma-separated list (RFC 9110, section 5.6.1), whose members may be empty. False: it is none. */
    private boolean parse(String line) {
        int at = 0;
        while (true) {
            at = skipBlanks(line, at);
            if (at < line.length() && line.charAt(at) != ',') {
                int end = member(line, at);
                if (end < 0) {
                    return false;
                }
                at = skipBlanks(line, end);
            }
            if (at == line.length()) {
                return true;
            }
            if (line.charAt(at++) != ',') {
                return false;
            }
        }
    }

    /** Reads a name, and the value behind it if there is one. Returns where it ends, -1 if it is malformed. */
    private int member(String line, int start) {
        int end = tokenEnd(line, start);
        if (end == start) {
            return -1;
        }
        String name = line.substring(start, end).toLowerCase(Locale.ROOT);
        String value = "";
        if (end < line.length() && line.charAt(end) == '=') {
            int from = end + 1;
            boolean quoted = from < line.length() && line.charAt(from) == '"';
            end = quoted ? quotedEnd(line, from) : tokenEnd(line, from);
            if (end <= from) {
                return -1;
            }
            value = quoted ? line.substring(from + 1, end - 1).strip() : line.substring(from, end);
        }
        String before = values.putIfAbsent(name, value);
        return before == null || before.equals(value) ? end : -1;
    }

    private static int skipBlanks(String line, int from) {
        int at = from;
        while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    private static int tokenEnd(String line, int from) {
        int at = from;
        while (at < line.length() && isTokenChar(line.charAt(at))) {
            at++;
        }
        return at;
    }

    /** Returns the index behind the closing quote, -1 if there is none. */
    private static int quotedEnd(String line, int from) {
        for (int at = from + 1; at < line.length(); at++) {
            char c = line.charAt(at);
            if (c == '"') {
                return at + 1;
            }
            if (c == '\\') {
                at++;
            }
        }
        return -1;
    }

    /** Returns whether a text is a token (RFC 9110, section 5.6.2). */
    static boolean isToken(String text) {
        return !text.isEmpty() && tokenEnd(text, 0) == text.length();
    }

    private static boolean isTokenChar(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || TOKEN_MARKS.indexOf(c) >= 0;
    }

    /** Returns whether a directive is there. */
    boolean has(String name) {
        return values.containsKey(name);
    }

    /** Returns whether a directive is there without a value. */
    boolean isBare(String name) {
        String value = values.get(name);
        return value != null && value.isEmpty();
    }

    /**
     * The value of a directive in seconds, -1 where it is absent. One that is there and makes no sense is 0: the
     * cautious reading, stale (RFC 9111, section 4.2.1).
     */
    long seconds(String name) {
        String value = values.get(name);
        return value == null ? -1 : seconds(value, 0);
    }

    /** A number of seconds, capped as RFC 9111, section 1.2.2 asks for; {@code otherwise} where it is none. */
    static long seconds(@Nullable String text, long otherwise) {
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        long seconds = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return otherwise;
            }
            seconds = Math.min(Integer.MAX_VALUE, seconds * 10 + digit);
        }
        return seconds;
    }
}
