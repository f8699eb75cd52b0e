package dev.holdfast.control;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The expected counts of the calls to one host, by what the program got without Holdfast and with it, and by what the
 * server received. Holdfast's own counters are not asked.
 */
final class ExpectedCounts {
    private final String host;
    private final Map<String, Long> results = new LinkedHashMap<>();
    private long compared;
    private long goodWithout;
    private long goodWith;
    private long calls;
    private long good;
    private long attempts;
    private long sentAgain;
    private long fallbacks;

    ExpectedCounts(String host) {
        this.host = host;
    }

    /** Adds a call. */
    void add(String without, String with, ControlRun.Call call) {
        attempts += call.attempts();
        sentAgain += Math.max(0, call.attempts() - 1);
        boolean fallback = with.endsWith(" fallback");
        fallbacks += fallback ? 1 : 0;
        if (with.equals("cancelled")) {
            results.merge("cancelled", 1L, Long::sum);
            return;
        }
        boolean wasGood = isGood(without);
        boolean isGood = isGood(with);
        calls++;
        good += isGood ? 1 : 0;
        if (call.firstAttemptEndedByItself()) {
            compared++;
            goodWithout += wasGood ? 1 : 0;
            goodWith += isGood ? 1 : 0;
            String saved = fallback ? "saved_by_fallback" : "saved_by_retry";
            results.merge(wasGood ? "first_try" : isGood ? saved : "failed", 1L, Long::sum);
        } else if (call.attempts() == 0) {
            results.merge(isGood ? "answered_by_fallback" : "rejected", 1L, Long::sum);
        } else {
            String later = host.startsWith("hedge") ? "hedged" : "good_after_timeout";
            results.merge(isGood ? later : "timed_out", 1L, Long::sum);
        }
    }

    private static boolean isGood(String end) {
        return end.startsWith("200");
    }

    long result(String name) {
        return results.getOrDefault(name, 0L);
    }

    /** Calls that ended and were not cancelled. */
    long calls() {
        return calls;
    }

    /** Those of them that ended well. */
    long good() {
        return good;
    }

    long compared() {
        return compared;
    }

    long goodWithout() {
        return goodWithout;
    }

    long goodWith() {
        return goodWith;
    }

    long attempts() {
        return attempts;
    }

    long retries() {
        return host.startsWith("hedge") ? 0 : sentAgain;
    }

    long hedges() {
        return host.startsWith("hedge") ? sentAgain : 0;
    }

    long fallbacks() {
        return fallbacks;
    }
}
