package dev.holdfast.policy;

/** How far a policy goes. */
public enum Mode {
    /** Decide and act. */
    ENFORCE,
    /** Decide and count, change nothing: the application sees the first attempt. */
    OBSERVE,
    /** As if no policy were there. */
    OFF
}
