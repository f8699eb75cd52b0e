package dev.holdfast.simulation;

import dev.holdfast.observe.DurationFormat;

/**
 * A record of a simulated call: an event, and the wait in its text, which jitter may change.
 *
 * @param at since the call began
 * @param kind of what kind
 * @param text for people, up to the wait
 * @param delay -1 for none
 * @param rest what follows the wait
 */
record TimelineEvent(long at, Timeline.Kind kind, String text, long delay, String rest) {
    TimelineEvent(long at, Timeline.Kind kind, String text) {
        this(at, kind, text, -1, "");
    }

    /** With the wait as it is at the least and at the most. */
    Timeline.Event event(long least, long most) {
        if (delay < 0) {
            return new Timeline.Event(at, kind, text);
        }
        String range = least == most
                ? ""
                : " (" + DurationFormat.text(least) + " to " + DurationFormat.text(most) + " by jitter)";
        return new Timeline.Event(at, kind, text + DurationFormat.text(delay) + range + rest);
    }
}
