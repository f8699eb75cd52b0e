package dev.holdfast.weave;

import dev.holdfast.call.ErrorReporter;
import dev.holdfast.instrumentation.ClientInstrumentation;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.net.URL;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts {@code sun.net.www.HoldfastBridge} where woven code of the JDK can link to it, and connects it with the client
 * adapters.
 */
final class Bridge {
    private static final String PACKAGE = "sun.net.www";

    /** Loaded by every program: {@code java.net.URL} needs it. */
    private static final String NEIGHBOUR = PACKAGE + ".ParseUtil";

    /** The package of the JDK's own socket factories. */
    private static final String TLS = "sun.security.ssl";

    private Bridge() {}

    /**
     * Defines {@code sun.net.www.HoldfastBridge} inside {@code java.base} and connects it. Its package is exported to
     * the modules of the clients (by the JDK already, on 17 and 25) and opened to this module, and to nobody else: no
     * application can link to the class, subclass it or reflect on it. Nothing is appended to the boot class path,
     * which would print a warning and switch class-data sharing off for the application.
     *
     * <p>This is the border that the JDK itself has. It does not stop code that changes the classes of this module,
     * which is an unnamed one as an application's is: without a security manager, deep reflection is open to everybody
     * there.
     *
     * @param instrumentation the JVM's
     * @param adapters the clients and their adapters
     * @param errorReporter where trouble is reported
     * @return false: another instance was here before
     */
    static boolean install(Instrumentation instrumentation, Adapters adapters, ErrorReporter errorReporter) {
        Module own = Bridge.class.getModule();
        Set<Module> users = new HashSet<>();
        users.add(own);
        for (ClientInstrumentation client : adapters.clients()) {
            Module module = ModuleLayer.boot().findModule(client.module()).orElse(null);
            if (module != null) {
                users.add(module);
            }
        }
        instrumentation.redefineModule(
                Object.class.getModule(),
                Set.of(),
                Map.of(PACKAGE, users),
                opened(Object.class.getModule(), own),
                Set.of(),
                Map.of());
        try {
            define("HoldfastBridge");
        } catch (LinkageError e) {
            // Defined already: another instance, which the check at the start did not see. Atomic only here.
            return false;
        } catch (Exception e) {
            throw new IllegalStateException("java.base cannot be entered: " + e, e);
        }
        Dispatcher.connect(instrumentation, adapters, errorReporter);
        return true;
    }

    /** The packages that this module looks into: those of TLS only to tell whose a socket factory is. */
    private static Map<String, Set<Module>> opened(Module base, Module own) {
        Set<Module> us = Set.of(own);
        return base.getPackages().contains(TLS) ? Map.of(PACKAGE, us, TLS, us) : Map.of(PACKAGE, us);
    }

    /** Defines what an adapter needs beside the bridge. */
    static void define(List<String> classes) {
        try {
            for (String simpleName : classes) {
                define(simpleName);
            }
        } catch (Exception e) {
            throw new IllegalStateException("java.base cannot be entered: " + e, e);
        }
    }

    private static void define(String simpleName) throws Exception {
        defineBeside(Class.forName(NEIGHBOUR, false, null), packed(simpleName));
    }

    private static void defineBeside(Class<?> neighbour, byte[] classfile) throws IllegalAccessException {
        MethodHandles.privateLookupIn(neighbour, MethodHandles.lookup()).defineClass(classfile);
    }

    /**
     * Defines {@link LibraryLink} where the class loaders of applications see it, those of OSGi too: in a {@code java}
     * package.
     */
    static void defineLibraryLink(Instrumentation instrumentation) {
        instrumentation.redefineModule(
                Object.class.getModule(),
                Set.of(),
                Map.of(),
                Map.of(LibraryLink.PACKAGE, Set.of(Bridge.class.getModule())),
                Set.of(),
                Map.of());
        try {
            defineBeside(URL.class, LibraryLink.classfile());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("java.base cannot be entered: " + e, e);
        }
    }

    private static byte[] packed(String simpleName) throws IOException {
        String file = PACKAGE.replace('.', '/') + '/' + simpleName + ".class";
        try (InputStream in = Bridge.class.getClassLoader().getResourceAsStream(file)) {
            return in == null ? new byte[0] : in.readAllBytes();
        }
    }
}
