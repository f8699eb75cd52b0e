package dev.holdfast.weave;

import dev.holdfast.call.ErrorReporter;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;

/**
 * Weaves classes that have join points, and puts the bridge there before the first of them. A class that cannot be
 * woven stays as it is. Thread-safe.
 */
public final class Weaver {
    private enum State {
        NOT_BRIDGED,
        BRIDGED,
        OFF
    }

    private final Instrumentation instrumentation;
    private final Adapters adapters;
    private final ErrorReporter errorReporter;
    private State state = State.NOT_BRIDGED;
    private boolean linked;

    /**
     * A weaver that has done nothing yet.
     *
     * @param instrumentation the JVM's
     * @param adapters the clients and their adapters
     * @param errorReporter where trouble is said
     */
    public Weaver(Instrumentation instrumentation, Adapters adapters, ErrorReporter errorReporter) {
        this.instrumentation = instrumentation;
        this.adapters = adapters;
        this.errorReporter = errorReporter;
    }

    /**
     * Weaves a class of the JDK.
     *
     * @param internalName with slashes
     * @param classfile as the JDK has it
     * @return the woven class file, or null: leave the class as it is
     */
    public byte @Nullable [] weave(String internalName, byte[] classfile) {
        try {
            return bridge() ? ClassWeaver.weave(internalName, classfile, adapters, errorReporter) : null;
        } catch (RuntimeException | LinkageError e) {
            errorReporter.report("cannot weave " + internalName + "; its calls run without policies", e);
            return null;
        }
    }

    /**
     * Weaves a class of a library in an application's class loader.
     *
     * @param loader of the class
     * @param internalName with slashes
     * @param classfile as it is loaded
     * @param domain of the class
     * @return the woven class file, or null: leave the class as it is
     */
    public byte @Nullable [] weaveLibrary(
            ClassLoader loader, String internalName, byte[] classfile, @Nullable ProtectionDomain domain) {
        try {
            byte[] woven =
                    bridge() ? LibraryWeaver.weave(internalName, classfile, domain, adapters, errorReporter) : null;
            if (woven != null) {
                link();
                LibraryLink.checkVisible(loader);
            }
            return woven;
        } catch (RuntimeException | ClassNotFoundException | LinkageError e) {
            errorReporter.report("cannot weave " + internalName + "; its calls run without policies", e);
            return null;
        }
    }

    private synchronized void link() {
        if (!linked) {
            Bridge.defineLibraryLink(instrumentation);
            linked = true;
        }
    }

    private synchronized boolean bridge() {
        if (state == State.NOT_BRIDGED) {
            if (Bridge.install(instrumentation, adapters, errorReporter)) {
                state = State.BRIDGED;
            } else {
                state = State.OFF;
                errorReporter.report("is active in this JVM already; this instance weaves nothing", null);
            }
        }
        return state == State.BRIDGED;
    }
}
