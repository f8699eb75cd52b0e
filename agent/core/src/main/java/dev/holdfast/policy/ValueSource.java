package dev.holdfast.policy;

import org.jspecify.annotations.Nullable;

/**
 * The source of a setting's value, which decides how logs name it: a value of the configuration file as it is, and one
 * from outside the file, which may be a secret, by the name of what it comes from. Immutable.
 *
 * @param external the variable or system property that the value comes from; null: the file, or a default
 */
public record ValueSource(@Nullable String external) {
    /** The file itself, or a default. */
    public static final ValueSource FILE = new ValueSource(null);

    /** Returns whether the value comes from outside the file, and so is not to be shown. */
    public boolean isExternal() {
        return external != null;
    }

    /** Returns a value, or what stands for it. */
    public String shown(Object value) {
        return external == null ? value.toString() : "the value of " + external;
    }

    /**
     * Returns the reason why a value cannot be used. The message of an exception often repeats the value, so for one
     * from outside there is only what cannot hold it.
     *
     * @param safe a part of the message that cannot hold the value; null: none is known
     */
    public String reason(Throwable why, @Nullable String safe) {
        if (external == null) {
            return why.toString();
        }
        return why.getClass().getName() + (safe == null ? "" : ": " + safe);
    }
}
