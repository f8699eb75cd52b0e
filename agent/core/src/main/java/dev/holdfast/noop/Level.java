package dev.holdfast.noop;

/** The log levels that protobuf uses. */
public enum Level {
    /** The one level that it knows. */
    WARNING
}
