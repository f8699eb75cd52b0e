package dev.holdfast.call;

import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.FleetShare;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of a call that are under way: one after the other, or two beside each other. Each has passed the limits,
 * and then the breaker.
 */
abstract class Attempts extends CallRecord {
    /** Made where there are limits. */
    private final @Nullable AdmissionControl limits;

    private int count;
    /** The latest attempt, and after the end the one that was delivered. */
    private @Nullable InFlightAttempt current;
    /** One that is under way beside the current one, or was when that was delivered. */
    private @Nullable InFlightAttempt other;

    /** A call without attempts. */
    Attempts(PolicyTarget target, CallInfo call, CallEnvironment environment) {
        super(target, call, environment);
        limits = target.limited() ? new AdmissionControl(target, call, target.observer(), this) : null;
    }

    /**
     * Asks the limits, which an attempt must pass before it comes to the breaker.
     *
     * @param anew all of them, and not from the one on that was waited for
     * @return null: there are none
     */
    AdmissionControl.@Nullable Decision admit(boolean anew, long now) {
        if (limits == null) {
            return null;
        }
        // Who waits longer than leaves time for an answer waits for nothing but a timeout.
        long mayWait = Math.min(mostWait(now), untilEnd(now) - target().meanResponseNanos());
        return limits.admit(anew, Math.max(0, mayWait), now);
    }

    /** The store's answer about a shared rate is waited for even where nobody waits for a turn. */
    private long mostWait(long now) {
        long most = policy().limits().maxWaitNanos();
        FleetShare share = target().fleetShare();
        return share != null && share.isAwaitedByCall(now) ? Math.max(most, FleetShare.MOST_AWAITED_NANOS) : most;
    }

    /** Returns the number of attempts that were begun. */
    int count() {
        return count;
    }

    /** The latest attempt, and after the end the one that was delivered; null: none was begun. */
    @Nullable
    InFlightAttempt current() {
        return current;
    }

    /** Returns whether the current attempt is the first one. */
    boolean isFirstCurrent() {
        return current != null && current.isNumber(1);
    }

    /**
     * Begins an attempt that stays alone.
     *
     * @param number its number for the client
     * @param admitted what it holds of the limits, null: there are none
     * @param timeout how long it may take, in nanoseconds
     * @return false: the breaker rejects it, and what it held is given back
     */
    boolean beginAttempt(int number, AdmissionControl.@Nullable Admitted admitted, long timeout, long now) {
        InFlightAttempt begun = begun(number, admitted, timeout, now);
        if (begun == null) {
            return false;
        }
        current = begun;
        other = null;
        return true;
    }

    private @Nullable InFlightAttempt begun(
            int number, AdmissionControl.@Nullable Admitted admitted, long timeout, long now) {
        PolicyTarget target = target();
        CircuitBreaker breaker = target.breaker();
        CircuitBreaker.Permit permit = null;
        if (breaker != null) {
            permit = breaker.tryAcquire(now, random());
            if (permit == null && enforced()) {
                if (limits != null && admitted != null) {
                    limits.release(admitted, now);
                }
                return null;
            }
            if (permit == null) {
                observer().rejected(target, call(), Observer.Rejection.BREAKER);
            }
        }
        count++;
        return new InFlightAttempt(number, now, timeout, deadlineComesFirst(timeout), admitted, permit);
    }

    /**
     * Begins a second attempt beside the first, where that is the only one, is under way, and time, limits, breaker and
     * budget allow it.
     *
     * @return what to send; null: nothing
     */
    Step.@Nullable Send beginHedge(long now) {
        InFlightAttempt first = current;
        // Asked late, it must not come beside a retry: that is not hedged.
        boolean alone = count == 1 && first != null && first.isUnderWay() && other == null;
        if (!alone || isTooLate(now) || !HedgingRule.granted(target(), call(), count, now)) {
            return null;
        }
        AdmissionControl.Admitted admitted = null;
        if (limits != null) {
            admitted = limits.admitHedge(now);
            if (admitted == null) {
                return null;
            }
        }
        long timeout = attemptTimeout(now);
        InFlightAttempt second = begun(count + 1, admitted, timeout, now);
        if (second == null) {
            return null;
        }
        observer().hedged(target(), call());
        other = second;
        return new Step.Send(count, timeout);
    }

