package dev.holdfast.policy;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether an attempt that ran out of time is evidence against its origin. Pure.
 *
 * <p>A program may give an attempt less time than the origin needs, and so may a deadline of which a queue, or an
 * attempt before, has used a part: such a timeout is a fact about that time, not about the origin, and a breaker that
 * counted it would shut a healthy origin for everybody. So a timeout counts only if the attempt lasted as long as one
 * of these, whichever is the least:
 *
 * <ul>
 *   <li>the time that the policy itself gives an attempt: {@code attempt_timeout}, or the whole {@code deadline} where
 *       that is shorter or stands alone;
 *   <li>{@code slow_call_duration}, where the breaker looks at slow calls: by the configuration's own word it was one;
 *   <li>the time in which this origin answers nearly always ({@link ResponseTimeEstimate#patienceNanos}); for a
 *       connection that was not established in time, one second at most, since connecting takes no longer for a slow
 *       answer.
 * </ul>
 *
 * Until an origin has answered for the first time, the last of these is one second. An origin that hangs is therefore
 * noticed by every attempt whose time is not shorter than its answers used to take, and by all that last a second when
 * it has never answered. An attempt that does not count is neither a success nor a failure, and gives the lease of a
 * probe back.
 */
public final class TimeoutRule {
    /** Clients keep their times in milliseconds, and not by our clock. */
    private static final long TOLERANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private TimeoutRule() {}

    /** Returns whether a failure of this kind is a timeout. */
    public static boolean isTimeout(ErrorKind kind) {
        return kind == ErrorKind.READ_TIMEOUT || kind == ErrorKind.CONNECTION_TIMEOUT;
    }

    /**
     * Returns whether a timeout counts.
     *
     * @param policy of the call
     * @param kind of a timeout
     * @param tookNanos how long the attempt lasted
     * @param estimate of the origin's response time; null: nothing is known
     */
    public static boolean counts(
            Policy policy, ErrorKind kind, long tookNanos, @Nullable ResponseTimeEstimate estimate) {
        long patience = estimate == null ? ResponseTimeEstimate.UNKNOWN_NANOS : estimate.patienceNanos();
        if (kind == ErrorKind.CONNECTION_TIMEOUT) {
            patience = Math.min(patience, ResponseTimeEstimate.UNKNOWN_NANOS);
        }
        BreakerPolicy breaker = policy.breaker();
        long slow = breaker.slowRate() > 0 && breaker.slowNanos() > 0 ? breaker.slowNanos() : Long.MAX_VALUE;
        long enough = Math.min(Math.min(patience, slow), policy.retry().attemptNanos());
        return tookNanos >= enough - TOLERANCE_NANOS;
    }

    /**
     * Returns whether an attempt that ran out of time had the time that it was given used up, and so was not ended by a
     * shorter one of the program's own.
     *
     * @param tookNanos how long it lasted
     * @param givenNanos how long it might take
     */
    public static boolean isUsedUp(long tookNanos, long givenNanos) {
        return tookNanos >= givenNanos - TOLERANCE_NANOS;
    }
}
