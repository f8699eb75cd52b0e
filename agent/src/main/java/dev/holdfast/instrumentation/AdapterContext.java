package dev.holdfast.instrumentation;

import dev.holdfast.call.Defects;
import dev.holdfast.call.Engine;
import dev.holdfast.fallback.Fallbacks;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an adapter works with.
 *
 * @param engines gives the engine of the current configuration; null: no policies at the moment
 * @param fallbacks what there is for calls that fail
 * @param defects where trouble inside Holdfast is reported
 */
public record AdapterContext(Supplier<@Nullable Engine> engines, Fallbacks fallbacks, Defects defects) {}
