package dev.holdfast.weave;

import dev.holdfast.instrumentation.ClientInstrumentation;
import java.io.IOException;
import java.io.InputStream;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;

/**
 * Defines the adapter for one copy of a library, where both the library, which an application's class loader has, and
 * Holdfast's own classes are to be seen. The names of the library in the adapter's classes are those of the copy.
 *
 * <p>It refers to the application's loader and is referred to by nothing but what that loader has: it is collected with
 * the application.
 */
final class ClientLoader extends ClassLoader {
    private static final String OWN = "dev.holdfast.";
    private static final String CLASS = ".class";

    static {
        registerAsParallelCapable();
    }

    private static final ProtectionDomain DOMAIN = ClientLoader.class.getProtectionDomain();

    private final ClassLoader core;
    private final @Nullable ClassLoader library;
    private final Relocations relocations;
    private final String adapterPackage;

    /**
     * A loader that has defined nothing yet.
     *
     * @param instrumentation the library's; its package is that of the adapter
     * @param library the application's loader, which has the library; null: the boot loader
     * @param relocations of the copy
     */
    ClientLoader(ClientInstrumentation instrumentation, @Nullable ClassLoader library, Relocations relocations) {
        super(instrumentation.getClass().getClassLoader());
        this.core = instrumentation.getClass().getClassLoader();
        this.library = library;
        this.relocations = relocations;
        this.adapterPackage = instrumentation.getClass().getPackageName() + '.';
    }

    /** Returns the package of the adapter's classes, with dots and one at the end. */
    String adapterPackage() {
        return adapterPackage;
    }

    /** Returns whether a class is one of the adapter's. */
    boolean isAdapter(String name) {
        return name.startsWith(adapterPackage);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (isAdapter(name)) {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
        }
        if (name.startsWith(OWN) || name.startsWith("java.")) {
            return core.loadClass(name);
        }
        try {
            return Class.forName(name, false, library);
        } catch (ClassNotFoundException e) {
            // A loader of OSGi sees those parts of the JDK that its bundle asked for.
            return getPlatformClassLoader().loadClass(name);
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        try {
            byte[] compiled = classfile(name);
            byte[] classfile =
                    relocations.areMoved() ? new ClassConstants(compiled).mapped(relocations::map) : compiled;
            return defineClass(name, classfile, 0, classfile.length, DOMAIN);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    /** Returns the class file of one of the adapter's classes, as it was compiled. */
    byte[] classfile(String name) throws IOException {
        try (InputStream in = core.getResourceAsStream(name.replace('.', '/') + CLASS)) {
            if (in == null) {
                throw new IOException(name + " is not packed");
            }
            return in.readAllBytes();
        }
    }

    @Override
    public String toString() {
        return "Holdfast's loader of " + adapterPackage + "*";
    }
}
