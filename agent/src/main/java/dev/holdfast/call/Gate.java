package dev.holdfast.call;

import dev.holdfast.policy.ConcurrencyLimit;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.RateLimit;
import org.jspecify.annotations.Nullable;

/**
 * The limits that an attempt must pass before it comes to the breaker: the rate, then a place among those under way; in this
 * order, so that nobody holds a probe's permit while he waits. One for each call that has limits; guarded by its session.
 */
final class Gate {
    private final Target target;
    private final CallInfo call;
    private final Observer observer;
    private final Object holder;
    private ConcurrencyLimit.@Nullable Ticket ticket;

    /**
     * A gate at which nobody waits.
     *
     * @param holder lives as long as a place may be held
     */
    Gate(Target target, CallInfo call, Observer observer, Object holder) {
        this.target = target;
        this.call = call;
        this.observer = observer;
        this.holder = holder;
    }

    /** The gate's answer. */
    sealed interface Answer {}

    /** The attempt may go on to the breaker, with the place that it holds until its end. */
    record Passed(@Nullable Place place) implements Answer {
        private static final Passed WITHOUT_PLACE = new Passed(null);
    }

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
            case QUEUED_PLACE -> takeQueuedPlace();
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
        return passed(limit);
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
            return Passed.WITHOUT_PLACE;
        }
        if (breakerRejects(now)) {
            return new Refused(Observer.Rejection.BREAKER);
        }
        if (limit.tryAcquire()) {
            return passed(limit);
        }
        observer.limited(target, call, Observer.Rejection.CONCURRENCY, Math.max(0, mayWait));
        if (!enforced()) {
            return Passed.WITHOUT_PLACE;
        }
        if (mayWait <= 0) {
            return new Refused(Observer.Rejection.CONCURRENCY);
        }
        ConcurrencyLimit.Ticket queued = limit.enqueue();
        ticket = queued;
        return new Waiting(new Step.Wait(mayWait, queued), Part.QUEUED_PLACE);
    }

    private Answer takeQueuedPlace() {
        ConcurrencyLimit.Ticket mine = ticket;
        ticket = null;
        return mine == null || mine.cancel()
                ? new Refused(Observer.Rejection.CONCURRENCY)
                : passed(target.concurrency());
    }

    private Passed passed(@Nullable ConcurrencyLimit limit) {
        return limit == null ? Passed.WITHOUT_PLACE : new Passed(Place.held(holder, limit));
    }

    private boolean breakerRejects(long now) {
        return target.breaker() != null && enforced() && target.breaker().rejects(now);
    }

    private boolean enforced() {
        return target.policy().mode() == Mode.ENFORCE;
    }
}
