package dev.holdfast.inventory;

import org.jspecify.annotations.Nullable;

/**
 * A copy of an HTTP client that carries calls in this JVM.
 *
 * @param library which
 * @param packageName where in it the class was found by which it is known; not the library's own where it is relocated
 * @param version as the package tells it; null: it does not
 */
public record ClientInUse(
        HttpClientLibrary library,
        String packageName,
        @Nullable String version) {}
