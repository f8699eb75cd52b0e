package dev.holdfast.runtime;

import java.lang.ref.WeakReference;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/**
 * The signals in the names of the classes that the program loads: it uses something that must not be touched before the
 * program itself does. The launch classes see it while they look at these names anyway, and {@link LoadedClasses} at
 * other times.
 *
 * @param managementStarts down once somebody wants an MBean server
 * @param recordingStarts down once somebody records events, or may be about to
 * @param registries loaders that have loaded Micrometer's global registry; whoever takes one out sees to it
 * @param loadedClasses gives all classes that are loaded, which takes milliseconds
 */
record ClassLoadSignals(
        CountDownLatch managementStarts,
        CountDownLatch recordingStarts,
        Queue<WeakReference<ClassLoader>> registries,
        Supplier<Class<?>[]> loadedClasses) {}
