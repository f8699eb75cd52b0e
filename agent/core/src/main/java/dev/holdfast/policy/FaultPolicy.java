package dev.holdfast.policy;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The faults that a game day injects into the attempts to an origin, so that a team sees what its policies are worth
 * (fault injection: Basiri et al., "Chaos Engineering", IEEE Software 33(3), 2016). Exactly one kind of fault, unless
 * it is {@link #NONE}. Immutable.
 *
 * @param share the share of attempts that get the fault, above 0 and up to 1; 0: none
 * @param status the status of the response that an attempt gets in place of being sent; 0: not this kind
 * @param error the failure that an attempt gets in place of being sent; null: not this kind
 * @param delayNanos how long an attempt is held before it is sent, in nanoseconds; 0: not this kind
 * @param cutBodyBytes the number of bytes after which a response's body breaks; 0: not this kind
 * @param seed the start of the random sequence that chooses the attempts
 * @param untilMillis the end of the faults, in milliseconds since the epoch
 */
public record FaultPolicy(
        double share,
        int status,
        @Nullable ErrorKind error,
        long delayNanos,
        long cutBodyBytes,
        long seed,
        long untilMillis) {
    /** The policy that injects nothing. */
    public static final FaultPolicy NONE = new FaultPolicy(0, 0, null, 0, 0, 0, 0);

    /** Returns whether it injects anything until its end. */
    public boolean enabled() {
        return share > 0;
    }

    /** Returns whether it is over. */
    public boolean isOver(long epochMillis) {
        return epochMillis >= untilMillis;
    }

    /** Returns the delay of an attempt that begins now, in nanoseconds: not beyond the end of the faults. */
    public long delayNanos(long epochMillis) {
        long left = Math.max(0, untilMillis - epochMillis);
        return Math.min(delayNanos, TimeUnit.MILLISECONDS.toNanos(left));
    }

    /** The end of the faults, as a time in UTC. */
    public String until() {
        return Instant.ofEpochMilli(untilMillis).toString();
    }

    /** The kind of fault, for log lines and metric labels; has few values. */
    public String kind() {
        if (status != 0) {
            return "status";
        }
        if (error != null) {
            return "error";
        }
        return delayNanos != 0 ? "delay" : "cut_body";
    }

    /** The fault in a few words, such as {@code status 503}. */
    public String described() {
        if (status != 0) {
            return "status " + status;
        }
        if (error != null) {
            return "error " + error.configName();
        }
        return delayNanos != 0
                ? "delay of " + delayNanos / 1_000_000 + " ms"
                : "body cut after " + cutBodyBytes + " bytes";
    }
}
