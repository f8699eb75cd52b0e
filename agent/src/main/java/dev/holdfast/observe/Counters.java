package dev.holdfast.observe;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Client;
import dev.holdfast.call.FallbackReason;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.Target;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens under one policy with one origin, or with all origins that are not listed, and hands it on to
 * whoever else wants to know. A call that is good at its first try writes two adders and allocates nothing: its
 * duration and that of its attempt are one, and are counted once. Thread-safe.
 */
public final class Counters implements Observer {
    /** The bounds of the histogram of delays, in seconds. */
    public static final List<Double> DELAY_BOUNDS =
            List.of(0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0);

    /** The bounds of the histograms of calls and attempts, in seconds. */
    public static final List<Double> DURATION_BOUNDS = Durations.BOUNDS;

    private final Ledger ledger;
    private final String policy;
    private final String origin;
    /** By {@link Client#index}; null: no call yet. Replaced by a longer copy when a client makes its first call. */
    private volatile @Nullable ClientCounters[] clients = {};

    /** Attempts and calls beside those of {@link ClientCounters#firstTry}, which are both. */
    private final Durations otherAttempts = new Durations();

    private final Durations otherCalls = new Durations();
    private final Durations callsTakenBack = new Durations();
    private final AtomicLongArray delays = new AtomicLongArray(DELAY_BOUNDS.size() + 1);
    private final LongAdder delayNanos = new LongAdder();
    private final Tally notRetried = new Tally();
    private final Tally rejections = new Tally();
    private final Tally waits = new Tally();
    private final Tally waitNanos = new Tally();
    private final Tally fallbacks = new Tally();
    private final Tally wouldHave = new Tally();
    private final LongAdder hedges = new LongAdder();
    private final LongAdder nestedRetries = new LongAdder();
    private final LongAdder bodiesBroken = new LongAdder();
    private final BreakerTimes breaker;
    private final boolean fewOrigins;
    private Durations.Sum callsReported = new Durations.Sum();

    /**
     * Nothing counted yet.
     *
     * @param fewOrigins whether there are so few others that all of its series may begin at 0
     */
    Counters(Ledger ledger, String policy, String origin, boolean fewOrigins, long now, long epochMillis) {
        this.ledger = ledger;
        this.policy = policy;
        this.origin = origin;
        this.fewOrigins = fewOrigins;
        this.breaker = new BreakerTimes(now, epochMillis);
    }

    String policy() {
        return policy;
    }

    String origin() {
        return origin;
    }

    BreakerTimes breaker() {
        return breaker;
    }

    @Override
    public void began(Target target, CallInfo call) {
        of(call); // from here on, the client is in the reports
    }

    @Override
    public void firstTry(Target target, CallInfo call, Outcome outcome, long nanos) {
        of(call).firstTry.add(nanos);
        record(target, call, outcome, nanos);
    }

    @Override
    public void attempt(Target target, CallInfo call, Outcome outcome, long nanos) {
        otherAttempts.add(nanos);
        record(target, call, outcome, nanos);
    }

    private void record(Target target, CallInfo call, Outcome outcome, long nanos) {
        Observer recorder = ledger.recorder();
        if (recorder != null) {
            recorder.attempt(target, call, outcome, nanos);
        }
    }

    @Override
    public void ended(Target target, CallInfo call, Result result, int attempts, long nanos) {
        of(call).ended(result, attempts);
        otherCalls.add(nanos);
    }

    @Override
    public void takenBack(
            Target target, CallInfo call, Outcome.Failure failure, Result result, int attempts, long nanos) {
        of(call).takenBack(result, attempts);
        callsTakenBack.add(nanos);
    }

    @Override
    public void wouldHedge(Target target, CallInfo call) {
        wouldHave.add("hedge");
    }

    @Override
    public void wouldFallBack(Target target, CallInfo call) {
        wouldHave.add("fallback");
    }

    @Override
    public void retry(Target target, CallInfo call, Outcome because, int attempt, long delayNanos) {
        if (observeOnly(target)) {
            wouldHave.add("retry");
            return;
        }
        for (Observer sink : ledger.sinks()) {
            sink.retry(target, call, because, attempt, delayNanos);
        }
    }

    @Override
    public void retrySent(Target target, CallInfo call, Outcome because, long delayNanos) {
        of(call).retries.add(Labels.of(because));
        this.delayNanos.add(delayNanos);
        delays.incrementAndGet(bucket(delayNanos / 1e9));
    }

    private static int bucket(double seconds) {
        int i = 0;
        while (i < DELAY_BOUNDS.size() && seconds > DELAY_BOUNDS.get(i)) {
            i++;
        }
        return i;
    }

    @Override
    public void notRetried(Target target, CallInfo call, Outcome outcome, NotRetried reason) {
        notRetried.add(Labels.of(reason));
        for (Observer sink : ledger.sinks()) {
            sink.notRetried(target, call, outcome, reason);
        }
    }

    @Override
    public void nestedRetry(Target target, CallInfo call) {
        nestedRetries.increment();
        for (Observer sink : ledger.sinks()) {
            sink.nestedRetry(target, call);
        }
    }

