package dev.holdfast.call;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Accounts for the request bodies that are recorded for a replay, of all calls of a JVM together: each is bounded by
 * itself, but there may be any number of them. A body that finds no room is not recorded, and so can be sent once only.
 * What its call did not give back is given back by the garbage collector. Thread-safe; without a lock across anything
 * else.
 */
public final class ReplayMemory {
    private final AtomicLong used = new AtomicLong();
    /** Those that hold something: reachable from here, so that the collector's word about them arrives. */
    private final Set<Share> shares = ConcurrentHashMap.newKeySet();

    private final ReferenceQueue<Object> lost = new ReferenceQueue<>();

    /** Nothing is recorded yet. */
    public ReplayMemory() {}

    /**
     * The share of one recorded body, which holds nothing yet.
     *
     * @param recording what holds the bytes: with it the share is given back
     */
    public Share open(Object recording) {
        return new Share(recording);
    }

    /** Returns the number of bytes that all shares hold. */
    public long used() {
        for (Reference<?> one = lost.poll(); one != null; one = lost.poll()) {
            ((Share) one).close();
        }
        return used.get();
    }

    private boolean take(long more, long limit) {
        long before = used();
        while (before + more <= limit) {
            if (used.compareAndSet(before, before + more)) {
                return true;
            }
            before = used.get();
        }
        return false;
    }

    /** The memory that one recorded body holds. Thread-safe. */
    public final class Share extends WeakReference<Object> {
        private long held;
        private boolean closed;

        private Share(Object recording) {
            super(recording, lost);
        }

        /**
         * Takes memory.
         *
         * @param more how many bytes
         * @param limit how many all shares may hold together
         * @return false: there is no room, or the share was closed, and it holds what it held
         */
        public synchronized boolean take(long more, long limit) {
            if (closed || !ReplayMemory.this.take(more, limit)) {
                return false;
            }
            if (held == 0) {
                shares.add(this);
            }
            held += more;
            return true;
        }

        /** Gives back all that it holds. It takes nothing any more. */
        public synchronized void close() {
            if (!closed) {
                closed = true;
                shares.remove(this);
                used.addAndGet(-held);
                held = 0;
            }
        }
    }
}
