package dev.holdfast.call;

import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.ConcurrencyLimit;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.RateLimit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt must pass before it is sent: the rate, a place among those under way, the breaker, in this order, so that
 * nobody holds a probe's permit while he waits. One for each call; guarded by its session.
 */
final class Gate {
    private final Target target;
    private final CallInfo call;
    private final RandomGenerator random;
    private final Observer observer;
    private final Object holder;
    private ConcurrencyLimit.@Nullable Ticket ticket;

    /**
     * A gate at which nobody waits.
     *
     * @param holder lives as long as a place may be held
     */
    Gate(Target target, CallInfo call, RandomGenerator random, Observer observer, Object holder) {
        this.target = target;
        this.call = call;
        this.random = random;
        this.observer = observer;
        this.holder = holder;
    }

    /** The gate's answer. */
    sealed interface Answer {}

    /** The attempt may be sent, with what it holds until its end. */
    record Passed(@Nullable Place place, CircuitBreaker.@Nullable Permit permit) implements Answer {}

    /** The attempt has to wait first: then {@link #pass} with what is next. */
    record Waiting(Step.Wait step, Part next) implements Answer {}

    /** The attempt must not be sent. */
    record Refused(Observer.Rejection reason) implements Answer {}

    /** The parts, in the order in which they are passed. */
    enum Part {
        /** The limit on attempts in a time. */
        RATE,
        /** The limit on attempts at a time. */
        PLACE,
        /** The place that was queued for. */
        QUEUED_PLACE
    }

    /**
     * Passes the gate, from one of its parts on.
     *
     * @param part where to begin
     * @param mayWait how long it may take, in nanoseconds
     * @param now the time now
     */
    Answer pass(Part part, long mayWait, long now) {
        return switch (part) {
            case RATE -> awaitRate(mayWait, now);
            case PLACE -> takePlace(mayWait, now);
            case QUEUED_PLACE -> takeQueuedPlace(now);
        };
    }

    /** Passes it without waiting, as an attempt beside another one must. Null: it may not. */
    @Nullable
    Passed passBeside(long now) {
        RateLimit rate = target.rate();
        ConcurrencyLimit limit = target.concurrency();
        if ((rate != null && rate.acquire(now, 0) != 0) || (limit != null && !limit.tryAcquire())) {
            return null;
        }
        return passBreaker(held(limit), now) instanceof Passed passed ? passed : null;
    }

    /** Gives up waiting, if anybody did. */
    void leave() {
        ConcurrencyLimit.Ticket mine = ticket;
        ticket = null;
        ConcurrencyLimit limit = target.concurrency();
        if (mine != null && !mine.cancel() && limit != null) {
            limit.release(); // it was granted meanwhile
        }
    }

    private Answer awaitRate(long mayWait, long now) {
        RateLimit limit = target.rate();
        if (limit == null) {
            return takePlace(mayWait, now);
        }
        if (breakerRejects(now)) {
            return new Refused(Observer.Rejection.BREAKER); // rather than wait for a turn first
        }
        long wait = limit.acquire(now, mayWait);
        if (wait == 0) {
            return takePlace(mayWait, now);
        }
        if (wait > 0 || !enforced()) {
            observer.limited(target, call, Observer.Rejection.RATE, Math.max(0, wait));
        }
        if (!enforced()) {
            return takePlace(mayWait, now);
        }
        return wait < 0 ? new Refused(Observer.Rejection.RATE) : new Waiting(new Step.Wait(wait), Part.PLACE);
    }

    private Answer takePlace(long mayWait, long now) {
        ConcurrencyLimit limit = target.concurrency();
        if (limit == null) {
            return passBreaker(null, now);
        }
        if (breakerRejects(now)) {
            return new Refused(Observer.Rejection.BREAKER);
        }
        if (limit.tryAcquire()) {
            return passBreaker(held(limit), now);
        }
        observer.limited(target, call, Observer.Rejection.CONCURRENCY, Math.max(0, mayWait));
        if (!enforced()) {
            return passBreaker(null, now);
        }
        if (mayWait <= 0) {
            return new Refused(Observer.Rejection.CONCURRENCY);
        }
        ConcurrencyLimit.Ticket queued = limit.enqueue();
        ticket = queued;
        return new Waiting(new Step.Wait(mayWait, queued), Part.QUEUED_PLACE);
    }

    private Answer takeQueuedPlace(long now) {
        ConcurrencyLimit.Ticket mine = ticket;
        ticket = null;
        return mine == null || mine.cancel()
                ? new Refused(Observer.Rejection.CONCURRENCY)
                : passBreaker(held(target.concurrency()), now);
    }

    private Answer passBreaker(@Nullable Place place, long now) {
        CircuitBreaker breaker = target.breaker();
        if (breaker == null) {
            return new Passed(place, null);
        }
        CircuitBreaker.Permit permit = breaker.tryAcquire(now, random);
        if (permit == null && enforced()) {
            if (place != null) {
                place.leave();
            }
            return new Refused(Observer.Rejection.BREAKER);
        }
        if (permit == null) {
            observer.rejected(target, call, Observer.Rejection.BREAKER);
        }
        return new Passed(place, permit);
    }

    private @Nullable Place held(@Nullable ConcurrencyLimit limit) {
        return limit == null ? null : Place.held(holder, limit);
    }

    private boolean breakerRejects(long now) {
        CircuitBreaker breaker = target.breaker();
        return breaker != null && enforced() && breaker.rejects(now);
    }

    private boolean enforced() {
        return target.policy().mode() == Mode.ENFORCE;
    }
}
