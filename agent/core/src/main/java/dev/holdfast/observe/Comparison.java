package dev.holdfast.observe;

import java.util.List;

/**
 * The results of calls, beside the results that they would have had without Holdfast. That is known of a call whose
 * first attempt was sent and ended by itself: this attempt is what the program would have got. Such calls are compared,
 * and no others: of a call that Holdfast rejected, of one whose first attempt a time limit of the policy ended, or a
 * hedge overtook, nobody knows what the origin would have answered. Immutable.
 *
 * @param calls how many calls are compared
 * @param goodWithout those whose first attempt was good
 * @param goodWith those that ended well
 */
public record Comparison(long calls, long goodWithout, long goodWith) {
    /** All results of calls, in the order in which they are shown. {@code cancelled}, the last, is no end. */
    public static final List<String> RESULTS = List.of(
            "first_try",
            "saved_by_retry",
            "saved_by_fallback",
            "failed",
            "hedged",
            "good_after_timeout",
            "answered_by_fallback",
            "timed_out",
            "rejected",
            "cancelled");

    /** The results after which it is known how the call would have ended without Holdfast. */
    public static final List<String> COMPARED = RESULTS.subList(0, 4);

    /** Compares the application's calls to all of these. */
    public static Comparison ofAll(List<OriginStats> all) {
        return of(all.stream().filter(OriginStats::ofApplication).toList());
    }

    /** Compares the calls to these. */
    public static Comparison of(List<OriginStats> all) {
        long calls = 0;
        long failed = 0;
        long goodWithout = 0;
        for (OriginStats stats : all) {
            for (String result : COMPARED) {
                calls += stats.calls(result);
            }
            failed += stats.calls("failed");
            goodWithout += stats.calls("first_try");
        }
        return new Comparison(calls, goodWithout, calls - failed);
    }
}
