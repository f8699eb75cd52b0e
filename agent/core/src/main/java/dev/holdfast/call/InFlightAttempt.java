package dev.holdfast.call;

import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.ConcurrencyLimit;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.RateLimit;
import dev.holdfast.policy.TimeoutRule;
import java.io.IOException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An attempt, from its sending on: the place and the permit that it holds, and how its outcome reaches the breaker. Its
 * call knows the target, which each method is handed: a field less, of an object that every call has. Guarded by its
 * session.
 */
final class InFlightAttempt {
    private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

    private final int number;
    /** The begin of its time: when it was sent, later by its waits for something of the program's own. */
    private long at;

    private long timeout;
    private boolean deadlineComesFirst;
    /** The permit and the turn that it holds; null: neither. */
    private AdmissionControl.@Nullable Admitted held;

    private CircuitBreaker.@Nullable Permit permit;
    private int endedInARow;
    private boolean underWay = true;
    private boolean idle;

    /**
     * An attempt that is being sent.
     *
     * @param timeout how long it may take by the policy, in nanoseconds; {@link Long#MAX_VALUE} without limit
     * @param deadlineComesFirst whether that is what the call's deadline leaves, less than the policy gives an attempt
     * @param held what the limits gave it, null: there are none
     * @param permit what the breaker gave it, null: there is none, or it is not enforced
     */
    InFlightAttempt(
            int number,
            long at,
            long timeout,
            boolean deadlineComesFirst,
            AdmissionControl.@Nullable Admitted held,
            CircuitBreaker.@Nullable Permit permit) {
        this.number = number;
        this.at = at;
        this.timeout = timeout;
        this.deadlineComesFirst = deadlineComesFirst;
        this.held = held;
        this.permit = permit;
    }

    /** Returns whether it is the attempt with this number. */
    boolean isNumber(int attempt) {
        return number == attempt;
    }

    /** Returns whether it is the attempt with this number, and has not ended. */
    boolean isUnderWayAs(int attempt) {
        return underWay && number == attempt;
    }

    /** Its number for the client. */
    int number() {
        return number;
    }

    /** The rest of its time, in nanoseconds; {@link Long#MAX_VALUE} without limit. */
    long rest(long now) {
        return timeout == Long.MAX_VALUE ? timeout : at + timeout - now;
    }

    /** The time since it was begun, in nanoseconds. */
    long age(long now) {
        return now - at;
    }

    /** Returns whether it was sent at this time. */
    boolean isSince(long time) {
        return at == time;
    }

    /**
     * It has waited for a thread or a connection of the program's own, which is no time of the origin's.
     *
     * @return when its time began, which is later now
     */
    long heldUp(long nanos) {
        at += nanos;
        return at;
    }

    /** Sets its time anew; see the constructor. */
    void limit(long newTimeout, boolean newDeadlineComesFirst) {
        timeout = newTimeout;
        deadlineComesFirst = newDeadlineComesFirst;
    }

    /** Returns whether it has not ended. */
    boolean isUnderWay() {
        return underWay;
    }

    /** It ended: its place is free, the breaker hears of it. Gives how long it took. The status is the outcome's. */
    long end(PolicyTarget target, Outcome outcome, int status, long now, RandomGenerator random) {
        underWay = false;
        releasePermits(target, now);
        long took = now - at;
        if (status != Outcome.NO_STATUS) {
            target.responded(took);
        }
        report(target, outcome, status, took, now, random);
        return took;
    }

    /** Ends it as {@link #end} does, without having been sent: the time says nothing about the origin. */
    long endInjected(PolicyTarget target, Outcome outcome, int status, long now, RandomGenerator random) {
        underWay = false;
        releasePermits(target, now);
        long took = now - at;
        report(target, outcome, status, took, now, random);
        return took;
    }

    private void report(PolicyTarget target, Outcome outcome, int status, long took, long now, RandomGenerator random) {
        CircuitBreaker breaker = target.breaker();
        if (breaker != null && permit != null) {
            tell(target, breaker, permit, outcome, status, took, now, random);
        }
    }

