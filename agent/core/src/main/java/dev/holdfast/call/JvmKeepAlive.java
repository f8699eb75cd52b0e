package dev.holdfast.call;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the JVM alive during the waits of calls that a client carries out on threads which do so: while such a call
 * waits for its next attempt it has no thread, and Holdfast's own are daemons. One thread without the daemon flag,
 * {@code holdfast-alive}, for as long as there is such a wait. Thread-safe.
 */
final class JvmKeepAlive {
    private int calls;
    private @Nullable Thread thread;

    /** A call begins to wait. Where no thread is to be had, the JVM may end before the call does. */
    synchronized void begin() {
        calls++;
        if (thread == null) {
            try {
                Thread made = Privileges.thread(this::stay, "holdfast-alive");
                Privileges.withOwnPrivileges(() -> {
                    made.setDaemon(false);
                    made.start();
                    return made;
                });
                thread = made;
            } catch (OutOfMemoryError e) {
                thread = null; // the call goes on without
            }
        }
    }

    /** A call has ended. */
    synchronized void end() {
        calls--;
        if (calls == 0) {
            thread = null; // a call that begins now gets another one
            notifyAll();
        }
    }

    private synchronized void stay() {
        while (thread == Thread.currentThread()) {
            try {
                wait();
            } catch (InterruptedException e) {
                // Somebody who interrupts all threads of a program does not mean this one.
            }
        }
    }
}
