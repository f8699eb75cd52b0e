package dev.holdfast.observe.meters;

import dev.holdfast.fleet.StoreStats;
import dev.holdfast.observe.Activity;
import dev.holdfast.observe.CounterRegistry;
import dev.holdfast.observe.CoverageGaps;
import dev.holdfast.observe.InjectedFaults;
import dev.holdfast.observe.OriginStats;
import dev.holdfast.observe.PossibleLabels;
import dev.holdfast.observe.ProcessIdentity;
import dev.holdfast.observe.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The values of a snapshot, by meter. Counters of what can happen under an origin's policy begin at 0
 * ({@link PossibleLabels}), since a collector has to see them before the first event to see that event; what never
 * happened beside that has no value.
 */
final class Meters {
    private Meters() {}

    /** The meters that there is one of. */
    static void ofAgent(Snapshot snapshot, MeterSink to) {
        buildInfo(snapshot, to);
        gaps(snapshot.gaps(), to);
        to.value(Meter.ENABLED, snapshot.on() ? 1 : 0);
        to.value(
                Meter.ACTIVE,
                snapshot.activity() == Activity.ACTIVE ? 1 : 0,
                snapshot.activity().label());
        to.value(Meter.START_TIME, snapshot.startedEpochMillis() / 1e3);
        to.value(Meter.POLICIES, snapshot.policies().size());
        to.value(Meter.ORIGINS_NOT_LISTED, snapshot.originsNotListed());
        to.count(Meter.RELOADS, snapshot.reloads());
        to.count(Meter.RELOAD_FAILURES, snapshot.reloadFailures());
        to.value(Meter.RELOAD_FAILING, snapshot.reloadError() == null ? 0 : 1);
        to.value(Meter.CONFIGURATION_TIME, snapshot.reloadedEpochMillis() / 1e3);
        Snapshot.Cache cache = snapshot.cache();
        to.count(Meter.CACHE_HITS, cache.hits());
        to.count(Meter.CACHE_MISSES, cache.misses());
        to.count(Meter.CACHE_KEPT, cache.kept());
        to.count(Meter.CACHE_EVICTED, cache.evicted());
        to.count(Meter.CACHE_ENTRIES, cache.entries());
        to.count(Meter.CACHE_BYTES, cache.bytes());
        to.count(Meter.CACHE_LIMIT, cache.maxBytes());
        InjectedFaults faults = snapshot.faults();
        if (faults != null) {
            to.value(Meter.FAULTS_ARMED, faults.injecting() ? 1 : 0);
        }
        StoreStats store = snapshot.store();
        if (store != null) {
            store(store, to);
        }
    }

    private static void store(StoreStats store, MeterSink to) {
        to.value(Meter.STORE_UP, store.state().equals("up") ? 1 : 0);
        to.count(Meter.STORE_READS, store.hits(), "hit");
        to.count(Meter.STORE_READS, store.misses(), "miss");
        to.count(Meter.STORE_READS, store.late(), "late");
        to.count(Meter.STORE_READS, store.skipped(), "skipped");
        to.count(Meter.STORE_READS, store.damaged(), "damaged");
        to.count(Meter.STORE_WRITES, store.writes());
        to.count(Meter.STORE_DROPPED, store.dropped());
        to.count(Meter.STORE_ERRORS, store.errors());
        to.value(Meter.STORE_RATES, store.rates() - store.localRates(), "leased");
        to.value(Meter.STORE_RATES, store.localRates(), "local");
        to.count(Meter.STORE_LEASES, store.leases());
        to.count(Meter.STORE_HINTS, store.hintsSent(), "sent");
        to.count(Meter.STORE_HINTS, store.hintsTaken(), "taken");
    }

    private static void gaps(CoverageGaps gaps, MeterSink to) {
        for (CoverageGaps.Unmatched host : gaps.hosts()) {
            to.count(Meter.UNMATCHED_CALLS, host.calls(), host.origin());
        }
        to.count(Meter.UNMATCHED_CALLS, gaps.otherCalls(), CounterRegistry.OTHER);
        for (CoverageGaps.Uncovered client : gaps.clients()) {
            to.value(Meter.UNCOVERED_CLIENT, 1, client.name(), client.packageName(), orUnknown(client.version()));
        }
        for (String proxy : gaps.proxies()) {
            to.value(Meter.PROXY, 1, proxy);
        }
    }

    private static void buildInfo(Snapshot snapshot, MeterSink to) {
        ProcessIdentity process = snapshot.process();
        to.value(
                Meter.BUILD_INFO,
                1,
                snapshot.file(),
                orUnknown(snapshot.fingerprint()),
                process.host(),
                Long.toString(process.pid()),
                process.program(),
                process.started(),
                orUnknown(snapshot.version()));
    }

    private static String orUnknown(@Nullable String text) {
        return text == null ? "unknown" : text;
    }

    /** The meters that each origin has. */
    static void ofOrigins(Snapshot snapshot, MeterSink to) {
        for (OriginStats stats : snapshot.origins()) {
            ofOrigin(stats, to);
        }
    }

    /** The meters that one origin has. */
    static void ofOrigin(OriginStats stats, MeterSink to) {
        PossibleLabels possible = stats.possible() == null ? PossibleLabels.NONE : stats.possible();
        calls(stats, possible, to);
        retries(stats, possible, to);
        load(stats, possible, to);
        breaker(stats, to);
    }

