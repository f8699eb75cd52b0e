package dev.holdfast.instrumentation;

import dev.holdfast.call.Engine;
import dev.holdfast.call.ErrorReporter;
import dev.holdfast.fallback.FallbackStrategies;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The services that an adapter works with.
 *
 * @param engines gives the engine of the current configuration; null: no policies at the moment
 * @param fallbackStrategies what there is for calls that fail
 * @param errorReporter where trouble inside Holdfast is reported
 */
public record AdapterContext(
        Supplier<@Nullable Engine> engines, FallbackStrategies fallbackStrategies, ErrorReporter errorReporter) {}
