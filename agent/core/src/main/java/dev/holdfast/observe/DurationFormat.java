package dev.holdfast.observe;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Spans of time for people: {@code 0 s}, {@code 1.5 ms}, {@code 12.25 s}, {@code 2 min 30 s}, {@code 3 h 5 min},
 * {@code 2 d 1 h}.
 */
public final class DurationFormat {
    private static final double MILLISECOND = 1e6;
    private static final double SECOND = 1e9;

    private DurationFormat() {}

    /** Formats a duration in nanoseconds, at least 0, to about three significant digits. */
    public static String text(long nanos) {
        if (nanos == 0) {
            return "0 s";
        }
        if (nanos < 999.5 * MILLISECOND) { // what would be rounded to 1000 ms is 1 s
            return number(nanos / MILLISECOND, nanos < 10 * MILLISECOND ? 2 : nanos < 100 * MILLISECOND ? 1 : 0)
                    + " ms";
        }
        long seconds = Math.round(nanos / SECOND);
        if (seconds < 120) {
            return number(nanos / SECOND, nanos < 10 * SECOND ? 2 : 1) + " s";
        }
        if (seconds < 3_600) {
            return two(seconds / 60, "min", seconds % 60, "s");
        }
        long minutes = seconds / 60;
        return minutes < 24 * 60
                ? two(minutes / 60, "h", minutes % 60, "min")
                : two(minutes / 1440, "d", minutes % 1440 / 60, "h");
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        return large + " " + largeUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
    }

    private static String number(double value, int decimals) {
        BigDecimal rounded = BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP);
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
}
