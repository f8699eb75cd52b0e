package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Step;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How often the application disconnected a call. From the thread that talks that is as harmless as the JDK's; from
 * another one while that talks or waits, the end of the call. One thread at a time enters and waits; any may
 * disconnect.
 */
final class DisconnectSignal {
    private final AtomicInteger count = new AtomicInteger();
    /** What the count was when the entry that now talks came in. */
    private int before;

    private volatile @Nullable CountDownLatch waiting;

    /** An entry that talks comes in. */
    void entered() {
        before = count.get();
    }

    /** The application disconnected: nobody waits any longer. */
    void add() {
        count.incrementAndGet();
        CountDownLatch wait = waiting;
        if (wait != null) {
            wait.countDown();
        }
    }

    /**
     * Returns whether another thread disconnected since the current entry came in: what fails then, fails because of
     * that.
     */
    boolean abandoned() {
        return count.get() != before;
    }

    /**
     * Waits for a time, or for a place to become free, unless the application disconnects first.
     *
     * @throws InterruptedException if the application ends the wait that way
     */
    void sleep(Step.Wait wait) throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        waiting = over;
        try {
            if (wait.ticket() != null) {
                wait.ticket().onGranted(over::countDown);
            }
            if (!abandoned()) {
                boolean unused = over.await(wait.nanos(), TimeUnit.NANOSECONDS);
            }
        } finally {
            waiting = null;
        }
    }
}
