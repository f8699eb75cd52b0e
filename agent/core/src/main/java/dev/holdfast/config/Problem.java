package dev.holdfast.config;

/**
 * Something that a configuration file gets wrong, or that its author should know. Whatever of the file's text it
 * repeats is made safe for a terminal and a log here: control characters are escaped, and the user information and the
 * query of a URL are masked.
 *
 * @param file the name of the file, as the user gave it
 * @param line the line, counted from 1; 0: the file as a whole
 * @param column the column, counted from 1; 0: the file as a whole
 * @param key the key's path, empty where it is not about a key
 * @param message what is wrong, what is allowed, what to do
 */
public record Problem(String file, int line, int column, String key, String message) {
    /** The longest text that is shown, in characters: a file may hold a key as long as itself. */
    private static final int LIMIT = 1000;

    /** Makes the texts safe to show. */
    public Problem {
        file = printable(file);
        key = printable(withoutQuery(masked(key)));
        message = printable(withoutQuery(masked(message)));
    }

    /** {@code file:line:column: key: message}, the form that editors and terminals turn into a link. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(file);
        if (line > 0) {
            text.append(':').append(line).append(':').append(column);
        }
        text.append(": ");
        if (!key.isEmpty()) {
            text.append(key).append(": ");
        }
        return text.append(message).toString();
    }

    /** Replaces what stands before an {@code @} by {@code ***}: in a URL or a host pattern it is a credential. */
    private static String masked(String text) {
        int at = text.indexOf('@');
        if (at < 0) {
            return text;
        }
        StringBuilder masked = new StringBuilder();
        int from = 0;
        for (; at >= 0; at = text.indexOf('@', from)) {
            int start = at;
            while (start > from && !endsUserInfo(text.charAt(start - 1))) {
                start--;
            }
            masked.append(text, from, start).append("***@");
            from = at + 1;
        }
        return masked.append(text, from, text.length()).toString();
    }

    private static boolean endsUserInfo(char c) {
        // Not a slash: a password may hold one, however wrong that is.
        return c == '"' || Character.isWhitespace(c);
    }

    /**
     * Replaces what stands behind a {@code ?}, up to the end of its word, by {@code ***}: a query may hold credentials.
     */
    private static String withoutQuery(String text) {
        int mark = text.indexOf('?');
        if (mark < 0) {
            return text;
        }
        StringBuilder masked = new StringBuilder();
        int from = 0;
        for (; mark >= 0; mark = text.indexOf('?', from)) {
            masked.append(text, from, mark + 1);
            from = mark + 1;
            while (from < text.length() && !endsUserInfo(text.charAt(from))) {
                from++;
            }
            masked.append(from > mark + 1 ? "***" : "");
        }
        return masked.append(text, from, text.length()).toString();
    }

    private static String printable(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            if (safe.length() >= LIMIT) {
                return safe.append("...").toString();
            }
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (isPrintable(c)) {
                safe.appendCodePoint(c);
            } else {
                safe.append("\\u{").append(Integer.toHexString(c)).append('}');
            }
        }
        return safe.toString();
    }

    private static boolean isPrintable(int c) {
        // Beside control characters, those that reorder or hide text: a message must read as what it says.
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
