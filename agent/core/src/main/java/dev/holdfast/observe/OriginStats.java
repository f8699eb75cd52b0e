package dev.holdfast.observe;

import dev.holdfast.policy.Policy;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The counts of one policy and origin since the start.
 *
 * @param policy the policy's name: a host pattern, with a route behind it if it is one's
 * @param origin {@code scheme://host:port}, or {@link CounterRegistry#OTHER} for all that came after there were too
 *     many to list
 * @param mode {@code enforce} or {@code observe}; null where the policy is in force no more
 * @param clients calls and retries by the application's client
 * @param attempts how many attempts the calls took that have ended
 * @param attemptSeconds how long they took, together
 * @param callDuration how long calls took, retries, waits and fallbacks included, up to the response's head or the
 *     failure; those that were rejected or cancelled too
 * @param attemptDuration how long attempts took, up to the response's head or the failure
 * @param delays the waits before retries
 * @param notRetried why outcomes that asked for another attempt got none, by reason
 * @param rejections attempts that Holdfast rejected, by what rejected them
 * @param waits waits for a limit that are over, by limit
 * @param fallbacks answers of fallback strategies
 * @param wouldHave what {@code observe} mode would have done: {@code "retry"}, {@code "hedge"}, {@code "fallback"},
 *     {@code "reject_…"}, {@code "wait_…"}, {@code "fault_…"}
 * @param faults injected faults, by kind
 * @param hedges second attempts beside slow ones
 * @param nestedRetries calls that failed after their retries and were made again at once, by a layer above that retries
 *     too
 * @param bodiesBroken bodies that broke while the application read them
 * @param breaker null where there is none
 * @param budget null where there is none
 * @param limits the limits' state; null where there are none
 * @param possible what can be counted beside what was; null where the policy is in force no more
 */
public record OriginStats(
        String policy,
        String origin,
        @Nullable String mode,
        List<ClientStats> clients,
        long attempts,
        double attemptSeconds,
        Durations callDuration,
        Durations attemptDuration,
        Delays delays,
        Map<String, Long> notRetried,
        Map<String, Long> rejections,
        Map<String, Wait> waits,
        List<FallbackCount> fallbacks,
        Map<String, Long> wouldHave,
        Map<String, Long> faults,
        long hedges,
        long nestedRetries,
        long bodiesBroken,
        @Nullable BreakerStats breaker,
        @Nullable BudgetStats budget,
        @Nullable LimitStats limits,
        @Nullable PossibleLabels possible) {

    /**
     * Calls of one client.
     *
     * @param client the label of the client
     * @param calls how many ended how: all of {@link Comparison#RESULTS} are there
     * @param retries retries that were sent, by what made them necessary: a status, or a kind of failure
     * @param retriesLost calls that were sent again and failed in the end
     */
    public record ClientStats(String client, Map<String, Long> calls, Map<String, Long> retries, long retriesLost) {}

    /**
     * Durations, as a histogram.
     *
     * @param counts how many were at most so long as the bound at the same place in {@link Counters#DURATION_BOUNDS},
     *     and longer than the one before; the last is without bound
     * @param seconds all of them together
     */
    public record Durations(List<Long> counts, double seconds) {
        /** Returns the number of durations. */
        public long count() {
            long sum = 0;
            for (long count : counts) {
                sum += count;
            }
            return sum;
        }

        /**
         * The duration in seconds that a share of them did not exceed, as far as the buckets tell it: those of a bucket
         * are taken to be spread evenly, as Prometheus' {@code histogram_quantile} does; what is longer than the last
         * bound is said to be that. NaN where there were none.
         *
         * @param share from 0 to 1
         */
        public double quantile(double share) {
            long all = count();
            if (all == 0) {
                return Double.NaN;
            }
            double rank = share * all;
            long below = 0;
            double lower = 0;
            for (int i = 0; i < Counters.DURATION_BOUNDS.size(); i++) {
                double upper = Counters.DURATION_BOUNDS.get(i);
                long here = counts.get(i);
                if (here > 0 && below + here >= rank) {
                    return lower + (upper - lower) * Math.max(0, rank - below) / here;
                }
                below += here;
                lower = upper;
            }
            return lower;
        }
    }

    /**
     * Waits before retries, as a histogram.
     *
     * @param counts how many were at most so long as the bound at the same place in {@link Counters#DELAY_BOUNDS}, and
     *     longer than the one before; the last is without bound
     * @param seconds all of them together
     */
    public record Delays(List<Long> counts, double seconds) {
        /** Returns the number of durations. */
        public long count() {
            long sum = 0;
            for (long count : counts) {
                sum += count;
            }
            return sum;
        }

        /** The mean in seconds, 0 where there was none. */
        public double mean() {
            long count = count();
            return count == 0 ? 0 : seconds / count;
        }
    }

    /** Waits for a limit: how many, and how long they took together. */
    public record Wait(long count, double seconds) {}

    /** The number of responses of a strategy for a reason. */
    public record FallbackCount(String strategy, String reason, long count) {
        /** Returns whether another counts the same. */
        public boolean isOfSame(FallbackCount other) {
            return strategy.equals(other.strategy) && reason.equals(other.reason);
        }
    }

    /**
     * A breaker.
     *
     * @param state {@code closed}, {@code open} or {@code half_open}; of several, the worst
     * @param sinceEpochMillis since when
     * @param reason why it is open, for people; null where it is not
     * @param secondsToProbe how long until the next probe may pass; 0 where calls may pass, -1 for never
     * @param secondsIn the time in each state, so far
     * @param transitions how often it came into each state
     */
    public record BreakerStats(
            String state,
            long sinceEpochMillis,
            @Nullable String reason,
            double secondsToProbe,
            Map<String, Double> secondsIn,
            Map<String, Long> transitions) {
        /** The state as a number: 0 closed, 1 open, 2 half-open. */
        public int number() {
            return Labels.number(state);
        }
    }

    /** A budget: the retries that are left, and how often there were none. */
    public record BudgetStats(double balance, long exhausted) {}

    /** Limits: attempts that wait for an answer, and those that wait for their turn. */
    public record LimitStats(int underWay, int queued) {}

    /**
     * Returns whether these are calls of the application, and not those that the strategy {@code degraded} makes for
     * them.
     */
    public boolean ofApplication() {
        return !policy.endsWith(Policy.ALTERNATE_ORIGIN);
    }

    /** All calls with this result, of whichever client. */
    public long calls(String result) {
        long sum = 0;
        for (ClientStats client : clients) {
            sum += client.calls().getOrDefault(result, 0L);
        }
        return sum;
    }

    /** All calls that have ended. */
    public long calls() {
        long sum = 0;
        for (ClientStats client : clients) {
            for (long count : client.calls().values()) {
                sum += count;
            }
        }
        return sum;
    }

    /** All retries. */
    public long retries() {
        long sum = 0;
        for (ClientStats client : clients) {
            for (long count : client.retries().values()) {
                sum += count;
            }
        }
        return sum;
    }

    /** Calls that were sent again and failed in the end. */
    public long retriesLost() {
        long sum = 0;
        for (ClientStats client : clients) {
            sum += client.retriesLost();
        }
        return sum;
    }

    /** Calls that a retry brought to a good end. */
    public long successfulRetries() {
        return calls("saved_by_retry") + calls("good_after_timeout");
    }

    /** The share of the calls that were sent again which ended well by it; NaN where none was sent again. */
    public double retrySuccessRate() {
        long saved = successfulRetries();
        long all = saved + retriesLost();
        return all == 0 ? Double.NaN : (double) saved / all;
    }
}
