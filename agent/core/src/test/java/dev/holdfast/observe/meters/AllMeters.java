package dev.holdfast.observe.meters;

import static dev.holdfast.observe.ObservedCalls.status;

import dev.holdfast.call.FallbackReason;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.fleet.StoreStats;
import dev.holdfast.observe.InjectedFaults;
import dev.holdfast.observe.ObservedCalls;
import dev.holdfast.observe.OriginStats;
import dev.holdfast.observe.Snapshot;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.FaultPolicy;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policies;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A world in which everything happened that can be counted, so that every meter has a value. */
final class AllMeters {
    private static final Policies RULES = Policies.retry()
            .breaker(Breakers.consecutive(5).open(Duration.ofSeconds(60)).build())
            .budget(0.2, 10)
            .limits(new LimitPolicy(10, 100, 1_000_000_000L, 1_000_000_000L))
            .fault(new FaultPolicy(1, 503, null, 0, 0, 1, 0)); // over, so that calls go on as they are scripted

    private AllMeters() {}

    static Snapshot happened() {
        ObservedCalls enforced = new ObservedCalls(RULES.policy());
        happenTo(enforced, "shop.example");
        enforced.status.reloaded("c0ffee000001", Set.of("*"), Set.of("*"));
        enforced.status.reloadFailed("line 3");
        ObservedCalls observed = new ObservedCalls(RULES.policy(Mode.OBSERVE));
        observed.call("seen.example", status(503));

        List<OriginStats> origins = new ArrayList<>(enforced.status.get().origins());
        origins.addAll(observed.status.get().origins());
        return with(enforced.status.get(), origins);
    }

    /** Each thing once. */
    static void happenTo(ObservedCalls observedCalls, String host) {
        observedCalls.call(host, status(200));
        observedCalls.call(host, status(503), status(200));
        observedCalls.call(host, status(503), status(503), status(503), status(503));
        PolicyTarget target = observedCalls.target(host);
        Observer observer = target.observer();
        ObservedCalls.Get call = new ObservedCalls.Get(0);
        observer.faultInjected(target, call);
        observer.hedged(target, call);
        observer.nestedRetry(target, call);
        observer.waited(target, call, Observer.Rejection.RATE, 5_000_000);
        observer.rejected(target, call, Observer.Rejection.CONCURRENCY);
        observer.fallback(target, call, FallbackPolicy.Strategy.CACHE, FallbackReason.RETRIES_USED_UP);
        observer.bodyFailed(
                target, call, new Outcome.Failure(new IOException("cut"), ErrorKind.CONNECTION_RESET, false));
    }

    private static Snapshot with(Snapshot snapshot, List<OriginStats> origins) {
        return new Snapshot(
                snapshot.epochMillis(),
                snapshot.startedEpochMillis(),
                snapshot.version(),
                snapshot.process(),
                snapshot.file(),
                snapshot.fingerprint(),
                snapshot.on(),
                snapshot.activity(),
                snapshot.policies(),
                origins,
                snapshot.originsNotListed(),
                snapshot.transitions(),
                snapshot.reloads(),
                snapshot.reloadFailures(),
                snapshot.reloadedEpochMillis(),
                snapshot.reloadError(),
                snapshot.cache(),
                new StoreStats("redis:6379", "up", 1, 2, 3, 4, 5, 6, 7, 8, 3, 1, 9, 5, 6),
                new InjectedFaults(true, 0, List.of()),
                snapshot.gaps());
    }
}
