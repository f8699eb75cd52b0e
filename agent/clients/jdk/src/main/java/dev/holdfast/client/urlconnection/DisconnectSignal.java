package dev.holdfast.client.urlconnection;

import org.jspecify.annotations.Nullable;

/**
 * Counts the disconnects of a call by the application. Called by the calling thread: same as the JDK's. Called by
 * another thread during a call: aborts it. One thread at a time enters and waits; any may disconnect.
 */
final class DisconnectSignal {
    private volatile int count;
    /** The count at the entry of the method that is running now. */
    private int before;

    private volatile @Nullable Runnable waiting;

    /** An entry that talks comes in. */
    void entered() {
        before = count;
    }

    /** The application disconnected: nobody waits any longer. */
    void add() {
        synchronized (this) {
            count++;
        }
        Runnable end = waiting;
        if (end != null) {
            end.run();
        }
    }

    /**
     * Returns whether another thread disconnected since the current entry came in: what fails then, fails because of
     * that.
     */
    boolean abandoned() {
        return count != before;
    }

    /**
     * A wait of the current entry's begins.
     *
     * @param end ends it, which a disconnect does; without effect where it has ended
     */
    void waiting(Runnable end) {
        waiting = end;
        if (abandoned()) {
            end.run();
        }
    }
}
