package dev.holdfast.call;

import dev.holdfast.policy.ConcurrencyLimit;
import dev.holdfast.policy.FleetShare;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.RateLimit;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The limits that an attempt must pass before it comes to the breaker: the rate, then a place among those under way; in
 * this order, so that nobody holds a probe's permit while he waits. One for each call that has limits; guarded by its
 * session.
 */
final class AdmissionControl {
    /** The time that an attempt waits for more of a shared rate, before it waits for a turn. */
    private static final long GROWTH = TimeUnit.MILLISECONDS.toNanos(100);

    /** The time after which an attempt that waits for a turn of a shared rate looks whether there is one still. */
    private static final long TURN_LOOK = TimeUnit.MILLISECONDS.toNanos(250);

    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(5);

    private final PolicyTarget target;
    private final CallInfo call;
    private final Observer observer;
    private final Object holder;
    private ConcurrencyLimit.@Nullable Ticket ticket;
    /** The turn of the attempt that is at the gate. */
    private RateLimit.@Nullable Turn turn;
    /** The limit that the attempt waits for, and the time since when it does. */
    private Observer.@Nullable Rejection waitsFor;

    private long waitsSince;
    /** The limit to pass next. */
    private Limiter next = Limiter.RATE;

    /**
     * A gate at which nobody waits.
     *
     * @param holder lives as long as a place may be held
     */
    AdmissionControl(PolicyTarget target, CallInfo call, Observer observer, Object holder) {
        this.target = target;
        this.call = call;
        this.observer = observer;
        this.holder = holder;
    }

    /** The gate's answer. */
    sealed interface Decision {}

    /** The attempt may go on to the breaker, with what it holds until its end. */
    record Admitted(@Nullable ConcurrencyPermit concurrencyPermit, RateLimit.@Nullable Turn turn) implements Decision {}

    /** The attempt has to wait first: then {@link #admit} with what is next. */
    record Waiting(Step.Wait step, Limiter next) implements Decision {}

    /** The attempt must not be sent. */
    record Rejected(Observer.Rejection reason) implements Decision {}

    /** The parts, in the order in which they are passed. */
    enum Limiter {
        /** The limit on attempts in a time. */
        RATE,
        /** The turn that was waited for. */
        TURN,
        /** The limit on attempts at a time. */
        PLACE,
        /** The place that was queued for. */
        QUEUED_PLACE;

        /** The limit that this part belongs to. */
        Observer.Rejection limit() {
            return this == RATE || this == TURN ? Observer.Rejection.RATE : Observer.Rejection.CONCURRENCY;
        }
    }

    /**
     * Passes the gate.
     *
     * @param anew from its first part on, and not from the one that was waited for
     * @param mayWait how long it may take, in nanoseconds
     * @param now the time now
     */
    Decision admit(boolean anew, long mayWait, long now) {
        Decision decision = switch (anew ? Limiter.RATE : next) {
            case RATE -> awaitRate(mayWait, now);
            case TURN -> takeTurn(mayWait, now);
            case PLACE -> acquirePermit(mayWait, now);
            case QUEUED_PLACE -> acquireQueuedPermit(now);
        };
        Observer.Rejection limit = null;
        if (decision instanceof Waiting waiting) {
            next = waiting.next();
            limit = next.limit();
        }
        waitsFor(limit, now);
        return decision;
    }

    /** Returns the limit that was waited for last; the rate, where none was. */
    Observer.Rejection waitedFor() {
        return next.limit();
    }

    /** Notes what the attempt waits for from now on, and reports the wait that is over by that. */
    private void waitsFor(Observer.@Nullable Rejection limit, long now) {
        Observer.Rejection before = waitsFor;
        if (limit == before) {
            return;
        }
        if (before != null) {
            observer.waited(target, call, before, now - waitsSince);
        }
        waitsFor = limit;
        waitsSince = now;
    }

    /** Passes it without waiting, as an attempt beside another one must. Null: it may not. */
    @Nullable
    Admitted admitHedge(long now) {
        RateLimit rate = target.rate();
        FleetShare share = target.fleetShare();
        boolean has = share == null || share.prepare(true, now);
        RateLimit.Turn second = rate != null && has ? rate.acquire(now, 0) : null;
        if (rate != null && second == null) {
            return null;
        }
        ConcurrencyLimit limit = target.concurrency();
        if (limit != null && !limit.tryAcquire()) {
            end(second, now);
            return null;
        }
        return new Admitted(place(limit), second);
    }

    /** The attempt that has passed is not sent after all. */
    void release(Admitted admitted, long now) {
        end(admitted.turn(), now);
        if (admitted.concurrencyPermit() != null) {
            admitted.concurrencyPermit().release();
        }
    }

    /** The attempt of a turn has ended, or was not sent in the end. */
    private void end(RateLimit.@Nullable Turn of, long now) {
        RateLimit limit = target.rate();
        if (of != null && limit != null) {
            limit.giveUp(of);
            limit.end(of, now);
        }
    }

    /** Returns how long the rate has been waited for, in nanoseconds. */
    private long waited(long now) {
        return waitsFor == Observer.Rejection.RATE ? now - waitsSince : 0;
    }

