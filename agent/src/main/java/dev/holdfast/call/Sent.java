package dev.holdfast.call;

import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.ErrorKind;
import java.io.IOException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An attempt, from its sending on: the place and the permit that it holds, and how its outcome reaches the breaker. Guarded
 * by its session.
 */
final class Sent {
    private final Target target;
    private final int number;
    private final long at;
    private @Nullable Place place;
    private CircuitBreaker.@Nullable Permit permit;
    private int endedInARow;
    private boolean underWay = true;

    Sent(Target target, int number, long at, @Nullable Place place, CircuitBreaker.@Nullable Permit permit) {
        this.target = target;
        this.number = number;
        this.at = at;
        this.place = place;
        this.permit = permit;
    }

    /** Whether it is the attempt with this number. */
    boolean isNumber(int attempt) {
        return number == attempt;
    }

    /** Whether it is the attempt with this number, and has not ended. */
    boolean isUnderWayAs(int attempt) {
        return underWay && number == attempt;
    }

    /** Whether it has not ended. */
    boolean isUnderWay() {
        return underWay;
    }

    /** It ended: its place is free, the breaker hears of it. Gives how long it took. The status is the outcome's. */
    long end(Outcome outcome, int status, long now, RandomGenerator random) {
        underWay = false;
        leavePlace();
        long took = now - at;
        if (status != Outcome.NO_STATUS) {
            target.answered(took);
        }
        CircuitBreaker breaker = target.breaker();
        if (breaker != null && permit != null) {
            tell(breaker, permit, outcome, status, took, now, random);
        }
        return took;
    }

    private void tell(
            CircuitBreaker breaker,
            CircuitBreaker.Permit mine,
            Outcome outcome,
            int status,
            long took,
            long now,
            RandomGenerator random) {
        if (status != Outcome.NO_STATUS && !target.policy().breaker().isFailure(status)) {
            endedInARow = breaker.onSuccess(mine, took, now, random); // the permit is kept: the body may still break
            return;
        }
        permit = null;
        if (status != Outcome.NO_STATUS || isOriginFailure(outcome)) {
            breaker.onFailure(mine, took, now, random);
        } else {
            breaker.onIgnored(mine);
        }
    }

    /**
     * Whether a failure is evidence about the origin. A failure that is not an {@link IOException} is the program's own
     * mistake, such as a header that cannot be sent; one of a proxy says nothing about the origin behind it.
     */
    private static boolean isOriginFailure(Outcome outcome) {
        return outcome instanceof Outcome.Failure failure
                && failure.error() instanceof IOException
                && failure.kind() != ErrorKind.PROXY;
    }

    /** It ended in a success, as it seemed at its head, and was none. */
    void failLate(long now, RandomGenerator random) {
        CircuitBreaker breaker = target.breaker();
        CircuitBreaker.Permit mine = permit;
        if (breaker != null && mine != null) {
            permit = null;
            breaker.onLateFailure(mine, endedInARow, now, random);
        }
    }

    /** Nobody waits for its end, and nothing follows from it. Without effect where it has ended. */
    void giveUp() {
        if (!underWay) {
            return;
        }
        underWay = false;
        leavePlace();
        CircuitBreaker breaker = target.breaker();
        if (breaker != null && permit != null) {
            breaker.onIgnored(permit);
            permit = null;
        }
    }

    private void leavePlace() {
        Place held = place;
        if (held != null) {
            place = null;
            held.leave();
        }
    }
}
