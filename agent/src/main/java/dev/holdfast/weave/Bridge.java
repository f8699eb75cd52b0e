package dev.holdfast.weave;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.net.URL;
import java.util.Map;
import java.util.Set;

/** Puts {@code java.net.HoldfastBridge} where woven code can link to it, and connects it with the client adapters. */
final class Bridge {
    private Bridge() {}

    /**
     * Defines {@code java.net.HoldfastBridge} inside {@code java.base} and connects it. {@code java.net} is opened to this module
     * for that, and to nobody else; nothing is appended to the boot class path, which would print a warning and switch
     * class-data sharing off for the application.
     *
     * @param instrumentation the JVM's
     * @param hooks the adapters
     * @return false: another instance was here before
     */
    static boolean install(Instrumentation instrumentation, Hooks hooks) {
        instrumentation.redefineModule(
                URL.class.getModule(),
                Set.of(),
                Map.of(),
                Map.of("java.net", Set.of(Bridge.class.getModule())),
                Set.of(),
                Map.of());
        try {
            MethodHandles.privateLookupIn(URL.class, MethodHandles.lookup()).defineClass(bridgeClass());
        } catch (LinkageError e) {
            // Defined already: another instance, which the check at the start did not see. Atomic only here.
            return false;
        } catch (Exception e) {
            throw new IllegalStateException("java.net cannot be entered: " + e, e);
        }
        Dispatcher.connect(hooks);
        return true;
    }

    private static byte[] bridgeClass() throws IOException {
        try (InputStream in = Bridge.class.getClassLoader().getResourceAsStream("java/net/HoldfastBridge.class")) {
            return in == null ? new byte[0] : in.readAllBytes();
        }
    }

    /** Takes the adapters off again: woven methods run as if they were not woven. */
    static void disconnect() {
        Dispatcher.disconnect();
    }
}
