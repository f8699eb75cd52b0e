package dev.holdfast.weave;

import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientInstrumentation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The clients that are woven, and what their adapters work with. Implementations are thread-safe and never throw. */
public interface Adapters {
    /** All clients. Asked for when the first of their classes is woven. */
    List<ClientInstrumentation> clients();

    /**
     * Returns whether a client is switched off, as far as is known by now: its classes stay as they are. What is woven
     * before that is known, or stays so, runs as if it were not.
     */
    boolean isOff(ClientInstrumentation client);

    /**
     * Returns what the adapter of a client works with. Asked for when a woven method runs and its client has no adapter
     * yet. May wait, bounded, until the configuration is read.
     *
     * @return null: there is none at the moment; the original method runs
     */
    @Nullable
    AdapterContext context(ClientInstrumentation client);
}
