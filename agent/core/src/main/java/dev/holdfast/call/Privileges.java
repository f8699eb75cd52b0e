package dev.holdfast.call;

import java.security.AccessControlContext;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The privileges that code runs with, on a Java version that may have a security manager (17 to 23).
 *
 * <p>Two things differ from an ordinary program's code. What Holdfast needs for itself, such as a thread, it must be
 * able to do in the middle of a call of an application that may not. And what an application's call does on another
 * thread, such as the next attempt after a wait, must be allowed neither more nor less than on the application's own:
 * the threads of the JDK's common pool are allowed nothing at all then.
 *
 * <p>There is a second reason for the first, which holds without a security manager too: up to Java 23 a thread keeps
 * the protection domains of everybody on the stack that made it, and so the class loader of whatever application was
 * the first to wait for a retry, long after it was undeployed.
 */
public final class Privileges {
    private static final boolean ENFORCED = Runtime.version().feature() < 24;

    private Privileges() {}

    /**
     * Does something with Holdfast's own rights, and with nobody else's protection domain on the stack. Never anything
     * that an application asked for.
     */
    public static <T> T withOwnPrivileges(Supplier<T> action) {
        return ENFORCED ? Checked.ours(action) : action.get();
    }

    /**
     * A daemon that belongs to nobody: of a thread group beside the application's, without context class loader or
     * inherited thread-locals.
     */
    public static Thread thread(Runnable work, String name) {
        return withOwnPrivileges(() -> {
            Thread thread = new Thread(Group.OURS, work, name, 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            return thread;
        });
    }

    /**
     * Not the outermost group itself: the threads that a call's own code makes on one of ours are of the same group,
     * and a security manager asks for a permission where that is the outermost. (On a machine with at most two
     * processors {@code CompletableFuture} makes a thread for each asynchronous task.)
     */
    private static final class Group {
        static final ThreadGroup OURS = new ThreadGroup(outermost(), "holdfast");

        private Group() {}

        private static ThreadGroup outermost() {
            ThreadGroup group = Thread.currentThread().getThreadGroup();
            while (group.getParent() != null) {
                group = group.getParent();
            }
            return group;
        }
    }

    /**
     * An executor whose tasks run with the rights of the calling thread, as they are now. The same executor where there
     * is no security manager.
     */
    public static Executor withCallerPrivileges(Executor executor) {
        return ENFORCED && Checked.isOn() ? Checked.withCallerPrivileges(executor) : executor;
    }

    /** Apart, so that a Java in which none of this is left does not come across it. */
    @SuppressWarnings("removal") // deprecated for removal since 17, and the only way there
    private static final class Checked {
        private Checked() {}

        static boolean isOn() {
            return System.getSecurityManager() != null;
        }

        static <T> T ours(Supplier<T> action) {
            return AccessController.doPrivileged(new Own<>(action));
        }

        /** The action as the JDK wants it. No lambda: a program's first call comes through here. */
        private record Own<T>(Supplier<T> action) implements PrivilegedAction<T> {
            @Override
            public T run() {
                return action.get();
            }
        }

        static Executor withCallerPrivileges(Executor executor) {
            AccessControlContext rights = AccessController.getContext();
            return task -> executor.execute(() -> AccessController.doPrivileged(
                    (PrivilegedAction<Void>) () -> {
                        task.run();
                        return null;
                    },
                    rights));
        }
    }
}
