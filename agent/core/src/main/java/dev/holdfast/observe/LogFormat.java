package dev.holdfast.observe;

/**
 * The form in which entries of the log are written. Thread-safe, and cheap to load: an entry may be written on the
 * thread of a call, so that JSON is written by hand here rather than by {@link Json}.
 */
public enum LogFormat {
    /** {@code TIME LEVEL MESSAGE}; a message of several lines goes on below. */
    TEXT {
        @Override
        public String line(long epochMillis, LogEntry entry) {
            StringBuilder line = new StringBuilder(32 + entry.message().length());
            LogTime.append(epochMillis, line);
            return line.append(' ')
                    .append(entry.level().name())
                    .append(' ')
                    .append(entry.message())
                    .toString();
        }
    },
    /**
     * One JSON object a line: {@code time}, {@code level}, {@code logger}, {@code event}, {@code message}, then the
     * entry's fields. Pure ASCII, whatever encoding the stream has.
     */
    JSON {
        @Override
        public String line(long epochMillis, LogEntry entry) {
            StringBuilder line = new StringBuilder(160 + entry.message().length()).append("{\"time\":\"");
            LogTime.append(epochMillis, line);
            line.append("\",\"level\":\"").append(entry.level().name());
            line.append("\",\"logger\":\"holdfast\",\"event\":");
            quote(entry.event(), line);
            line.append(",\"message\":");
            quote(entry.message(), line);
            for (LogEntry.Field field : entry.fields()) {
                line.append(',');
                quote(field.name(), line);
                line.append(':');
                value(field.value(), line);
            }
            return line.append('}').toString();
        }
    };

    private static final String HEX = "0123456789abcdef";

    /** One entry, without a line break at its end. */
    public abstract String line(long epochMillis, LogEntry entry);

    private static void value(Object value, StringBuilder to) {
        if (value instanceof Long || value instanceof Integer) {
            to.append(value);
        } else if (value instanceof Double number) {
            to.append(Double.isFinite(number) ? number.toString() : "null"); // JSON has no NaN
        } else {
            quote(value.toString(), to);
        }
    }

    /** A string by RFC 8259, section 7, with everything escaped that is not ASCII; half a surrogate pair is U+FFFD. */
    private static void quote(String text, StringBuilder to) {
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> to.append("\\\"");
                case '\\' -> to.append("\\\\");
                case '\n' -> to.append("\\n");
                case '\r' -> to.append("\\r");
                case '\t' -> to.append("\\t");
                default -> {
                    if (c >= ' ' && c < 0x7f) {
                        to.append(c);
                    } else {
                        escape(isUnpaired(text, i) ? '\ufffd' : c, to);
                    }
                }
            }
        }
        to.append('"');
    }

    private static boolean isUnpaired(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }

    private static void escape(char c, StringBuilder to) {
        to.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            to.append(HEX.charAt(c >> shift & 0xf));
        }
    }
}
