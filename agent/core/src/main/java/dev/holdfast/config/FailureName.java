package dev.holdfast.config;

import dev.holdfast.policy.ErrorKind;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a list of failures: a status code, a kind of failure, or the name of an exception class.
 *
 * @param text the entry as the file has it
 * @param status the status code; 0 if it is none
 * @param kind the kind; null if it is none
 */
record FailureName(String text, int status, @Nullable ErrorKind kind) {
    /** Puts the entry into the set that it belongs to. */
    void addTo(Set<Integer> statuses, Set<ErrorKind> kinds, Set<String> classes) {
        if (status != 0) {
            statuses.add(status);
        } else if (kind != null) {
            kinds.add(kind);
        } else {
            classes.add(text);
        }
    }

    /** Returns the value as TOML has it. */
    @Override
    public String toString() {
        return status != 0 ? text : MessageText.quoted(text);
    }
}
