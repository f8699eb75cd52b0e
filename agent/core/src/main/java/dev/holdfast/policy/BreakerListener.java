package dev.holdfast.policy;

/** Told of each transition of a breaker, exactly once, by the thread that made it. Must be quick and must not throw. */
@FunctionalInterface
public interface BreakerListener {
    /** A listener that ignores all transitions. */
    BreakerListener NONE = (from, to, reason, now) -> {};

    /**
     * A transition happened.
     *
     * @param from the state before
     * @param to the state now
     * @param reason why
     * @param now when, in the time that the breaker is told
     */
    void transition(CircuitBreaker.State from, CircuitBreaker.State to, CircuitBreaker.Reason reason, long now);
}
