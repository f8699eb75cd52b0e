package dev.holdfast.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * One call, played once.
 *
 * @param notes in order
 * @param attempts how many were sent
 * @param broken how many of them ended with a broken connection, after which a client of the JDK's may send once more
 * @param nanos how long it took
 */
record SimulatedCall(List<TimelineEvent> notes, int attempts, int broken, long nanos) {
    /** Returns whether the same happened, be it at other times. */
    boolean sameAs(SimulatedCall other) {
        if (notes.size() != other.notes.size()) {
            return false;
        }
        for (int i = 0; i < notes.size(); i++) {
            if (notes.get(i).kind() != other.notes.get(i).kind()) {
                return false;
            }
        }
        return true;
    }

    /** The events, with what the waits are at the least and at the most, where the same happens then. */
    List<Timeline.Event> events(SimulatedCall least, SimulatedCall most) {
        boolean comparable = sameAs(least) && sameAs(most);
        List<Timeline.Event> events = new ArrayList<>();
        for (int i = 0; i < notes.size(); i++) {
            TimelineEvent timelineEvent = notes.get(i);
            events.add(
                    comparable
                            ? timelineEvent.event(
                                    least.notes.get(i).delay(),
                                    most.notes.get(i).delay())
                            : timelineEvent.event(timelineEvent.delay(), timelineEvent.delay()));
        }
        return events;
    }
}
