package dev.holdfast.call;

/** The stages of a call. */
enum CallStage {
    /** The call has not begun. */
    NEW,
    /** At least one attempt is under way. */
    SENT,
    /** The call waits between two attempts. */
    BACKING_OFF,
    /** An injected fault delays the attempt that was begun. */
    HELD_BACK,
    /** The next attempt waits for a limit. */
    AT_THE_GATE,
    /** The state in which no attempt follows: the call ends when the fallback strategies were asked. */
    FALLING_BACK,
    /** The call has ended. */
    DONE,
    /** The application has cancelled the call. */
    CANCELLED;

    /** Holds a driver to the protocol. */
    void expect(CallStage expected) {
        if (this != expected) {
            throw illegalTransition(expected.toString());
        }
    }

    /** The exception for a driver that does not keep the protocol. */
    IllegalStateException illegalTransition(String expected) {
        return new IllegalStateException("a session that is " + this + " was told what holds for " + expected);
    }
}
