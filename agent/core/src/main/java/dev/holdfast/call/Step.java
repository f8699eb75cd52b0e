package dev.holdfast.call;

import dev.holdfast.policy.ConcurrencyLimit;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The next action of a driver. {@link Deliver} and {@link Reject} end the call, and so does {@link FallBack} once the
 * strategies were asked.
 */
public sealed interface Step {
    /**
     * Send an attempt and report what it gave to {@link Session#after}.
     *
     * @param attempt 1 for the first
     * @param timeoutNanos the time that this attempt may take (attempt timeout, trimmed by the deadline),
     *     {@link Long#MAX_VALUE} for no limit
     * @param hedgeNanos if it has not ended after so long, {@link Session#hedge} is to be asked for another beside it;
     *     -1 for never
     */
    record Send(int attempt, long timeoutNanos, long hedgeNanos) implements Step {
        /** A first attempt that has all the time, and stays alone: what most calls are. */
        public static final Send FIRST = new Send(1, Long.MAX_VALUE);

        /** An attempt that stays alone. */
        public Send(int attempt, long timeoutNanos) {
            this(attempt, timeoutNanos, -1);
        }
    }

    /**
     * Wait, then call {@link Session#resume}. The response that an attempt gave is discarded when the next one is sent:
     * until then it may still be what the call ends in. May be the first step of a call.
     *
     * @param nanos how long, at least 0
     * @param ticket the wait ends early when this place in a queue is granted; null for a wait that does not
     */
    record Wait(long nanos, ConcurrencyLimit.@Nullable Ticket ticket) implements Step {
        /** A wait that ends with its time. */
        public Wait(long nanos) {
            this(nanos, null);
        }
    }

    /** Forget what this attempt gave and let go of it: another one decides, or did. */
    record Drop() implements Step {
        /** The one instance that is needed. */
        public static final Drop INSTANCE = new Drop();
    }

    /**
     * Give the application the outcome of the attempt reported last, or of the one before where
     * {@link Session#deliversPrevious} says so; for a failure, {@link Session#finalError}. Where that is a response
     * which can no longer be given, {@link Session#notSent} says why there is none.
     */
    record Deliver() implements Step {
        /** The one instance that is needed. */
        public static final Deliver INSTANCE = new Deliver();
    }

    /**
     * End the call with this exception: Holdfast let its first attempt not pass, so that there is no outcome to
     * deliver. Complete as it is; not for {@link Session#finalError}.
     *
     * @param error names the origin, the reason and when to come back
     */
    record Reject(IOException error) implements Step {}

    /**
     * Give the application a response that no origin has sent, since a fault was injected in place of the last attempt.
     * Only as the end of a {@link FallBack}.
     *
     * @param status the status of the response
     */
    record Respond(int status) implements Step {}

    /**
     * Nothing good came of the call: ask the policy's fallback strategies. Where none has a response, {@code otherwise}
     * is what the application gets, exactly as it would without them; so the outcome of the attempt just reported, a
     * response's body above all, is to be kept until that is known. Where one has, {@link Session#fellBack} ends the
     * call, else {@link Session#fallbackFailed}.
     *
     * @param reason why; null: no strategy is to be asked, and {@code otherwise} is {@link Respond}
     * @param otherwise {@link Deliver}, {@link Reject} or {@link Respond}
     */
    record FallBack(@Nullable FallbackReason reason, Step otherwise) implements Step {}

    /** The end without a fallback, where this is one. */
    default Step withoutFallback() {
        return this instanceof FallBack fallBack ? fallBack.otherwise() : this;
    }
}