    /** Gives up waiting, if anybody did. */
    void leave(long now) {
        waitsFor(null, now);
        end(turn, now);
        turn = null;
        ConcurrencyLimit.Ticket mine = ticket;
        ticket = null;
        ConcurrencyLimit limit = target.concurrency();
        if (mine != null && !mine.cancel() && limit != null) {
            limit.release(); // it was granted meanwhile
        }
    }

    private Decision awaitRate(long mayWait, long now) {
        RateLimit limit = target.rate();
        if (limit == null) {
            return acquirePermit(mayWait, now);
        }
        if (breakerRejects(now)) {
            return new Rejected(Observer.Rejection.BREAKER); // rather than wait for a turn first
        }
        FleetShare share = target.fleetShare();
        boolean has = share == null || share.prepare(waitsFor != Observer.Rejection.RATE, now);
        long patience = share == null ? mayWait : Math.max(0, mayWait - waited(now));
        RateLimit.Turn mine = has ? limit.acquire(now, share == null ? patience : 0) : null;
        if (mine == null && share != null && enforced() && waitsForShare(share, has, mayWait, now)) {
            return new Waiting(new Step.Wait(Math.min(LOOK, mayWait)), Limiter.RATE);
        }
        if (mine == null && has && share != null) {
            mine = limit.acquire(now, patience);
        }
        turn = mine;
        long wait = mine == null ? -1 : mine.waitNanos(now);
        if (wait == 0) {
            return acquirePermit(mayWait, now);
        }
        if (wait > 0) {
            observer.limited(target, call, Observer.Rejection.RATE, wait);
        }
        if (!enforced()) {
            if (wait < 0) {
                observer.rejected(target, call, Observer.Rejection.RATE);
            }
            end(mine, now); // it is not waited for
            turn = null;
            return acquirePermit(mayWait, now);
        }
        return wait < 0 ? new Rejected(Observer.Rejection.RATE) : awaitTurn(share, wait);
    }

    /** Without a lane there is no turn to wait for, so that the attempt waits for as long as it may for one. */
    private boolean waitsForShare(FleetShare share, boolean has, long mayWait, long now) {
        return waited(now) < (has ? Math.min(mayWait, GROWTH) : mayWait) && share.mayGrow(now);
    }

    /** The time of a turn has come; the attempt before may yet be on its way. */
    private Decision takeTurn(long mayWait, long now) {
        RateLimit limit = target.rate();
        RateLimit.Turn mine = turn;
        FleetShare share = target.fleetShare();
        if (share != null && !share.prepare(false, now)) {
            end(mine, now);
            return awaitRate(mayWait, now);
        }
        long more = limit == null || mine == null ? 0 : limit.begin(mine, now);
        if (more < 0) {
            return awaitRate(mayWait, now);
        }
        if (more == 0) {
            return acquirePermit(mayWait, now);
        }
        return more > mayWait ? refused(Observer.Rejection.RATE, now) : awaitTurn(share, more);
    }

    private static Waiting awaitTurn(@Nullable FleetShare share, long wait) {
        return new Waiting(new Step.Wait(share == null ? wait : Math.min(wait, TURN_LOOK)), Limiter.TURN);
    }

    private Rejected refused(Observer.Rejection reason, long now) {
        end(turn, now);
        turn = null;
        return new Rejected(reason);
    }

    private Decision acquirePermit(long mayWait, long now) {
        ConcurrencyLimit limit = target.concurrency();
        if (limit == null) {
            return passed(null);
        }
        if (breakerRejects(now)) {
            return refused(Observer.Rejection.BREAKER, now);
        }
        if (limit.tryAcquire()) {
            return passed(limit);
        }
        if (mayWait > 0) {
            observer.limited(target, call, Observer.Rejection.CONCURRENCY, mayWait);
        }
        if (!enforced()) {
            if (mayWait <= 0) {
                observer.rejected(target, call, Observer.Rejection.CONCURRENCY);
            }
            return passed(null);
        }
        if (mayWait <= 0) {
            return refused(Observer.Rejection.CONCURRENCY, now);
        }
        ConcurrencyLimit.Ticket queued = limit.enqueue();
        ticket = queued;
        return new Waiting(new Step.Wait(mayWait, queued), Limiter.QUEUED_PLACE);
    }

    private Decision acquireQueuedPermit(long now) {
        ConcurrencyLimit.Ticket mine = ticket;
        ticket = null;
        return mine == null || mine.cancel()
                ? refused(Observer.Rejection.CONCURRENCY, now)
                : passed(target.concurrency());
    }

    private Admitted passed(@Nullable ConcurrencyLimit limit) {
        RateLimit.Turn mine = turn;
        turn = null; // the attempt's from now on
        return new Admitted(place(limit), mine);
    }

    private @Nullable ConcurrencyPermit place(@Nullable ConcurrencyLimit limit) {
        return limit == null ? null : ConcurrencyPermit.held(holder, limit);
    }

    private boolean breakerRejects(long now) {
        return target.breaker() != null && enforced() && target.breaker().rejects(now);
    }

    private boolean enforced() {
        return target.policy().mode() == Mode.ENFORCE;
    }
}
