package bench;

import java.util.Arrays;
import java.util.Locale;

/** Prints results beside their limits, and remembers whether one was passed. */
final class Report {
    private boolean passed = true;

    void heading(String text) {
        System.out.println(text);
    }

    /** A result that must not be larger. */
    void atMost(String what, double value, double limit, String remark) {
        line(what, value, "at most", limit, value <= limit, remark);
    }

    /** A result that must not be smaller. */
    void atLeast(String what, double value, double limit, String remark) {
        line(what, value, "at least", limit, value >= limit, remark);
    }

    /** A result that must be neither smaller nor larger. */
    void within(String what, double value, double least, double most, String remark) {
        boolean good = value >= least && value <= most;
        line(what, value, String.format(Locale.ROOT, "%.2f to", least), most, good, remark);
    }

    /** A result without a limit. */
    void info(String what, double value, String remark) {
        System.out.printf(Locale.ROOT, "  %-58s %9.2f  %s%n", what, value, remark);
    }

    private void line(String what, double value, String how, double limit, boolean good, String remark) {
        passed &= good;
        System.out.printf(
                Locale.ROOT,
                "  %-58s %9.2f  (%s %.2f)%s%s%n",
                what,
                value,
                how,
                limit,
                remark.isEmpty() ? "" : "  " + remark,
                good ? "" : "  MISSED");
    }

    boolean passed() {
        return passed;
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
