package dev.holdfast.fallback;

import dev.holdfast.call.Privileges;
import java.lang.reflect.Field;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a TLS context is the JVM's own, made of its system properties, which mean the same in another JVM. One
 * that {@code SSLContext.setDefault} put in its place is not.
 *
 * <p>A socket factory does not say whose it is, and {@code SSLSocketFactory.getDefault()} gives a new one at each call;
 * so the context is read from the JDK's factory, from a field that the agent opens for this module. Where that fails,
 * the factory is taken for an application's.
 */
final class DefaultTlsContext {
    private static final String FACTORY = "sun.security.ssl.SSLSocketFactoryImpl";
    private static final String DEFAULT_CONTEXT = "sun.security.ssl.SSLContextImpl$DefaultSSLContext";

    /** Null until looked for; then of the class whose instances are looked at. */
    private static volatile @Nullable Field context;

    private static volatile boolean closed;

    private DefaultTlsContext() {}

    /** Returns whether a context is the one that the JVM makes of its system properties. */
    static boolean isDefault(SSLContext candidate) {
        return candidate.getClass() == SSLContext.class
                && candidate.getProtocol().equals("Default")
                && candidate.getProvider().getName().equals("SunJSSE");
    }

    /** Returns whether a factory belongs to the context that the JVM makes of its system properties. */
    static boolean isDefault(SSLSocketFactory factory) {
        if (closed || !factory.getClass().getName().equals(FACTORY)) {
            return false;
        }
        try {
            Field field = context;
            if (field == null) {
                field = open(factory.getClass());
                context = field;
            }
            Object behind = field.get(factory);
            return behind != null && behind.getClass().getName().equals(DEFAULT_CONTEXT);
        } catch (ReflectiveOperationException | RuntimeException e) {
            closed = true;
            return false;
        }
    }

    private static Field open(Class<?> factory) throws NoSuchFieldException {
        Field field = factory.getDeclaredField("context");
        Object unused = Privileges.withOwnPrivileges(() -> {
            field.setAccessible(true);
            return field;
        });
        return field;
    }
}
