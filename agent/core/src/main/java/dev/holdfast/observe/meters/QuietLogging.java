package dev.holdfast.observe.meters;

import io.micrometer.common.util.internal.logging.InternalLogger;
import io.micrometer.common.util.internal.logging.InternalLoggerFactory;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Keeps Micrometer from the application's logging: left alone it would take {@code java.util.logging}, and so start the
 * application's log manager for it. Nothing that it has to say is of use to an operator.
 */
final class QuietLogging {
    private QuietLogging() {}

    /**
     * Installs the silent logger. Called before anything else of Micrometer is touched; further calls have no effect.
     */
    static void install() {
        InternalLoggerFactory.setDefaultFactory(new InternalLoggerFactory() {
            @Override
            protected InternalLogger newInstance(String name) {
                return logger(name);
            }
        });
    }

    private static InternalLogger logger(String name) {
        InvocationHandler quiet = (proxy, method, arguments) -> switch (method.getName()) {
            case "name", "toString" -> name;
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> proxy == arguments[0];
            default -> method.getReturnType() == boolean.class ? false : null;
        };
        return (InternalLogger) Proxy.newProxyInstance(
                QuietLogging.class.getClassLoader(), new Class<?>[] {InternalLogger.class}, quiet);
    }
}
