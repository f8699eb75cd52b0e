package dev.holdfast.observe;

import dev.holdfast.call.Observer;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.SystemClock;
import dev.holdfast.policy.CircuitBreaker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All counters of a JVM, by policy and origin. Bounded: the first {@value #MAX_ORIGINS} are listed, those that come
 * later are counted together, as {@value #OTHER}, for each policy; so counts never go back, whatever targets come and
 * go. Thread-safe.
 */
public final class CounterRegistry implements Observer {
    /** The number of (policy, origin) pairs that are listed. */
    public static final int MAX_ORIGINS = 1_000;

    /** The origin of all that are not listed. No origin is called so: it has no scheme. */
    public static final String OTHER = "other";

    /**
     * The number of (policy, origin) pairs of which every possible series begins at 0; for later pairs only the few
     * that alerts need.
     */
    public static final int MAX_ZEROS = 100;

    private static final int TRANSITIONS_KEPT = 200;

    private final LongSupplier nanoTime;
    private final LongSupplier epochMillis;
    private final ConcurrentHashMap<String, Map<String, Counters>> policies = new ConcurrentHashMap<>();
    private final AtomicInteger listed = new AtomicInteger();
    private final AtomicLong changes = new AtomicLong();
    private final ArrayDeque<Snapshot.Transition> transitions = new ArrayDeque<>();
    private final CopyOnWriteArrayList<Observer> sinks = new CopyOnWriteArrayList<>();
    private volatile @Nullable Observer recorder;

    /** Nothing counted yet, on the machine's clocks. */
    public CounterRegistry() {
        this(SystemClock.NANOS, SystemClock.EPOCH_MILLIS);
    }

    /**
     * Nothing counted yet.
     *
     * @param nanoTime the clock for durations
     * @param epochMillis the wall clock
     */
    public CounterRegistry(LongSupplier nanoTime, LongSupplier epochMillis) {
        this.nanoTime = nanoTime;
        this.epochMillis = epochMillis;
    }

    /**
     * Adds one who is told, beside the counters, of what happens to few calls; not of each attempt, nor of each end.
     */
    public void add(Observer sink) {
        sinks.add(sink);
    }

    /** Begins to tell one of what happens, as {@link #add}, and of each attempt, too. There is one at a time. */
    public void record(Observer by) {
        sinks.addIfAbsent(by);
        recorder = by;
    }

    /** Ends what {@link #record} began. */
    public void stopRecording(Observer by) {
        recorder = null;
        sinks.remove(by);
    }

    /** Returns whether a recorder is told of each attempt. */
    public boolean recorded() {
        return recorder != null;
    }

    List<Observer> sinks() {
        return sinks;
    }

    @Nullable
    Observer recorder() {
        return recorder;
    }

    @Override
    public Observer of(PolicyTarget target) {
        String policy = target.policy().name();
        String origin = target.origin().toString();
        Map<String, Counters> origins = origins(policy);
        Counters found = origins.get(origin);
        if (found != null) {
            return found;
        }
        boolean lists = listed.get() < MAX_ORIGINS;
        return origins.computeIfAbsent(lists ? origin : OTHER, new MadeCounters(policy, lists));
    }

    private Map<String, Counters> origins(String policy) {
        Map<String, Counters> origins = policies.get(policy);
        if (origins == null) {
            Map<String, Counters> made = new ConcurrentHashMap<>();
            Map<String, Counters> first = policies.putIfAbsent(policy, made);
            origins = first == null ? made : first;
        }
        return origins;
    }

    /** Makes the counters of an origin that has none. No lambda: a program's first call comes through here. */
    private final class MadeCounters implements Function<String, Counters> {
        private final String policy;
        private final boolean lists;

        MadeCounters(String policy, boolean lists) {
            this.policy = policy;
            this.lists = lists;
        }

        @Override
        public Counters apply(String origin) {
            return counters(policy, origin, lists && listed.incrementAndGet() <= MAX_ZEROS);
        }
    }

    private Counters counters(String policy, String origin, boolean fewOrigins) {
        changes.incrementAndGet();
        return new Counters(this, policy, origin, fewOrigins, nanoTime.getAsLong(), epochMillis.getAsLong());
    }

    /** Forgets the policies that are in use no more. */
    public void retain(Set<String> names) {
        policies.forEach((name, origins) -> {
            if (!names.contains(name) && policies.remove(name, origins)) {
                int gone = origins.size() - (origins.containsKey(OTHER) ? 1 : 0);
                listed.addAndGet(-gone);
                changes.incrementAndGet();
            }
        });
    }

    void transition(
            Counters counters,
            PolicyTarget target,
            CircuitBreaker.State from,
            CircuitBreaker.State to,
            CircuitBreaker.Reason reason) {
        long millis = epochMillis.getAsLong();
        counters.breaker().transition(to, nanoTime.getAsLong(), millis);
        Snapshot.Transition transition = new Snapshot.Transition(
                millis, counters.policy(), target.origin().toString(), Labels.of(from), Labels.of(to), reason.text());
        synchronized (transitions) {
            if (transitions.size() == TRANSITIONS_KEPT) {
                transitions.removeFirst();
            }
            transitions.addLast(transition);
        }
    }

    /** The last transitions of breakers, the latest last. */
    List<Snapshot.Transition> transitions() {
        synchronized (transitions) {
            return List.copyOf(transitions);
        }
    }

    /** A policy and an origin, or {@link #OTHER}. */
    record Key(String policy, String origin) {}

    /** Another number whenever {@link #listed} may say something else. */
    long changes() {
        return changes.get();
    }

    /** Returns the (policy, origin) pairs that have counters. */
    List<Key> listed() {
        List<Key> all = new ArrayList<>();
        policies.forEach((policy, origins) -> origins.keySet().forEach(origin -> all.add(new Key(policy, origin))));
        return all;
    }

    /** Returns the counts of one pair; zeros where it has no counters. */
    OriginStats stats(Key key, Collection<PolicyTarget> targets) {
        long now = nanoTime.getAsLong();
        Map<String, Counters> origins = policies.get(key.policy());
        Counters found = origins == null ? null : origins.get(key.origin());
        Counters counters = found != null
                ? found
                : new Counters(this, key.policy(), key.origin(), false, now, epochMillis.getAsLong());
        TargetState state = new TargetState(now);
        for (PolicyTarget target : targets) {
            if (target.observer() == counters) {
                state.add(target);
            }
        }
        return counters.stats(state);
    }

    /** Returns the counts, by policy, then origin, and the number of targets that are not listed. */
    Origins origins(Collection<PolicyTarget> targets) {
        long now = nanoTime.getAsLong();
        Map<Observer, TargetState> states = new HashMap<>();
        for (PolicyTarget target : targets) {
            states.computeIfAbsent(target.observer(), c -> new TargetState(now)).add(target);
        }
        List<OriginStats> stats = new ArrayList<>();
        int notListed = 0;
        for (Map<String, Counters> origins : policies.values()) {
            for (Counters counters : origins.values()) {
                TargetState state = states.getOrDefault(counters, new TargetState(now));
                stats.add(counters.stats(state));
                notListed += counters.origin().equals(OTHER) ? state.size() : 0;
            }
        }
        stats.sort(Comparator.comparing(OriginStats::policy).thenComparing(OriginStats::origin));
        return new Origins(List.copyOf(stats), notListed);
    }

    /** See {@link #origins}. */
    record Origins(List<OriginStats> stats, int notListed) {}

    long epochMillis() {
        return epochMillis.getAsLong();
    }
}
