package dev.holdfast.call;

import dev.holdfast.policy.Policy;

/**
 * One call of the application as a state machine without I/O. It knows the policy, the time that it is told and the
 * randomness that it is handed; it never sends, sleeps, blocks or touches a client's type.
 *
 * <p>Protocol: {@link #begin} once; after each {@link Step.Send} exactly one {@link #after}; after each
 * {@link Step.Wait} exactly one {@link #resume}; {@link Step.Deliver} ends it. An adapter that has to decide at a
 * response's head calls {@link #after} there, keeps the step, and reports a body that broke later with
 * {@link #bodyFailed}.
 *
 * <p>Not thread-safe: calls must be ordered (happens-before) by the driver; they need not come from one thread.
 */
public final class Session {
    /** Starts the call. {@code now} is {@code System.nanoTime}, here as everywhere. */
    public Step begin(long now) {
        throw new UnsupportedOperationException();
    }

    /** What the attempt gave. Returns {@link Step.Wait} or {@link Step.Deliver}. */
    public Step after(Outcome outcome, long now) {
        throw new UnsupportedOperationException();
    }

    /** The wait is over. Returns {@link Step.Send}, or {@link Step.Deliver} if the deadline passed meanwhile. */
    public Step resume(long now) {
        throw new UnsupportedOperationException();
    }

    /** The application cancelled or interrupted the call, at whatever stage: ends the session, counts as nothing. */
    public void cancel(long now) {
        throw new UnsupportedOperationException();
    }

    /** The body of a response whose head had been decided to be delivered broke. Never leads to a retry. */
    public void bodyFailed(Outcome.Failure failure, long now) {
        throw new UnsupportedOperationException();
    }

    /**
     * The exception to hand to the application where the call ends in one: {@code last} itself, with the failures of
     * earlier attempts added as suppressed exceptions.
     */
    public <T extends Throwable> T finalError(T last) {
        throw new UnsupportedOperationException();
    }

    /** The policy under which the call began; a reload does not change it. */
    public Policy policy() {
        throw new UnsupportedOperationException();
    }
}
