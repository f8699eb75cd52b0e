package dev.holdfast.simulation;

import java.util.List;

/**
 * The events of simulated calls. Immutable.
 *
 * @param calls one after the other
 */
public record Timeline(List<Call> calls) {
    /** Copies the list. */
    public Timeline {
        calls = List.copyOf(calls);
    }

    /**
     * One call of the program.
     *
     * @param number from 1
     * @param events in the order in which they happen
     * @param attempts how many attempts were sent
     * @param mostRequests how many requests the server may see: an attempt whose connection breaks before the response
     *     may be two, as the JDK's clients send some requests once more by themselves
     * @param nanos how long the call took, with the waits in the middle of what their jitter allows
     * @param shortestNanos how long it takes at least
     * @param longestNanos how long it takes at most
     * @param jitterDecides whether another jitter leads to other events, not only to other times
     */
    public record Call(
            int number,
            List<Event> events,
            int attempts,
            int mostRequests,
            long nanos,
            long shortestNanos,
            long longestNanos,
            boolean jitterDecides) {
        /** Copies the list. */
        public Call {
            events = List.copyOf(events);
        }
    }

    /**
     * Something that happens.
     *
     * @param atNanos since the call began
     * @param kind of what kind
     * @param text for people
     */
    public record Event(long atNanos, Kind kind, String text) {}

    /** The kind of an event. */
    public enum Kind {
        /** A request is sent. */
        SENT,
        /** An attempt ends, well or not. */
        OUTCOME,
        /** The next attempt has to wait. */
        WAIT,
        /** There is no other attempt, and why. */
        NO_RETRY,
        /** The breaker or a limit lets an attempt not pass. */
        REJECTED,
        /** The breaker changes its state. */
        BREAKER,
        /** The fallback strategies are asked. */
        FALLBACK,
        /** The result that the program gets. */
        END
    }
}
