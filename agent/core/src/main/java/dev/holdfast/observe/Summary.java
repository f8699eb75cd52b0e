package dev.holdfast.observe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A snapshot in a few lines, for the end of the log. */
public final class Summary {
    private static final int WORST = 5;
    private static final int NAMED = 10;

    private Summary() {}

    /** The text, without a line break at its end. */
    public static String of(Snapshot snapshot) {
        StringBuilder text = new StringBuilder("summary: ");
        long seconds = Math.max(0, snapshot.epochMillis() - snapshot.startedEpochMillis()) / 1000;
        text.append(counts(snapshot.origins().stream()
                        .filter(OriginStats::ofApplication)
                        .toList()))
                .append(" in ")
                .append(time(seconds));
        List<OriginStats> worst = new ArrayList<>(snapshot.origins());
        worst.removeIf(stats -> trouble(stats) == 0);
        worst.sort(Comparator.comparingLong(Summary::trouble).reversed());
        for (OriginStats stats : worst.subList(0, Math.min(WORST, worst.size()))) {
            text.append("\n  ")
                    .append(stats.policy())
                    .append(" for ")
                    .append(stats.origin())
                    .append(": ");
            text.append(counts(List.of(stats)));
        }
        if (worst.size() > WORST) {
            text.append("\n  ... and ").append(worst.size() - WORST).append(" more");
        }
        gaps(text, snapshot.gaps());
        return text.toString();
    }

    /** Appends the coverage gaps, a line for each kind. */
    private static void gaps(StringBuilder text, CoverageGaps gaps) {
        line(text, "no policy matches: ", gaps.hosts(), gaps.otherCalls());
        line(text, "clients that are not covered: ", gaps.clients(), 0);
        line(text, "HTTP proxies: ", gaps.proxies(), 0);
    }

    private static void line(StringBuilder text, String what, List<?> all, long otherCalls) {
        if (all.isEmpty()) {
            return;
        }
        List<String> shown = all.stream().limit(NAMED).map(Object::toString).toList();
        text.append("\n  ").append(what).append(String.join(", ", shown));
        if (all.size() > NAMED) {
            text.append(", and ").append(all.size() - NAMED).append(" more");
        }
        if (otherCalls > 0) {
            text.append(", and ").append(otherCalls).append(" calls to others");
        }
    }

    private static String counts(List<OriginStats> origins) {
        long calls = sum(origins, null);
        StringBuilder rare = new StringBuilder();
        rare(rare, origins, "hedged", " answered by the hedged attempt");
        rare(rare, origins, "good_after_timeout", " good after an attempt that Holdfast's time limit ended");
        rare(rare, origins, "answered_by_fallback", " answered by fallback without knowing what the origin would say");
        rare(rare, origins, "timed_out", " timed out by Holdfast's time limit");
        long opened = 0;
        long retries = 0;
        long repeats = 0;
        long faults = 0;
        for (OriginStats stats : origins) {
            retries += stats.retries();
            repeats += stats.nestedRetries();
            for (long count : stats.faults().values()) {
                faults += count;
            }
            opened +=
                    stats.breaker() == null ? 0 : stats.breaker().transitions().getOrDefault("open", 0L);
        }
        return calls + (calls == 1 ? " call: " : " calls: ") + sum(origins, "first_try") + " good at the first try, "
                + sum(origins, "saved_by_retry") + " saved by retry, " + sum(origins, "saved_by_fallback")
                + " saved by fallback, " + sum(origins, "failed") + " failed, " + sum(origins, "rejected")
                + " rejected by Holdfast" + rare + "; " + retries + (retries == 1 ? " retry, " : " retries, ")
                + "breakers opened " + opened
                + (opened == 1 ? " time" : " times")
                + (repeats == 0 ? "" : "; " + repeats + " made again by the program after their retries")
                + (faults == 0 ? "" : "; GAME DAY: faults injected into " + faults + " attempts");
    }

    private static void rare(StringBuilder text, List<OriginStats> origins, String result, String words) {
        long sum = sum(origins, result);
        if (sum > 0) {
            text.append(", ").append(sum).append(words);
        }
    }

    private static long sum(List<OriginStats> origins, @Nullable String result) {
        long sum = 0;
        for (OriginStats stats : origins) {
            sum += result == null ? stats.calls() : stats.calls(result);
        }
        return sum;
    }

    private static long trouble(OriginStats stats) {
        return stats.calls() - stats.calls("first_try") - stats.calls("cancelled");
    }

    private static String time(long seconds) {
        return seconds < 120
                ? seconds + " s"
                : Duration.ofSeconds(seconds).toString().substring(2).toLowerCase(Locale.ROOT);
    }
}
