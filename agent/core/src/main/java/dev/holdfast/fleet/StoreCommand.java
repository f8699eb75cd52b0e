package dev.holdfast.fleet;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Something that the store is asked, or told.
 *
 * @param <T> the type of the answer
 */
@FunctionalInterface
public interface StoreCommand<T> {
    /**
     * Does it, on a thread of the {@link StoreClient}.
     *
     * @return null: there is none
     * @throws IOException the store did not answer, or with an error
     */
    @Nullable
    T on(StoreConnection connection) throws IOException;
}