    @Override
    public String caller() {
        return Callers.nearest();
    }

    @Override
    public void retryLayer(Target target, String caller) {
        for (Observer sink : ledger.sinks()) {
            sink.retryLayer(target, caller);
        }
    }

    @Override
    public void hedged(Target target, CallInfo call) {
        hedges.increment();
    }

    @Override
    public void rejected(Target target, CallInfo call, Rejection reason) {
        if (observeOnly(target)) {
            wouldHave.add("reject_" + Labels.of(reason));
            return;
        }
        rejections.add(Labels.of(reason));
        for (Observer sink : ledger.sinks()) {
            sink.rejected(target, call, reason);
        }
    }

    @Override
    public void limited(Target target, CallInfo call, Rejection limit, long nanos) {
        if (observeOnly(target)) {
            wouldHave.add("wait_" + Labels.of(limit));
        }
    }

    @Override
    public void waited(Target target, CallInfo call, Rejection limit, long nanos) {
        waits.add(Labels.of(limit));
        waitNanos.add(Labels.of(limit), nanos);
    }

    @Override
    public void transition(
            Target target, CircuitBreaker.State from, CircuitBreaker.State to, CircuitBreaker.Reason reason) {
        ledger.transition(this, target, from, to, reason);
        for (Observer sink : ledger.sinks()) {
            sink.transition(target, from, to, reason);
        }
    }

    @Override
    public void fallback(Target target, CallInfo call, FallbackPolicy.Strategy strategy, FallbackReason reason) {
        fallbacks.add(Labels.of(strategy) + ' ' + reason.label());
        for (Observer sink : ledger.sinks()) {
            sink.fallback(target, call, strategy, reason);
        }
    }

    @Override
    public void bodyFailed(Target target, CallInfo call, Outcome.Failure failure) {
        bodiesBroken.increment();
    }

    private ClientCounters of(CallInfo call) {
        Client client = call.client();
        int index = client.index();
        ClientCounters[] known = clients;
        ClientCounters counters = index < known.length ? known[index] : null;
        return counters != null ? counters : first(client);
    }

    private synchronized ClientCounters first(Client client) {
        int index = client.index();
        ClientCounters[] known = clients;
        ClientCounters counters = index < known.length ? known[index] : null;
        if (counters == null) {
            counters = new ClientCounters(client);
            ClientCounters[] longer = Arrays.copyOf(known, Math.max(known.length, index + 1));
            longer[index] = counters;
            clients = longer;
        }
        return counters;
    }

    private static boolean observeOnly(Target target) {
        return target.policy().mode() == Mode.OBSERVE;
    }

    /** What was counted so far, with the state of the targets that it belongs to. */
    OriginStats stats(TargetState state) {
        List<OriginStats.ClientStats> clientStats = new ArrayList<>();
        long attemptsOfCalls = 0;
        for (ClientCounters counters : clients) {
            if (counters != null) {
                clientStats.add(counters.stats());
                attemptsOfCalls += counters.attempts();
            }
        }
        OriginStats.Durations attempts = firstTries().plus(otherAttempts).report();
        List<Long> counts = new ArrayList<>();
        for (int i = 0; i < delays.length(); i++) {
            counts.add(delays.get(i));
        }
        Map<String, OriginStats.Wait> waited = new TreeMap<>();
        waits.all()
                .forEach((limit, count) -> waited.put(limit, new OriginStats.Wait(count, waitNanos.get(limit) / 1e9)));
        return new OriginStats(
                policy,
                origin,
                state.mode(),
                List.copyOf(clientStats),
                attemptsOfCalls,
                attempts.seconds(),
                calls(),
                attempts,
                new OriginStats.Delays(List.copyOf(counts), delayNanos.sum() / 1e9),
                notRetried.all(),
                rejections.all(),
                waited,
                fallbackCounts(),
                wouldHave.all(),
                hedges.sum(),
                nestedRetries.sum(),
                bodiesBroken.sum(),
                state.breaker(this),
                state.budget(notRetried.get(Labels.of(NotRetried.BUDGET))),
                state.limits(),
                state.possible(fewOrigins));
    }

    private Durations.Sum firstTries() {
        Durations.Sum sum = new Durations.Sum();
        for (ClientCounters counters : clients) {
            if (counters != null) {
                sum = sum.plus(counters.firstTry);
            }
        }
        return sum;
    }

    private synchronized OriginStats.Durations calls() {
        callsReported = firstTries().plus(otherCalls).minus(callsTakenBack).atLeast(callsReported);
        return callsReported.report();
    }

    private List<OriginStats.FallbackCount> fallbackCounts() {
        List<OriginStats.FallbackCount> counts = new ArrayList<>();
        fallbacks.all().forEach((key, count) -> {
            int space = key.indexOf(' ');
            counts.add(new OriginStats.FallbackCount(key.substring(0, space), key.substring(space + 1), count));
        });
        return List.copyOf(counts);
    }
}
