package dev.holdfast.observe;

import java.util.Locale;

/** The state of the policies: in force, or the reason why none is. A closed set: it is a label of a meter. */
public enum Activity {
    /** Policies are in force. */
    ACTIVE,
    /** The run-time switch is off, or the mode of every policy in the file. */
    OFF,
    /** The file is good and defines no policy; it may be empty. */
    NO_POLICIES,
    /** There is no file, and there has been none since the start that could be used. */
    FILE_MISSING,
    /** There is a file that cannot be read, and there has been none since the start that could be used. */
    FILE_UNREADABLE,
    /** The file has errors, and there has been none since the start that could be used. */
    FILE_INVALID;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** Returns whether a file could be used since the start: the last one that could is in force. */
    public boolean fileUsed() {
        return this == ACTIVE || this == OFF || this == NO_POLICIES;
    }

    /** The reason as a label and as JSON have it, such as {@code file_missing}. */
    public String label() {
        return label;
    }
}
