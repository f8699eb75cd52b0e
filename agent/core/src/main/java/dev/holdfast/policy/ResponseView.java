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

    /**
     * One of the values of a header that a response may have several times.
     *
     * @param name compared without case
     * @param index from 0, in the order in which they came
     * @return null where there are no more
     */
    default @Nullable String header(String name, int index) {
        return index == 0 ? header(name) : null;
    }

    /** The text of the body, where that was held back to be looked at; null: it was not. */
    default @Nullable String body() {
        return null;
    }
}
