package dev.holdfast.runtime;

import java.lang.instrument.Instrumentation;
import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for {@link ClassLoadSignals} among the classes that are loaded, while no transformer sees them as they are
 * loaded. To go through all classes takes milliseconds in a large program, so that is done only when the package of one
 * that is looked for is there; to ask for a package is one look into a hash table of the JVM's. Not thread-safe.
 */
final class LoadedClasses {
    private static final String MANAGEMENT_PACKAGE = "javax.management";
    private static final String MANAGEMENT = MANAGEMENT_PACKAGE + ".MBeanServerFactory";
    private static final String REGISTRY_PACKAGE = "io.micrometer.core.instrument";
    private static final String REGISTRY = REGISTRY_PACKAGE + ".Metrics";

    /** The number of looks from one that walks the application's class loaders to the next. */
    private static final int LOOKS_PER_REGISTRY = 10;

    private final Instrumentation instrumentation;
    private final ClassLoadSignals signals;
    private final @Nullable Module management =
            ModuleLayer.boot().findModule("java.management").orElse(null);
    private int looks;

    LoadedClasses(Instrumentation instrumentation, ClassLoadSignals signals) {
        this.instrumentation = instrumentation;
        this.signals = signals;
    }

    /**
     * Looks for classes that the program has loaded. Called about once a second.
     *
     * @param registries whether the application's Micrometer is looked for, which takes longer, and is done less often
     */
    void look(boolean registries) {
        if (management != null && signals.managementStarts().getCount() > 0 && isLoaded(MANAGEMENT_PACKAGE)) {
            lookForManagement(management);
        }
        if (registries && looks++ % LOOKS_PER_REGISTRY == 0) {
            lookForRegistries();
        }
    }

    /**
     * Returns whether the boot loader has loaded any class of a package. No other public method tells without loading
     * one.
     */
    @SuppressWarnings("deprecation") // it is so for its other results, which depend on who calls
    private static boolean isLoaded(String packageName) {
        return Package.getPackage(packageName) != null;
    }

    private void lookForManagement(Module module) {
        for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
            // First a look at the module: a class that is asked for its name keeps a copy of it.
            if (loaded.getModule() == module && loaded.getName().equals(MANAGEMENT)) {
                signals.managementStarts().countDown();
            }
        }
    }

    private void lookForRegistries() {
        Set<ClassLoader> asked = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<ClassLoader> found = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
            ClassLoader loader = loaded.getClassLoader();
            if (loader == null || loader == LoadedClasses.class.getClassLoader()) {
                continue;
            }
            if (asked.add(loader) && loader.getDefinedPackage(REGISTRY_PACKAGE) != null) {
                found.add(loader);
            }
            if (found.contains(loader) && loaded.getName().equals(REGISTRY)) {
                signals.registries().add(new WeakReference<>(loader));
            }
        }
    }
}
