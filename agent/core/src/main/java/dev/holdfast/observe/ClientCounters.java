package dev.holdfast.observe;

import dev.holdfast.call.Client;
import dev.holdfast.call.Observer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * The calls of one client to one target. Nearly all of them are good at the first try, and are counted in a histogram
 * of their durations alone.
 *
 * <p>An end can turn out to be none, after it was counted: the body was held back, and broke. So what is reported is a
 * difference, and never less than what was reported before: who collects it would take a step back for a restart.
 */
final class ClientCounters {
    /** Calls that were good at their first attempt, which began with them: the durations of both. */
    final DurationHistogram firstTry = new DurationHistogram();

    final LabelCounter retries = new LabelCounter();
    private final LabelCounter ended = new LabelCounter();
    private final LabelCounter voided = new LabelCounter();
    private final LongAdder firstTryAfterWait = new LongAdder();
    private final LongAdder moreAttempts = new LongAdder();
    private final LongAdder retriesLost = new LongAdder();
    private final LongAdder retriesLostVoided = new LongAdder();
    private final Map<String, Long> reported = new LinkedHashMap<>();
    private final Client client;

    ClientCounters(Client client) {
        this.client = client;
    }

    /** A call ended otherwise than with a first attempt that was good and began with it. */
    void ended(Observer.Result result, int attempts) {
        if (result == Observer.Result.FIRST_TRY) {
            firstTryAfterWait.increment(); // each call of observe mode, or of a limit with a queue, comes here
        } else {
            ended.add(Labels.of(result));
        }
        moreAttempts.add(attempts);
    }

    /** The end was none. */
    void takenBack(Observer.Result result, int attempts) {
        voided.add(Labels.of(result));
        moreAttempts.add(-attempts);
    }

    /** Counts the end of a call of which retries were sent, or that this end is void. */
    void retriesEnded(Observer.Result result, boolean takenBack) {
        boolean lost = switch (result) {
            case FAILED, TIMED_OUT, SAVED_BY_FALLBACK, ANSWERED_BY_FALLBACK -> true;
            case FIRST_TRY, SAVED_BY_RETRY, HEDGED, GOOD_AFTER_TIMEOUT, REJECTED, CANCELLED -> false;
        };
        if (lost) {
            (takenBack ? retriesLostVoided : retriesLost).increment();
        }
    }

    /** Attempts of calls that have ended. */
    synchronized long attempts() {
        return atLeastBefore("attempts", firstTry.count() + moreAttempts.sum());
    }

    synchronized OriginStats.ClientStats stats() {
        Map<String, Long> calls = new LinkedHashMap<>();
        for (String result : Comparison.RESULTS) {
            long count = result.equals("first_try") ? firstTry.count() + firstTryAfterWait.sum() : ended.get(result);
            calls.put(result, atLeastBefore(result, count - voided.get(result)));
        }
        long lost = atLeastBefore("lost", retriesLost.sum() - retriesLostVoided.sum());
        return new OriginStats.ClientStats(client.label(), calls, retries.all(), lost);
    }

    private long atLeastBefore(String name, long now) {
        return reported.merge(name, now, Math::max);
    }
}
