package dev.holdfast.fallback;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The directives of {@code Cache-Control} (RFC 9111, section 5.2), of all the header's lines together. Immutable. */
final class Directives {
    private static final Directives NONE = new Directives(List.of());

    private final Map<String, String> values = new HashMap<>();

    /** Parses; what makes no sense is passed over. Of a directive that comes twice, the first counts. */
    static Directives of(List<String> lines) {
        return lines.isEmpty() ? NONE : new Directives(lines);
    }

    private Directives(List<String> lines) {
        for (String line : lines) {
            parse(line);
        }
    }

    private void parse(String line) {
        int start = 0;
        boolean quoted = false;
        for (int i = 0; i <= line.length(); i++) {
            char c = i < line.length() ? line.charAt(i) : ',';
            if (i < line.length() && c == '"') {
                quoted = !quoted;
            } else if (c == ',' && (!quoted || i == line.length())) {
                add(line.substring(start, i));
                start = i + 1;
            }
        }
    }

    private void add(String directive) {
        int equals = directive.indexOf('=');
        String name = (equals < 0 ? directive : directive.substring(0, equals)).strip();
        String value = equals < 0 ? "" : directive.substring(equals + 1).strip();
        if (value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")) {
            value = value.substring(1, value.length() - 1).strip();
        }
        if (!name.isEmpty()) {
            values.putIfAbsent(name.toLowerCase(Locale.ROOT), value);
        }
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** Whether a directive is there without a value. */
    boolean isBare(String name) {
        String value = values.get(name);
        return value != null && value.isEmpty();
    }

    /**
     * The value of a directive in seconds, -1 where it is absent. One that is there and makes no sense is 0: the cautious
     * reading, stale (RFC 9111, section 4.2.1).
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
