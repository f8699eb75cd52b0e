package dev.holdfast.policy;

/** The mode of a policy: act, only count, or do nothing. */
public enum Mode {
    /** Decide and act. */
    ENFORCE,
    /** Decide and count, change nothing: the application sees the first attempt. */
    OBSERVE,
    /** The call runs as if it had no policy. */
    OFF
}
