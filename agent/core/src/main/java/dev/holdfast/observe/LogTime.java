package dev.holdfast.observe;

/**
 * The time of a log line in the form of RFC 3339 (ISO 8601), in UTC, with milliseconds. By plain arithmetic: the
 * formatters of {@code java.time} load more than a hundred classes, in programs that may need none of them, and
 * {@code Instant.toString} leaves out milliseconds that are 0. Stateless.
 */
final class LogTime {
    private static final int MILLIS_A_DAY = 86_400_000;

    private LogTime() {}

    /** Appends {@code 2026-11-30T03:35:20.123Z}; for the years 0 to 9999. */
    static void append(long epochMillis, StringBuilder to) {
        seconds(epochMillis, to);
        to.append('.');
        padded(Math.floorMod(epochMillis, 1_000L), 3, to);
        to.append('Z');
    }

    /** Appends {@code 2026-11-30T03:35:20Z}, rounded down; for the same years. */
    static void appendSeconds(long epochMillis, StringBuilder to) {
        seconds(epochMillis, to);
        to.append('Z');
    }

    private static void seconds(long epochMillis, StringBuilder to) {
        date(Math.floorDiv(epochMillis, (long) MILLIS_A_DAY), to);
        int millis = (int) Math.floorMod(epochMillis, (long) MILLIS_A_DAY);
        to.append('T');
        padded(millis / 3_600_000, 2, to);
        to.append(':');
        padded(millis / 60_000 % 60, 2, to);
        to.append(':');
        padded(millis / 1_000 % 60, 2, to);
    }

    /** The civil date of a day, in eras of 400 years that begin with March: the leap day is then a year's last. */
    private static void date(long epochDay, StringBuilder to) {
        long day = epochDay + 719_468; // from 0000-03-01
        long era = Math.floorDiv(day, 146_097L);
        long ofEra = day - era * 146_097;
        long year = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365;
        long ofYear = ofEra - (365 * year + year / 4 - year / 100);
        long month = (5 * ofYear + 2) / 153; // 0 is March
        padded(year + era * 400 + (month >= 10 ? 1 : 0), 4, to);
        to.append('-');
        padded(month < 10 ? month + 3 : month - 9, 2, to);
        to.append('-');
        padded(ofYear - (153 * month + 2) / 5 + 1, 2, to);
    }

    private static void padded(long number, int digits, StringBuilder to) {
        String text = Long.toString(number);
        for (int i = text.length(); i < digits; i++) {
            to.append('0');
        }
        to.append(text);
    }
}