    /** Returns the attempt with this number; null: it is not under way. */
    @Nullable
    InFlightAttempt underWay(int attempt) {
        if (current != null && current.isUnderWayAs(attempt)) {
            return current;
        }
        return other != null && other.isUnderWayAs(attempt) ? other : null;
    }

    /**
     * The client did not send an attempt. A second one beside the first leaves its number, and a retry, to the next.
     */
    void notSent(InFlightAttempt mine, long now) {
        mine.giveUp(target(), now);
        if (mine == other && mine.isNumber(count) && rivalOf(mine) != null) {
            other = null;
            count--;
        }
    }

    /**
     * Returns whether an attempt that is not under way may have ended without an outcome: another one had decided.
     * Otherwise it was never begun, or its outcome has been taken.
     */
    boolean mayHaveLost(int attempt) {
        boolean toldTwice = other == null && current != null && current.isNumber(attempt);
        return attempt >= 1 && attempt <= count && !toldTwice;
    }

    /** Returns the attempt that is under way beside one; null: none is. */
    @Nullable
    InFlightAttempt rivalOf(@Nullable InFlightAttempt mine) {
        InFlightAttempt rival = mine == current ? other : current;
        return rival != null && rival.isUnderWay() ? rival : null;
    }

    /** Returns whether an attempt is under way beside the current one. */
    boolean isHedgeUnderWay() {
        return other != null && other.isUnderWay();
    }

    /** This attempt counts, and not the other one. */
    void decidedBy(InFlightAttempt mine) {
        InFlightAttempt rival = mine == current ? other : current;
        current = mine;
        other = rival;
    }

    /** See {@link Session#heldUp}. */
    long heldUpAttempt(int attempt, long nanos, long now) {
        InFlightAttempt mine = underWay(attempt);
        if (mine == null) {
            return Long.MAX_VALUE;
        }
        long at = mine.heldUp(nanos);
        long timeout = attemptTimeout(at);
        mine.limit(timeout, deadlineComesFirst(timeout));
        return timeout == Long.MAX_VALUE ? timeout : Math.max(1, at + timeout - now);
    }

    private boolean deadlineComesFirst(long timeout) {
        long own = policy().retry().attemptTimeoutNanos();
        return timeout != Long.MAX_VALUE && (own <= 0 || timeout < own);
    }

    /** See {@link Session#idle}. */
    void idleAttempt(int attempt) {
        InFlightAttempt mine = underWay(attempt);
        if (mine != null) {
            mine.idle();
        }
    }

    /** See {@link Session#goesOn}. */
    void goesOn(int attempt) {
        InFlightAttempt mine = underWay(attempt);
        if (mine != null) {
            mine.resume(target(), this);
        }
    }

    /** The body of the response that counts broke. */
    void failLate(Outcome.Failure failure, long now) {
        if (current != null) {
            current.failLate(target(), failure, now, random());
        }
    }

    /** Nobody waits for any of them. */
    void giveUpAttempts(long now) {
        if (current != null) {
            current.giveUp(target(), now);
        }
        if (other != null) {
            other.giveUp(target(), now);
        }
    }

    /**
     * Nobody waits for the limits any more.
     *
     * @return the one that was waited for
     */
    Observer.Rejection leaveLimits(long now) {
        if (limits == null) {
            return Observer.Rejection.RATE;
        }
        limits.leave(now);
        return limits.waitedFor();
    }

    private RandomGenerator random() {
        return environment().random();
    }
}
