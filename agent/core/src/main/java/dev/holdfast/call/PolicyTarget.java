package dev.holdfast.call;

import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.ConcurrencyLimit;
import dev.holdfast.policy.FaultInjector;
import dev.holdfast.policy.FleetShare;
import dev.holdfast.policy.LatencyQuantile;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RateLimit;
import dev.holdfast.policy.RecentFailures;
import dev.holdfast.policy.ResponseTimeEstimate;
import dev.holdfast.policy.RetryBudget;
import dev.holdfast.policy.RetryLayerDetector;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A policy applied to one origin: the answer to "does this call concern us", with what all its calls share: the
 * breaker, the budget, the limits, each only where the policy has it. Thread-safe, without locks.
 */
public final class PolicyTarget {
    /** The resolution of the time of last use: a call that comes sooner writes nothing. */
    private static final long USED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Policy policy;
    private final Origin origin;
    private final @Nullable CircuitBreaker breaker;
    private final @Nullable RetryBudget budget;
    private final @Nullable ConcurrencyLimit concurrency;
    private final @Nullable RateLimit rate;
    private final @Nullable FleetShare fleetShare;
    private final @Nullable LatencyQuantile latency;
    private final @Nullable ResponseTimeEstimate responseTime;
    private final Observer observer;
    /** Made for a policy that injects faults. */
    private final @Nullable FaultInjector faults;

    /** A bit for each client. */
    private volatile int calledBy;

    /** Made with the first call that fails after retries. */
    private volatile @Nullable Repeats repeats;

    private volatile long used;
    private volatile boolean forgotten;

    /**
     * A target.
     *
     * @param policy what the configuration says
     * @param origin whom it is applied to
     * @param before the target under an earlier configuration; what has the same rules goes on as it is
     * @param all told of the breaker's transitions, and of what happens to calls
     * @param now the time now
     */
    PolicyTarget(Policy policy, Origin origin, @Nullable PolicyTarget before, Observer all, long now) {
        this(policy, origin, before, all, now, null);
    }

    /**
     * A target.
     *
     * @param owner all targets, which may share rates and hints with other instances; null: there are no others
     */
    PolicyTarget(
            Policy policy,
            Origin origin,
            @Nullable PolicyTarget before,
            Observer all,
            long now,
            @Nullable PolicyTargets owner) {
        this.policy = policy;
        this.origin = origin;
        this.used = now;
        this.observer = policy.mode() == Mode.OFF ? Observer.NONE : all.of(this);
        if (before != null && before.policy.breaker().equals(policy.breaker())) {
            breaker = before.breaker;
        } else {
            breaker = policy.breaker().enabled()
                    ? new CircuitBreaker(policy.breaker(), (from, to, reason, when) -> {
                        observer.transition(this, from, to, reason);
                        if (owner != null) {
                            owner.transition(this, from, to, reason);
                        }
                    })
                    : null;
        }
        if (before != null && before.policy.budget().equals(policy.budget())) {
            budget = before.budget;
        } else {
            budget = policy.budget().enabled()
                    ? new RetryBudget(
                            policy.budget().ratio(),
                            policy.budget().minPerSecond(),
                            policy.budget().ttlNanos())
                    : null;
        }
        if (before != null && before.faults != null && before.policy.fault().equals(policy.fault())) {
            faults = before.faults;
        } else {
            faults = policy.fault().enabled() && policy.mode() != Mode.OFF
                    ? new FaultInjector(policy.fault(), 31L * policy.name().hashCode() + origin.hashCode())
                    : null;
        }
        concurrency = concurrency(policy.limits(), before);
        rate = rate(policy.limits(), before);
        fleetShare = fleetShare(policy.limits(), before, owner != null && owner.isSharing() ? rate : null);
        if (before != null && before.latency != null && policy.hedge().byQuantile()) {
            latency = before.latency;
        } else {
            latency = policy.hedge().byQuantile() ? new LatencyQuantile() : null;
        }
        if (breaker == null && policy.retry().deadlineNanos() == 0) {
            responseTime = null; // nobody asks for it
        } else {
            responseTime =
                    before != null && before.responseTime != null ? before.responseTime : new ResponseTimeEstimate();
        }
    }

    /** One that counts what is under way since an earlier configuration, whatever the number of places was there. */
    private static @Nullable ConcurrencyLimit concurrency(LimitPolicy limits, @Nullable PolicyTarget before) {
        int places = limits.maxConcurrent();
        if (places == 0) {
            return null;
        }
        ConcurrencyLimit known = before == null ? null : before.concurrency;
        if (known == null) {
            return new ConcurrencyLimit(places);
        }
        known.resize(places);
        return known;
    }

    /** One that knows what was sent under an earlier configuration, whatever the rate was there. */
    private static @Nullable RateLimit rate(LimitPolicy limits, @Nullable PolicyTarget before) {
        int permits = limits.ratePermits();
        if (permits == 0) {
            return null;
        }
        RateLimit known = before == null ? null : before.rate;
        if (before != null && before.sharesBy(limits)) {
            return known; // with the lanes that it has
        }
        if (known == null) {
            return new RateLimit(permits, limits.rateNanos());
        }
        known.change(permits, limits.rateNanos());
        return known;
    }

    /** One that goes on under the same limits, and hands over what it has under others. */
    private static @Nullable FleetShare fleetShare(
            LimitPolicy limits, @Nullable PolicyTarget before, @Nullable RateLimit rate) {
        FleetShare known = before == null ? null : before.fleetShare;
        if (before != null && before.sharesBy(limits)) {
            return known;
        }
        FleetShare next = rate == null || limits.fleet() == 0
                ? null
                : new FleetShare(limits.ratePermits(), limits.rateNanos(), rate, limits.fleet());
        if (known != null) {
            known.replacedBy(next);
        }
        return next;
    }

