package dev.holdfast.call;

/** What a driver has to do next. */
public sealed interface Step {
    /**
     * Send an attempt and report what it gave to {@link Session#after}.
     *
     * @param attempt 1 for the first
     * @param timeoutNanos the time that this attempt may take (attempt timeout, trimmed by the deadline),
     *     {@link Long#MAX_VALUE} for no limit
     */
    record Send(int attempt, long timeoutNanos) implements Step {}

    /**
     * Wait, then call {@link Session#resume}. Whatever response the attempt gave is discarded: nothing of it reaches
     * the application.
     *
     * @param nanos how long, at least 0
     */
    record Wait(long nanos) implements Step {}

    /** Give the application the outcome of the attempt just reported; for a failure, {@link Session#finalError}. */
    record Deliver() implements Step {
        /** The one instance that is needed. */
        public static final Deliver INSTANCE = new Deliver();
    }
}
