package dev.holdfast.call;

import org.jspecify.annotations.Nullable;

/** Reports errors inside Holdfast. Implementations are thread-safe, bounded in rate and size, and never throw. */
@FunctionalInterface
public interface ErrorReporter {
    /**
     * Says it.
     *
     * @param what what happened and what follows from it
     * @param cause what was thrown, or null
     */
    void report(String what, @Nullable Throwable cause);
}
