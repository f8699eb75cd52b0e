package dev.holdfast.cli.scan;

import dev.holdfast.inventory.HttpClientLibrary;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP client that an archive contains, or one of the JDK's that its classes use.
 *
 * @param library which
 * @param where the path to the archive within the one that was scanned; empty: in that itself
 * @param packageName of the class by which it is known
 * @param relocated whether that is not the library's own
 * @param version as the archive tells it; null: it does not, or it is the JDK's
 * @param classes how many classes use it, where it is the JDK's; else 0
 */
public record Finding(
        HttpClientLibrary library,
        String where,
        String packageName,
        boolean relocated,
        @Nullable String version,
        int classes) {}