    private void tell(
            PolicyTarget target,
            CircuitBreaker breaker,
            CircuitBreaker.Permit mine,
            Outcome outcome,
            int status,
            long took,
            long now,
            RandomGenerator random) {
        if (status == PROXY_AUTHENTICATION_REQUIRED) {
            permit = null;
            breaker.onIgnored(mine); // a proxy's answer: the origin has not been asked (RFC 9110, 15.5.8)
            return;
        }
        if (status != Outcome.NO_STATUS && !target.policy().breaker().isFailure(status)) {
            endedInARow = breaker.onSuccess(mine, took, now, random); // the permit is kept: the body may still break
            return;
        }
        permit = null;
        if (status != Outcome.NO_STATUS || isOriginFailure(target, outcome, took)) {
            breaker.onFailure(mine, took, now, random);
        } else {
            breaker.onIgnored(mine);
        }
    }

    /**
     * Returns whether a failure is evidence about the origin. A failure that is not an {@link IOException} is the
     * program's own mistake, such as a header that cannot be sent; one of a proxy says nothing about the origin behind
     * it; nor does a timeout that came sooner than {@link TimeoutRule} says.
     */
    private static boolean isOriginFailure(PolicyTarget target, Outcome outcome, long took) {
        return outcome instanceof Outcome.Failure failure
                && failure.error() instanceof IOException
                && failure.kind() != ErrorKind.PROXY
                && (!TimeoutRule.isTimeout(failure.kind())
                        || TimeoutRule.counts(target.policy(), failure.kind(), took, target.responseTime()));
    }

    /**
     * Returns whether it was cut short by the call's deadline, which had left it less time than the policy gives an
     * attempt.
     */
    boolean isCutShort(Outcome outcome, long now) {
        return deadlineComesFirst && isTimedOut(outcome, now);
    }

    /**
     * Returns whether a time limit of the policy ended it, so that nobody knows what the origin would have answered. A
     * shorter timeout of the application's own is not one of these: the call has it without Holdfast, too.
     */
    boolean isTimedOut(Outcome outcome, long now) {
        return timeout != Long.MAX_VALUE
                && outcome instanceof Outcome.Failure failure
                && TimeoutRule.isTimeout(failure.kind())
                && TimeoutRule.isUsedUp(now - at, timeout);
    }

    /** It ended in a success, as it seemed at its head, and was none. */
    void failLate(PolicyTarget target, Outcome.Failure failure, long now, RandomGenerator random) {
        CircuitBreaker breaker = target.breaker();
        CircuitBreaker.Permit mine = permit;
        if (breaker != null && mine != null && isOriginFailure(target, failure, now - at)) {
            permit = null;
            breaker.onLateFailure(mine, endedInARow, now, random);
        }
    }

    /** Nobody waits for its end, and nothing follows from it. Without effect where it has ended. */
    void giveUp(PolicyTarget target, long now) {
        if (!underWay) {
            return;
        }
        underWay = false;
        releasePermits(target, now);
        CircuitBreaker breaker = target.breaker();
        if (breaker != null && permit != null) {
            breaker.onIgnored(permit);
            permit = null;
        }
    }

    /** Gives its permit back, and may take one again: the application has it in its hands, and does nothing with it. */
    void idle() {
        ConcurrencyPermit permitted = held == null ? null : held.concurrencyPermit();
        if (held != null && permitted != null) {
            held = new AdmissionControl.Admitted(null, held.turn());
            idle = true;
            permitted.release();
        }
    }

    /**
     * Goes on after {@link #idle()}: takes a permit again, where one is free.
     *
     * @param holder lives as long as the permit may be held
     */
    void resume(PolicyTarget target, Object holder) {
        ConcurrencyLimit limit = target.concurrency();
        if (idle && underWay && limit != null && limit.tryAcquire()) {
            ConcurrencyPermit taken = ConcurrencyPermit.held(holder, limit);
            held = new AdmissionControl.Admitted(taken, held == null ? null : held.turn());
        }
        idle = false;
    }

    private void releasePermits(PolicyTarget target, long now) {
        AdmissionControl.Admitted released = held;
        held = null;
        if (released == null) {
            return;
        }
        RateLimit rate = target.rate();
        if (rate != null && released.turn() != null) {
            rate.end(released.turn(), now);
        }
        if (released.concurrencyPermit() != null) {
            released.concurrencyPermit().release();
        }
    }
}
