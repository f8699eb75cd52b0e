package dev.holdfast.policy;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * At most so many attempts at a time (a bulkhead). Who comes while all places are taken may queue; places are handed on
 * in the order of arrival. Lock-free and non-blocking: each caller decides how it waits for its {@link Ticket}.
 */
public final class ConcurrencyLimit {
    private volatile int max;
    private final AtomicInteger taken = new AtomicInteger();
    private final ConcurrentLinkedQueue<Ticket> queue = new ConcurrentLinkedQueue<>();

    /**
     * A limit with all places free.
     *
     * @param max the places, at least 1
     */
    public ConcurrencyLimit(int max) {
        this.max = max;
    }

    /**
     * Changes the number of places. Attempts that are under way keep theirs: where there are more of them than places,
     * nobody gets one before enough of them have ended.
     *
     * @param places at least 1
     */
    public void resize(int places) {
        max = places;
        handOn();
    }

    /** Takes a permit if one is free and the queue is empty. The caller returns it by {@link #release}. */
    public boolean tryAcquire() {
        return queue.isEmpty() && tryTake();
    }

    /** Queues for a place; the ticket may have it at once. */
    public Ticket enqueue() {
        Ticket ticket = new Ticket(this);
        queue.add(ticket);
        handOn();
        return ticket;
    }

    /** Gives a place back. */
    public void release() {
        taken.getAndDecrement();
        handOn();
    }

    /** Returns the number of permits that are held. */
    public int taken() {
        return taken.get();
    }

    /** Returns the number of queued attempts, in time proportional to it. */
    public int queued() {
        int waiting = 0;
        for (Ticket ticket : queue) {
            waiting += ticket.isWaiting() ? 1 : 0;
        }
        return waiting;
    }

    private boolean tryTake() {
        while (true) {
            int now = taken.get();
            if (now >= max) {
                return false;
            }
            if (taken.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    /**
     * Gives free places to those who queue. Whoever adds to the queue or frees a place calls this afterwards, so one of
     * the two sees both; a place that was taken for nobody is freed before the queue is looked at again.
     */
    private void handOn() {
        while (!queue.isEmpty() && tryTake()) {
            Ticket next = queue.poll();
            while (next != null && !next.grant()) {
                next = queue.poll();
            }
            if (next == null) {
                taken.getAndDecrement();
            }
        }
    }

    private void forgetCancelled() {
        // Waits end in the order of arrival, give or take, so those who gave up are in front.
        for (Ticket first = queue.peek(); first != null && first.isCancelled(); first = queue.peek()) {
            queue.remove(first);
        }
    }

    /** A place in the queue, and then a place. */
    public static final class Ticket {
        private static final Object GRANTED = new Object();
        private static final Object CANCELLED = new Object();

        private final ConcurrencyLimit limit;
        /** Null: waiting; a Runnable: waiting, and it is to be run; else one of the two ends. */
        private final AtomicReference<@Nullable Object> state = new AtomicReference<>();

        private Ticket(ConcurrencyLimit limit) {
            this.limit = limit;
        }

        /**
         * Has something run, once, when the place is there: by the thread that gave its own place back, so it must be
         * short; at once, if the place is there already. To be called once at most.
         */
        public void onGranted(Runnable action) {
            if (!state.compareAndSet(null, action) && state.get() == GRANTED) {
                action.run();
            }
        }

        /**
         * Gives up waiting.
         *
         * @return false: the place was granted before, and is the caller's to use or to release
         */
        public boolean cancel() {
            while (true) {
                Object now = state.get();
                if (now == GRANTED) {
                    return false;
                }
                if (now == CANCELLED || state.compareAndSet(now, CANCELLED)) {
                    limit.forgetCancelled();
                    return true;
                }
            }
        }

        private boolean grant() {
            while (true) {
                Object now = state.get();
                if (now == CANCELLED) {
                    return false;
                }
                if (state.compareAndSet(now, GRANTED)) {
                    if (now instanceof Runnable action) {
                        action.run();
                    }
                    return true;
                }
            }
        }

        private boolean isWaiting() {
            Object now = state.get();
            return now != GRANTED && now != CANCELLED;
        }

        private boolean isCancelled() {
            return state.get() == CANCELLED;
        }
    }
}
