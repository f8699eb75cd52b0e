package dev.holdfast.inventory;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the HTTP clients that carry calls in this JVM, among the classes that are loaded. A class that is loaded is
 * not a client that sends: frameworks load many just to see whether they are there. What tells is a class that carries
 * a call ({@link HttpClientLibrary#carriers}).
 *
 * <p>One look takes a few milliseconds and leaves next to nothing behind. The JVM makes a string for the name of each
 * class that is asked for it, and keeps it with the class: for tens of thousands that would be megabytes. So the class
 * loaders are asked for their packages first, and only classes of those that have one that may hold a carrier for their
 * names. No code of the program is called, and nothing of it is loaded. Thread-safe.
 */
public final class LoadedClients {
    private static final int MOST = 50;
    private static final int LONGEST_VERSION = 40;

    private final Supplier<Class<?>[]> loaded;
    private final Set<ClientInUse> found = new LinkedHashSet<>();

    /**
     * Nothing was looked for yet.
     *
     * @param loaded gives the classes that are loaded
     */
    public LoadedClients(Supplier<Class<?>[]> loaded) {
        this.loaded = loaded;
    }

    /** Those that were ever found, at most {@value #MOST}. */
    public synchronized List<ClientInUse> known() {
        return List.copyOf(found);
    }

    /** Looks once more. */
    public synchronized void look() {
        Class<?>[] classes = loaded.get();
        Set<ClassLoader> candidates = candidates(classes);
        if (candidates.isEmpty()) {
            return;
        }
        for (Class<?> type : classes) {
            ClassLoader loader = type.getClassLoader();
            if (loader == null || type.isArray() || !candidates.contains(loader) || found.size() >= MOST) {
                continue;
            }
            HttpClientLibrary library = HttpClientLibraries.byCarrier(type.getName());
            if (library != null) {
                found.add(new ClientInUse(library, HttpClientLibrary.packageOf(type.getName()), version(type)));
            }
        }
    }

    /** By identity: a loader's own {@code hashCode} would be code of the program. */
    private static Set<ClassLoader> candidates(Class<?>[] classes) {
        Set<ClassLoader> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        // Neither the JDK nor the agent is a library of the program's.
        seen.add(ClassLoader.getPlatformClassLoader());
        ClassLoader own = LoadedClients.class.getClassLoader();
        if (own != ClassLoader.getSystemClassLoader()) {
            seen.add(own);
        }
        Set<ClassLoader> candidates = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Class<?> type : classes) {
            ClassLoader loader = type.getClassLoader();
            if (loader != null && seen.add(loader) && mayCarry(loader)) {
                candidates.add(loader);
            }
        }
        return candidates;
    }

    private static boolean mayCarry(ClassLoader loader) {
        for (Package defined : loader.getDefinedPackages()) {
            if (HttpClientLibraries.mayCarry(defined.getName())) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable String version(Class<?> type) {
        Package of = type.getPackage();
        String version = of == null ? null : of.getImplementationVersion();
        return version == null || !version.matches("[\\w.+-]{1," + LONGEST_VERSION + "}") ? null : version;
    }
}