    private static void calls(OriginStats stats, PossibleLabels possible, MeterSink to) {
        String origin = stats.origin();
        String policy = stats.policy();
        for (OriginStats.ClientStats client : stats.clients()) {
            client.calls()
                    .forEach(
                            (outcome, count) -> to.count(Meter.CALLS, count, client.client(), origin, outcome, policy));
            counts(
                    client.retries(),
                    possible.retries(),
                    (reason, count) -> to.count(Meter.RETRY_ATTEMPTS, count, client.client(), origin, policy, reason));
            if (possible.retrying() || client.retriesLost() > 0) {
                to.count(Meter.RETRIES_LOST, client.retriesLost(), client.client(), origin, policy);
            }
        }
        durations(Meter.CALL_DURATION, stats.callDuration(), stats, to);
        durations(Meter.ATTEMPT_DURATION, stats.attemptDuration(), stats, to);
        if (possible.hedging() || stats.hedges() > 0) {
            to.count(Meter.HEDGES, stats.hedges(), origin, policy);
        }
        if (possible.retrying() || stats.nestedRetries() > 0) {
            to.count(Meter.NESTED_RETRIES, stats.nestedRetries(), origin, policy);
        }
        to.count(Meter.BODIES_BROKEN, stats.bodiesBroken(), origin, policy);
        fallbacks(stats, possible, to);
        counts(
                stats.faults(),
                possible.faults(),
                (fault, count) -> to.count(Meter.FAULTS, count, fault, origin, policy));
        counts(
                stats.wouldHave(),
                possible.wouldHave(),
                (action, count) -> to.count(Meter.WOULD_HAVE, count, action, origin, policy));
    }

    private static void durations(Meter meter, OriginStats.Durations durations, OriginStats stats, MeterSink to) {
        to.histogram(meter, durations.counts(), durations.seconds(), stats.origin(), stats.policy());
    }

    private static void fallbacks(OriginStats stats, PossibleLabels possible, MeterSink to) {
        List<OriginStats.FallbackCount> all = new ArrayList<>(stats.fallbacks());
        for (OriginStats.FallbackCount zero : possible.fallbacks()) {
            if (all.stream().noneMatch(zero::isOfSame)) {
                all.add(zero);
            }
        }
        for (OriginStats.FallbackCount each : all) {
            to.count(
                    Meter.FALLBACK_ACTIVATIONS,
                    each.count(),
                    stats.origin(),
                    stats.policy(),
                    each.reason(),
                    each.strategy());
        }
    }

    /** Counts by a label's value: those that there are, and 0 for those that there may be. */
    private static void counts(Map<String, Long> counted, List<String> possible, ObjLongConsumer<String> to) {
        counted.forEach(to::accept);
        for (String value : possible) {
            if (!counted.containsKey(value)) {
                to.accept(value, 0);
            }
        }
    }

    private static void retries(OriginStats stats, PossibleLabels possible, MeterSink to) {
        String origin = stats.origin();
        String policy = stats.policy();
        double rate = stats.retrySuccessRate();
        if (!Double.isNaN(rate)) {
            to.value(Meter.RETRY_SUCCESS_RATE, rate, origin, policy);
        }
        if (possible.retrying() || stats.delays().count() > 0) {
            to.histogram(
                    Meter.RETRY_DELAY, stats.delays().counts(), stats.delays().seconds(), origin, policy);
        }
        counts(
                stats.notRetried(),
                possible.notRetried(),
                (reason, count) -> to.count(Meter.NOT_RETRIED, count, origin, policy, reason));
        OriginStats.BudgetStats budget = stats.budget();
        if (budget != null) {
            to.value(Meter.BUDGET_BALANCE, budget.balance(), origin, policy);
            to.count(Meter.BUDGET_EXHAUSTED, budget.exhausted(), origin, policy);
        }
    }

    private static void load(OriginStats stats, PossibleLabels possible, MeterSink to) {
        String origin = stats.origin();
        String policy = stats.policy();
        counts(
                stats.rejections(),
                possible.rejections(),
                (reason, count) -> to.count(Meter.REJECTIONS, count, origin, policy, reason));
        stats.waits()
                .forEach((limit, wait) ->
                        to.timer(Meter.LIMIT_WAIT, wait.count(), wait.seconds(), origin, policy, limit));
        for (String limit : possible.waits()) {
            if (!stats.waits().containsKey(limit)) {
                to.timer(Meter.LIMIT_WAIT, 0, 0, origin, policy, limit);
            }
        }
        OriginStats.LimitStats limits = stats.limits();
        if (limits != null) {
            to.value(Meter.ATTEMPTS_UNDER_WAY, limits.underWay(), origin, policy);
            to.value(Meter.ATTEMPTS_QUEUED, limits.queued(), origin, policy);
        }
    }

    private static void breaker(OriginStats stats, MeterSink to) {
        OriginStats.BreakerStats breaker = stats.breaker();
        if (breaker == null) {
            return;
        }
        String origin = stats.origin();
        String policy = stats.policy();
        to.value(Meter.BREAKER_STATE, breaker.number(), origin, policy);
        breaker.transitions()
                .forEach((state, count) -> to.count(Meter.BREAKER_TRANSITIONS, count, origin, policy, state));
        breaker.secondsIn().forEach((state, seconds) -> to.value(Meter.BREAKER_TIME, seconds, origin, policy, state));
    }
}
