package dev.holdfast.observe;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Client;
import dev.holdfast.call.FallbackReason;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
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
    public static final List<Double> DURATION_BOUNDS = DurationHistogram.BOUNDS;

    private final CounterRegistry counterRegistry;
    private final String policy;
    private final String origin;
    /** By {@link Client#index}; null: no call yet. Replaced by a longer copy when a client makes its first call. */
    private volatile @Nullable ClientCounters[] clients = {};

    /** Attempts and calls beside those of {@link ClientCounters#firstTry}, which are both. */
    private final DurationHistogram otherAttempts = new DurationHistogram();

    private final DurationHistogram otherCalls = new DurationHistogram();
    private final DurationHistogram callsTakenBack = new DurationHistogram();
    private final AtomicLongArray delays = new AtomicLongArray(DELAY_BOUNDS.size() + 1);
    private final LongAdder delayNanos = new LongAdder();
    private final LabelCounter notRetried = new LabelCounter();
    private final LabelCounter rejections = new LabelCounter();
    private final LabelCounter waits = new LabelCounter();
    private final LabelCounter waitNanos = new LabelCounter();
    private final LabelCounter fallbacks = new LabelCounter();
    private final LabelCounter wouldHave = new LabelCounter();
    /** Made with the first fault. */
    private volatile @Nullable LabelCounter faults;

    private final LongAdder hedges = new LongAdder();
    private final LongAdder nestedRetries = new LongAdder();
    private final LongAdder bodiesBroken = new LongAdder();
    private final BreakerTimes breaker;
    private final boolean fewOrigins;
    private DurationHistogram.Sum callsReported = new DurationHistogram.Sum();

    /**
     * Nothing counted yet.
     *
     * @param fewOrigins whether there are so few others that all of its series may begin at 0
     */
    Counters(
            CounterRegistry counterRegistry,
            String policy,
            String origin,
            boolean fewOrigins,
            long now,
            long epochMillis) {
        this.counterRegistry = counterRegistry;
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
    public void began(PolicyTarget target, CallInfo call) {
        of(call); // from here on, the client is in the reports
    }

    @Override
    public void firstTry(PolicyTarget target, CallInfo call, Outcome outcome, long nanos) {
        of(call).firstTry.add(nanos);
        record(target, call, outcome, nanos);
    }

    @Override
    public void attempt(PolicyTarget target, CallInfo call, Outcome outcome, long nanos) {
        otherAttempts.add(nanos);
        record(target, call, outcome, nanos);
    }

    private void record(PolicyTarget target, CallInfo call, Outcome outcome, long nanos) {
        Observer recorder = counterRegistry.recorder();
        if (recorder != null) {
            recorder.attempt(target, call, outcome, nanos);
        }
    }

    @Override
    public void ended(PolicyTarget target, CallInfo call, Result result, int attempts, long nanos) {
        of(call).ended(result, attempts);
        otherCalls.add(nanos);
    }

    @Override
    public void takenBack(
            PolicyTarget target, CallInfo call, Outcome.Failure failure, Result result, int attempts, long nanos) {
        of(call).takenBack(result, attempts);
        callsTakenBack.add(nanos);
    }

    @Override
    public void retriesEnded(PolicyTarget target, CallInfo call, Result result, boolean takenBack) {
        of(call).retriesEnded(result, takenBack);
    }

    @Override
    public void wouldHedge(PolicyTarget target, CallInfo call) {
        wouldHave.add("hedge");
    }

    @Override
    public void wouldFallBack(PolicyTarget target, CallInfo call) {
        wouldHave.add("fallback");
    }

    @Override
    public void retry(PolicyTarget target, CallInfo call, Outcome because, int attempt, long delayNanos) {
        if (observeOnly(target)) {
            wouldHave.add("retry");
            return;
        }
        for (Observer sink : counterRegistry.sinks()) {
            sink.retry(target, call, because, attempt, delayNanos);
        }
    }

    @Override
    public void retrySent(PolicyTarget target, CallInfo call, Outcome because, long delayNanos) {
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
    public void notRetried(PolicyTarget target, CallInfo call, Outcome outcome, NotRetried reason) {
        notRetried.add(Labels.of(reason));
        for (Observer sink : counterRegistry.sinks()) {
            sink.notRetried(target, call, outcome, reason);
        }
    }

    @Override
    public void nestedRetry(PolicyTarget target, CallInfo call) {
        nestedRetries.increment();
        for (Observer sink : counterRegistry.sinks()) {
            sink.nestedRetry(target, call);
        }
    }

    @Override
    public String caller() {
        return CallerFinder.nearest();
    }

    @Override
    public void retryLayer(PolicyTarget target, String caller) {
        for (Observer sink : counterRegistry.sinks()) {
            sink.retryLayer(target, caller);
        }
    }

    @Override
    public void faultInjected(PolicyTarget target, CallInfo call) {
        String kind = target.policy().fault().kind();
        if (observeOnly(target)) {
            wouldHave.add("fault_" + kind);
        } else {
            faultCounter().add(kind);
        }
        for (Observer sink : counterRegistry.sinks()) {
            sink.faultInjected(target, call);
        }
    }

    private synchronized LabelCounter faultCounter() {
        LabelCounter made = faults;
        if (made == null) {
            made = new LabelCounter();
            faults = made;
        }
        return made;
    }

    @Override
    public void hedged(PolicyTarget target, CallInfo call) {
        hedges.increment();
    }

    @Override
    public void rejected(PolicyTarget target, CallInfo call, Rejection reason) {
        if (observeOnly(target)) {
            wouldHave.add("reject_" + Labels.of(reason));
            return;
        }
        rejections.add(Labels.of(reason));
        for (Observer sink : counterRegistry.sinks()) {
            sink.rejected(target, call, reason);
        }
    }

    @Override
    public void limited(PolicyTarget target, CallInfo call, Rejection limit, long nanos) {
        if (observeOnly(target)) {
            wouldHave.add("wait_" + Labels.of(limit));
        }
    }

    @Override
    public void waited(PolicyTarget target, CallInfo call, Rejection limit, long nanos) {
        waits.add(Labels.of(limit));
        waitNanos.add(Labels.of(limit), nanos);
    }

    @Override
    public void transition(
            PolicyTarget target, CircuitBreaker.State from, CircuitBreaker.State to, CircuitBreaker.Reason reason) {
        counterRegistry.transition(this, target, from, to, reason);
        for (Observer sink : counterRegistry.sinks()) {
            sink.transition(target, from, to, reason);
        }
    }

    @Override
    public void fallback(PolicyTarget target, CallInfo call, FallbackPolicy.Strategy strategy, FallbackReason reason) {
        fallbacks.add(Labels.of(strategy) + ' ' + reason.label());
        for (Observer sink : counterRegistry.sinks()) {
            sink.fallback(target, call, strategy, reason);
        }
    }

    @Override
    public void bodyFailed(PolicyTarget target, CallInfo call, Outcome.Failure failure) {
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

    private static boolean observeOnly(PolicyTarget target) {
        return target.policy().mode() == Mode.OBSERVE;
    }

    /** Returns the counts so far, with the state of the targets that they belong to. */
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
        LabelCounter injected = faults;
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
                injected == null ? Map.of() : injected.all(),
                hedges.sum(),
                nestedRetries.sum(),
                bodiesBroken.sum(),
                state.breaker(this),
                state.budget(notRetried.get(Labels.of(NotRetried.BUDGET))),
                state.limits(),
                state.possible(fewOrigins));
    }

    private DurationHistogram.Sum firstTries() {
        DurationHistogram.Sum sum = new DurationHistogram.Sum();
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
