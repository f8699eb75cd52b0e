package dev.holdfast.weave;

import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;

/** Weaves a class that is loaded already. Apart from {@link Weaver}, since most starts have none. */
final class LoadedClass {
    private LoadedClass() {}

    static void weave(Class<?> loaded, Instrumentation instrumentation, Defects defects) {
        try {
            instrumentation.retransformClasses(loaded);
        } catch (UnmodifiableClassException | RuntimeException | LinkageError e) {
            defects.report("cannot weave " + loaded.getName() + "; its calls run without policies", e);
        }
    }
}
