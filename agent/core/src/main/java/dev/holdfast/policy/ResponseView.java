package dev.holdfast.policy;

import org.jspecify.annotations.Nullable;

/** A response as far as the decision about a retry depends on it. Looking at it makes no client act. */
public interface ResponseView {
    /** The status code. */
    int status();

    /**
     * A header of the response.
     *
     * @param name compared without case
     * @return its first value, null if absent
     */
    @Nullable
    String header(String name);

    /** The text of the body, where that was held back to be looked at; null: it was not. */
    default @Nullable String body() {
        return null;
    }
}
