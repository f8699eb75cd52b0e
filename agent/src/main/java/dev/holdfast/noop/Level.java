package dev.holdfast.noop;

/** How loud protobuf would like to be. */
public enum Level {
    /** The one level that it knows. */
    WARNING
}
