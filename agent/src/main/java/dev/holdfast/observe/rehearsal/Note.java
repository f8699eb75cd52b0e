package dev.holdfast.observe.rehearsal;

import dev.holdfast.observe.Spans;

/**
 * What is noted while a call is played: an event, and the wait in its text, which jitter may change.
 *
 * @param at since the call began
 * @param kind of what kind
 * @param text for people, up to the wait
 * @param delay -1 for none
 * @param rest what follows the wait
 */
record Note(long at, Timeline.Kind kind, String text, long delay, String rest) {
    Note(long at, Timeline.Kind kind, String text) {
        this(at, kind, text, -1, "");
    }

    /** With the wait as it is at the least and at the most. */
    Timeline.Event event(long least, long most) {
        if (delay < 0) {
            return new Timeline.Event(at, kind, text);
        }
        String range = least == most ? "" : " (" + Spans.text(least) + " to " + Spans.text(most) + " by jitter)";
        return new Timeline.Event(at, kind, text + Spans.text(delay) + range + rest);
    }
}
