package dev.holdfast.client.urlconnection;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/** Tells whether a thread is a virtual one, on a Java that may know none (before 21). */
final class VirtualThreads {
    private static final @Nullable MethodHandle IS_VIRTUAL = isVirtual();

    private VirtualThreads() {}

    private static @Nullable MethodHandle isVirtual() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (ReflectiveOperationException e) {
            return null; // an older Java
        }
    }

    /**
     * Returns whether an exception on the current thread comes of an interrupt, which closes the socket of a virtual
     * one.
     */
    static boolean interruptedSocket(@Nullable Exception raised) {
        return raised instanceof SocketException && Thread.currentThread().isInterrupted() && isCurrent();
    }

    /** Returns whether the current thread is one. */
    static boolean isCurrent() {
        if (IS_VIRTUAL == null) {
            return false;
        }
        try {
            return (boolean) IS_VIRTUAL.invokeExact(Thread.currentThread());
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
