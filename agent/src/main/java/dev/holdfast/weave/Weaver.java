package dev.holdfast.weave;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Compares the name of each class that the JVM loads with the few that have join points, and weaves on a hit. Only then
 * are the bridge class defined and {@link ClassWeaver} and Byte Buddy's ASM loaded: a program that never opens an HTTP
 * connection pays a few string comparisons. A class that cannot be woven stays as it is. Thread-safe.
 */
public final class Weaver implements ClassFileTransformer {
    private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();

    private final ClassLoader own = Weaver.class.getClassLoader();
    private final Instrumentation instrumentation;
    private final Hooks hooks;
    private final Defects defects;
    private final CountDownLatch programStarts;
    private final CountDownLatch needed;
    private boolean programStarted;
    private boolean bridged;

    /**
     * A weaver that is not installed yet.
     *
     * @param instrumentation the JVM's
     * @param hooks the client adapters that woven code shall reach
     * @param defects where trouble is said
     * @param programStarts counted down when the first class of the application is loaded: its main class
     * @param needed counted down when the first class with join points is
     */
    public Weaver(
            Instrumentation instrumentation,
            Hooks hooks,
            Defects defects,
            CountDownLatch programStarts,
            CountDownLatch needed) {
        this.instrumentation = instrumentation;
        this.hooks = hooks;
        this.defects = defects;
        this.programStarts = programStarts;
        this.needed = needed;
    }

    /**
     * Installs this weaver, and weaves those join points whose classes are loaded already (when the agent is attached, or
     * another agent was here first), one by one, so that one that fails does not take the others along.
     */
    public void install() {
        boolean canRetransform = instrumentation.isRetransformClassesSupported();
        instrumentation.addTransformer(this, canRetransform);
        if (!canRetransform) {
            return;
        }
        for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
            if (isJdk(loaded.getClassLoader()) && JoinPoint.has(loaded.getName().replace('.', '/'))) {
                LoadedClass.weave(loaded, instrumentation, defects);
            }
        }
    }

    /** Takes this weaver off again; what is woven already runs as if it were not. */
    public synchronized void remove() {
        instrumentation.removeTransformer(this);
        if (bridged) {
            Bridge.disconnect();
        }
    }

    private static boolean isJdk(@Nullable ClassLoader loader) {
        return loader == null || loader == PLATFORM;
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            @Nullable String className,
            @Nullable Class<?> classBeingRedefined,
            @Nullable ProtectionDomain protectionDomain,
            byte[] classfile) {
        if (className == null) {
            return null;
        }
        if (!isJdk(loader)) {
            programMayHaveStarted(loader);
            return null;
        }
        if (!JoinPoint.has(className)) {
            return null;
        }
        needed.countDown();
        try {
            return bridge() ? ClassWeaver.weave(className, classfile, defects) : null;
        } catch (RuntimeException | LinkageError e) {
            defects.report("cannot weave " + className + "; its calls run without policies", e);
            return null;
        }
    }

    private void programMayHaveStarted(@Nullable ClassLoader loader) {
        // Not volatile: at worst it is counted down twice.
        if (!programStarted && loader != own) {
            programStarted = true;
            programStarts.countDown();
        }
    }

    /** Puts the bridge there before the first class that leads to it. */
    private synchronized boolean bridge() {
        if (!bridged) {
            bridged = Bridge.install(instrumentation, hooks);
            if (!bridged) {
                defects.report("is active in this JVM already; this instance weaves nothing", null);
                instrumentation.removeTransformer(this);
            }
        }
        return bridged;
    }
}
