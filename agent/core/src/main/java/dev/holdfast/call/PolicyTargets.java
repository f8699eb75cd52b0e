package dev.holdfast.call;

import dev.holdfast.policy.BreakerPolicy;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All targets of a JVM, one for each policy and origin, kept from one configuration to the next. Bounded: new ones push
 * out those that were idle for longest, never one whose breaker is not closed. Thread-safe.
 */
public final class PolicyTargets {
    /** The largest number of targets. */
    static final int MAX = 10_000;

    /**
     * The pause after a search for a removable target that found none: in a flood each new one would search them all.
     */
    static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ConcurrentHashMap<Key, PolicyTarget> targets = new ConcurrentHashMap<>();
    private final ReentrantLock making = new ReentrantLock();
    private final ReplayMemory replayMemory = new ReplayMemory();
    private final UnmatchedOrigins unmatched = new UnmatchedOrigins();
    private final ProxiesInUse proxies = new ProxiesInUse();
    private final Observer observer;
    private final int max;
    /** True if there is a store that rates can be shared by. */
    private volatile boolean sharing;

    private volatile @Nullable Consumer<PolicyTarget> leases;

    private volatile @Nullable Consumer<PolicyTarget> openings;

    private volatile boolean inVain;
    private volatile long searchedAt;

    /**
     * None yet.
     *
     * @param observer told of what happens to their breakers
     */
    public PolicyTargets(Observer observer) {
        this(observer, MAX);
    }

    PolicyTargets(Observer observer, int max) {
        this.observer = observer;
        this.max = max;
    }

    /** Makes targets that are made from now on share their rate with other instances, where their policy says so. */
    public void shareRates() {
        sharing = true;
    }

    /**
     * Names who keeps the leases of shared rates.
     *
     * @param with told of each new target whose rate is shared; must not block
     */
    public void leaseRates(Consumer<PolicyTarget> with) {
        leases = with;
    }

    /**
     * Names who hints other instances at breakers that open.
     *
     * @param with told, by the thread of a call, of each target whose breaker has opened by what it saw itself, so that
     *     no hint leads to another; must not block
     */
    public void hintOpenings(Consumer<PolicyTarget> with) {
        openings = with;
    }

    /** A breaker has changed its state. One that rejects nothing gives others no reason to. */
    void transition(
            PolicyTarget target, CircuitBreaker.State from, CircuitBreaker.State to, CircuitBreaker.Reason reason) {
        Consumer<PolicyTarget> told = openings;
        if (told == null
                || from != CircuitBreaker.State.CLOSED
                || to != CircuitBreaker.State.OPEN
                || reason == CircuitBreaker.Reason.AFTER_HINT) {
            return;
        }
        PolicyTarget now = find(target.policy().name(), target.origin()); // by the configuration in force
        if (now != null
                && now.breaker() == target.breaker()
                && now.policy().mode() == Mode.ENFORCE
                && now.policy().breaker().forced() == BreakerPolicy.Forced.NONE) {
            told.accept(now);
        }
    }

    /** Returns whether any target with a breaker was used within a time. */
    public boolean hasBreakerInUse(long now, long withinNanos) {
        for (PolicyTarget target : targets.values()) {
            if (target.breaker() != null && now - target.lastUsed() < withinNanos) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether there is a store that rates can be shared by. */
    boolean isSharing() {
        return sharing;
    }

    /** Returns whether the share of a rate that a target had when it was made is in use still. */
    public boolean isShared(PolicyTarget target) {
        PolicyTarget now = find(target.policy().name(), target.origin());
        return now != null && now.fleetShare() != null && now.fleetShare() == target.fleetShare();
    }

    /** The memory of recorded request bodies, of all targets together. */
    ReplayMemory replayMemory() {
        return replayMemory;
    }

    /** The origins that no host pattern matches. */
    public UnmatchedOrigins unmatched() {
        return unmatched;
    }

    /** The proxies that calls to targets go through. */
    public ProxiesInUse proxies() {
        return proxies;
    }

    /**
     * The target for a policy and an origin. One that was made under another policy of the same name hands on the state
     * of whatever has the same rules in both.
     */
    PolicyTarget get(Policy policy, Origin origin, long now) {
        Key key = new Key(policy.name(), origin);
        PolicyTarget there = targets.get(key);
        if (there != null && there.policy().equals(policy)) {
            return there;
        }
        PolicyTarget target = targets.compute(key, new Renewal(policy, now));
        Consumer<PolicyTarget> keeper = leases;
        if (keeper != null && target.fleetShare() != null) {
            keeper.accept(target);
        }
        if (targets.size() > max) {
            makeRoom(target, now);
        }
        return target;
    }

    /** Makes a target, or one in place of another. No lambda: a program's first call comes through here. */
    private final class Renewal implements BiFunction<Key, @Nullable PolicyTarget, PolicyTarget> {
        private final Policy policy;
        private final long now;

        Renewal(Policy policy, long now) {
            this.policy = policy;
            this.now = now;
        }

        @Override
        public PolicyTarget apply(Key key, @Nullable PolicyTarget old) {
            return old != null && old.policy().equals(policy)
                    ? old
                    : new PolicyTarget(policy, key.origin(), old, observer, now, PolicyTargets.this);
        }
    }

    /** Forgets a tenth of them, so that a flood of new ones does not cost a search each. */
    private void makeRoom(PolicyTarget newest, long now) {
        if (inVain && now - searchedAt < PAUSE_NANOS) {
            forget(newest);
            return;
        }
        if (!making.tryLock()) {
            return;
        }
        try {
            List<PolicyTarget> idle = new ArrayList<>(targets.size());
            for (PolicyTarget target : targets.values()) {
                if (target != newest && target.mayBeForgotten()) {
                    idle.add(target);
                }
            }
            // Differences, as nanoTime is to be compared; all lie within a JVM's lifetime.
            long from = newest.lastUsed();
            idle.sort(Comparator.comparingLong(target -> target.lastUsed() - from));
            int tooMany = targets.size() - max + max / 10;
            for (PolicyTarget target : idle.subList(0, Math.min(idle.size(), tooMany))) {
                forget(target);
            }
            searchedAt = now;
            inVain = targets.size() > max;
            if (inVain) {
                // Whatever there is must stay, so the newest goes: its calls begin anew each time.
                forget(newest);
            }
        } finally {
            making.unlock();
        }
    }

    private void forget(PolicyTarget target) {
        if (targets.remove(new Key(target.policy().name(), target.origin()), target)) {
            target.forget();
        }
    }

    /** Forgets those whose policy is in use no more. */
    public void retain(Set<String> policyNames) {
        for (PolicyTarget target : targets.values()) {
            if (!policyNames.contains(target.policy().name())) {
                forget(target);
            }
        }
    }

    /** Tells the observer of layers above that retry too. To be called every second or so. */
    public void reportRetryLayers(long now) {
        for (PolicyTarget target : targets.values()) {
            target.reportRetryLayers(now);
        }
    }

    /** Those that there are now. */
    public Collection<PolicyTarget> all() {
        return Collections.unmodifiableCollection(targets.values());
    }

    /** The target, if there is one already. */
    @Nullable
    PolicyTarget find(String policyName, Origin origin) {
        return targets.get(new Key(policyName, origin));
    }

    private record Key(String policyName, Origin origin) {
        // Written out for the same reason as in Origin.

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && origin.equals(key.origin) && policyName.equals(key.policyName);
        }

        @Override
        public int hashCode() {
            return 31 * origin.hashCode() + policyName.hashCode();
        }
    }
}