    private boolean sharesBy(LimitPolicy limits) {
        return fleetShare != null && policy.limits().equals(limits);
    }

    /** Returns the policy that applies. */
    public Policy policy() {
        return policy;
    }

    /** Returns whether a call's own target depends on its method and path: see {@link Engine#route}. */
    public boolean hasRoutes() {
        return !policy.routes().isEmpty();
    }

    /** Returns the origin that the policy is applied to. */
    public Origin origin() {
        return origin;
    }

    /** Returns the observer of the target's calls. */
    public Observer observer() {
        return observer;
    }

    /** The breaker, where the policy has one. */
    public @Nullable CircuitBreaker breaker() {
        return breaker;
    }

    /** The retry budget, where the policy has one. */
    public @Nullable RetryBudget budget() {
        return budget;
    }

    /** The limit on attempts at a time, where the policy has one. */
    public @Nullable ConcurrencyLimit concurrency() {
        return concurrency;
    }

    /** The limit on attempts in a time, where the policy has one. */
    public @Nullable RateLimit rate() {
        return rate;
    }

    /** The part of the rate that this instance may use, where several share it. */
    public @Nullable FleetShare fleetShare() {
        return fleetShare;
    }

    /** The faults that attempts get, where the policy injects some. */
    @Nullable
    FaultInjector faults() {
        return faults;
    }

    /**
     * Returns whether a call may end in a response that Holdfast makes or gets elsewhere: one of a fallback, or that of
     * an injected fault.
     */
    public boolean mayFallBack() {
        return policy.fallback().enabled() || faults != null;
    }

    /** Returns whether attempts have to pass more than the breaker. */
    boolean limited() {
        return rate != null || concurrency != null;
    }

    /** A call failed after it was retried, or was kept from that by the budget alone: see {@link #isRepeat}. */
    void failed(CallInfo call, long now) {
        long fingerprint = call.fingerprint();
        if (fingerprint == 0) {
            return;
        }
        Repeats known = repeats;
        if (known == null) {
            known = new Repeats(new RecentFailures(), new RetryLayerDetector());
            repeats = known; // of two that come together, one is forgotten
        }
        known.failures.failed(fingerprint, now);
    }

    /** Returns whether a call that begins is one that failed moments ago. Costs two reads where none has. */
    boolean isRepeat(CallInfo call, long now) {
        Repeats known = repeats;
        if (known == null || (!known.failures.isFresh(now) && !known.layers.isWatching())) {
            return false;
        }
        long fingerprint = call.fingerprint();
        if (known.failures.isRepeat(fingerprint, now)) {
            known.layers.repeated(fingerprint, now, observer::caller);
            return true;
        }
        known.layers.began(fingerprint);
        return false;
    }

    /** A call has ended of which {@link #isRepeat} said that it is one. */
    void repeatEnded(CallInfo call, long now) {
        Repeats known = repeats;
        if (known != null) {
            known.layers.ended(call.fingerprint(), now);
        }
    }

    /**
     * Tells the observer of layers above that retry too, as far as they are known by now. To be called now and then.
     */
    void reportRetryLayers(long now) {
        Repeats known = repeats;
        if (known != null && known.layers.isWatching()) {
            known.layers.confirmed(now).forEach(caller -> observer.retryLayer(this, caller));
        }
    }

    /** A call that failed got an answer all the same. */
    void clearFailure(CallInfo call) {
        Repeats known = repeats;
        if (known != null) {
            known.failures.clearFailure(call.fingerprint());
        }
    }

    /** An attempt was answered, after so many nanoseconds. */
    void responded(long took) {
        if (latency != null) {
            latency.record(took);
        }
        if (responseTime != null) {
            responseTime.record(took);
        }
    }

    /** Returns the estimate of the origin's response time, where the policy needs it. */
    @Nullable
    ResponseTimeEstimate responseTime() {
        return responseTime;
    }

    /** Returns the mean response time in nanoseconds; 0: not known. */
    long meanResponseNanos() {
        return responseTime == null ? 0 : responseTime.meanNanos();
    }

    /** Returns the quantiles of the attempts' durations, where the policy needs them. */
    @Nullable
    LatencyQuantile latency() {
        return latency;
    }

    /** A call begins. */
    void used(long now) {
        if (now - used > USED_NANOS) {
            used = now;
        }
    }

    /** Returns the time at which the last call began, to within a second. */
    long lastUsed() {
        return used;
    }

    /**
     * Returns whether nothing would be lost with it but a few counts: a breaker that is not closed must outlive any
     * flood.
     */
    boolean mayBeForgotten() {
        return (breaker == null || breaker.state() == CircuitBreaker.State.CLOSED)
                && (concurrency == null || concurrency.taken() == 0);
    }

    /** It made room for others: whoever holds it looks it up anew. */
    void forget() {
        forgotten = true;
    }

    /** See {@link #forget}. */
    boolean isForgotten() {
        return forgotten;
    }

    /** Calls that failed after their retries, and who makes them again. */
    private record Repeats(RecentFailures failures, RetryLayerDetector layers) {}

    @Override
    public String toString() {
        return policy.name() + " for " + origin;
    }

    /** Returns whether a client makes its first call here. Threads that ask at once may all be told so. */
    public boolean isFirstCallOf(Client client) {
        int bit = 1 << client.index();
        int known = calledBy;
        if ((known & bit) != 0) {
            return false;
        }
        calledBy = known | bit;
        return true;
    }
}
