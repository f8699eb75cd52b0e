package dev.holdfast.observe.meters;

import java.io.File;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.security.ProtectionDomain;

/** The isolated loader of the packaged agent, for programs that have it on their class path. */
final class PackedAgent {
    private PackedAgent() {}

    static ClassLoader loader() throws ReflectiveOperationException {
        Class<?> launch = Class.forName("dev.holdfast.launch.Premain");
        ProtectionDomain domain = launch.getProtectionDomain();
        File jar = new File(domain.getCodeSource().getLocation().getPath());
        Constructor<?> constructor = Class.forName("dev.holdfast.launch.IsolatedLoader")
                .getDeclaredConstructor(ClassLoader.class, File.class, ProtectionDomain.class);
        constructor.setAccessible(true);
        return (ClassLoader) constructor.newInstance(ClassLoader.getPlatformClassLoader(), jar, domain);
    }

    static Object field(Class<?> owner, String name) {
        try {
            return owner.getField(name).get(null);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** Calls a static method without arguments. */
    static Object invoke(Method method) {
        try {
            return method.invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
