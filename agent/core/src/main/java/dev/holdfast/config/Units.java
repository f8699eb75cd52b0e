package dev.holdfast.config;

import org.jspecify.annotations.Nullable;

/**
 * Durations and sizes as people write them. Durations are those of the seed's language, {@code "1h15m30.5s"}, with days
 * beside them; sizes are binary, {@code "64KiB"}.
 */
final class Units {
    /** The value that the parsers return for invalid text; no valid one is negative. */
    static final long INVALID = -1;

    private static final String[] TIME_UNITS = {"d", "h", "m", "s", "ms", "us", "ns"};
    private static final long[] NANOS = {
        86_400_000_000_000L, 3_600_000_000_000L, 60_000_000_000L, 1_000_000_000L, 1_000_000L, 1_000L, 1L
    };
    private static final String[] SIZE_UNITS = {"GiB", "MiB", "KiB", "B"};
    private static final long[] BYTES = {1L << 30, 1L << 20, 1L << 10, 1L};

    private Units() {}

    /**
     * Reads a duration: one or more numbers, each with its unit, the units in falling order.
     *
     * @return nanoseconds, {@link Long#MAX_VALUE} where they do not fit, or {@link #INVALID}
     */
    static long parseDuration(String text) {
        return parse(text, TIME_UNITS, NANOS);
    }

    /**
     * Reads a size: as a duration, in units of bytes.
     *
     * @return bytes, {@link Long#MAX_VALUE} where they do not fit, or {@link #INVALID}
     */
    static long parseSize(String text) {
        return parse(text, SIZE_UNITS, BYTES);
    }

    /**
     * So many in a time.
     *
     * @param text as the file has it, empty for any number
     * @param permits how many; 0 for any number
     * @param nanos in how many nanoseconds
     */
    record Rate(String text, int permits, long nanos) {
        /** Returns the value as TOML has it. */
        @Override
        public String toString() {
            return MessageText.quoted(text);
        }
    }

    /**
     * Reads a rate such as {@code "100/s"} or {@code "50/10s"}: up to a million, in up to a day, or empty for any
     * number; null if it is none.
     */
    static @Nullable Rate parseRate(String text) {
        if (text.isEmpty()) {
            return new Rate(text, 0, 1);
        }
        int slash = text.indexOf('/');
        if (slash < 1 || slash > 7 || slash == text.length() - 1) {
            return null;
        }
        double permits = number(text, 0, slash);
        String time = text.substring(slash + 1);
        long nanos = parseDuration(isNumberPart(time.charAt(0)) ? time : "1" + time);
        boolean good = permits >= 1 && permits <= 1_000_000 && permits == Math.rint(permits) && nanos > 0;
        return good && nanos <= NANOS[0] ? new Rate(text, (int) permits, nanos) : null;
    }

    /** Writes a duration in the fewest units that say it exactly. */
    static String duration(long nanos) {
        return nanos == 0 ? "0s" : write(nanos, TIME_UNITS, NANOS);
    }

    /** Writes a size in the fewest units that say it exactly. */
    static String size(long bytes) {
        return bytes == 0 ? "0" : write(bytes, SIZE_UNITS, BYTES);
    }

    private static long parse(String text, String[] units, long[] factors) {
        int at = 0;
        int unit = -1;
        double sum = 0;
        do {
            int start = at;
            while (at < text.length() && isNumberPart(text.charAt(at))) {
                at++;
            }
            double number = number(text, start, at);
            int unitStart = at;
            while (at < text.length() && !isNumberPart(text.charAt(at))) {
                at++;
            }
            int next = indexOf(units, text.substring(unitStart, at));
            if (number < 0 || next <= unit) {
                return INVALID;
            }
            unit = next;
            // A double is exact far beyond every range that a key allows.
            sum += number * factors[unit];
        } while (at < text.length());
        return sum >= Long.MAX_VALUE ? Long.MAX_VALUE : (long) sum;
    }

    /** Digits with at most one point among them, as a number, else {@link #INVALID}. */
    private static double number(String text, int start, int end) {
        int points = 0;
        int digits = 0;
        for (int i = start; i < end; i++) {
            if (!isNumberPart(text.charAt(i))) {
                return INVALID;
            } else if (text.charAt(i) == '.') {
                points++;
            } else {
                digits++;
            }
        }
        return points > 1 || digits == 0 ? INVALID : Double.parseDouble(text.substring(start, end));
    }

    private static String write(long amount, String[] units, long[] factors) {
        StringBuilder text = new StringBuilder();
        long rest = amount;
        for (int i = 0; i < units.length; i++) {
            long count = rest / factors[i];
            if (count > 0) {
                text.append(count).append(units[i]);
                rest -= count * factors[i];
            }
        }
        return text.toString();
    }

    private static int indexOf(String[] units, String unit) {
        for (int i = 0; i < units.length; i++) {
            if (units[i].equals(unit)) {
                return i;
            }
        }
        return -1;
    }

    /** Returns whether a text is a number without a unit. */
    static boolean isNumber(String text) {
        return number(text, 0, text.length()) >= 0;
    }

    private static boolean isNumberPart(char c) {
        return (c >= '0' && c <= '9') || c == '.';
    }
}
