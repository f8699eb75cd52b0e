package dev.holdfast.policy;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.StringTokenizer;

/**
 * Reads a date of a header in the three forms that a recipient must accept (RFC 9110, 5.6.7): IMF-fixdate ({@code Sun,
 * 06 Nov 1994 08:49:37 GMT}), RFC 850 ({@code Sunday, 06-Nov-94 08:49:37 GMT}) and asctime ({@code Sun Nov 6 08:49:37
 * 1994}). The name of the day is not looked at: where it contradicts the date, it is the name that is wrong. Loaded
 * with the first date that comes.
 */
final class HttpDate {
    /** The value that stands for no date. */
    static final long NONE = Long.MIN_VALUE;

    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

    private HttpDate() {}

    /**
     * A date in milliseconds of the epoch.
     *
     * @param text as in the header
     * @param nowMillis the wall clock, for a year of two digits: one that appears to be more than 50 years in the
     *     future is in the past
     * @return {@link #NONE} where it is none
     */
    static long millis(String text, long nowMillis) {
        StringTokenizer parts = new StringTokenizer(text.toLowerCase(Locale.ROOT), " ,-");
        int count = parts.countTokens();
        if (count != 5 && count != 6) {
            return NONE;
        }
        String[] part = new String[count];
        for (int i = 0; i < count; i++) {
            part[i] = parts.nextToken();
        }
        try {
            if (count == 5) {
                return at(part[4], part[1], part[2], part[3], nowMillis); // asctime
            }
            return part[5].equals("gmt") || part[5].equals("utc")
                    ? at(part[3], part[2], part[1], part[4], nowMillis)
                    : NONE;
        } catch (DateTimeException | NumberFormatException e) {
            return NONE;
        }
    }

    private static long at(String year, String month, String day, String time, long nowMillis) {
        String[] clock = time.split(":", -1);
        if (clock.length != 3) {
            return NONE;
        }
        // A leap second is the last one before it to every clock of the JDK's.
        LocalDateTime date = LocalDateTime.of(
                number(year),
                MONTHS.indexOf(month) + 1,
                number(day),
                number(clock[0]),
                number(clock[1]),
                Math.min(59, number(clock[2])));
        if (year.length() == 2) {
            int now = LocalDateTime.ofEpochSecond(Math.floorDiv(nowMillis, 1000L), 0, ZoneOffset.UTC)
                    .getYear();
            int full = now - now % 100 + date.getYear();
            date = date.withYear(full > now + 50 ? full - 100 : full < now - 50 ? full + 100 : full);
        }
        return date.toInstant(ZoneOffset.UTC).toEpochMilli();
    }

    private static int number(String digits) {
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                throw new NumberFormatException(); // no sign, and no other script's digits
            }
        }
        return Integer.parseInt(digits);
    }
}
