package dev.holdfast.policy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The latest outcomes, of a number of calls or of a stretch of time, as rates. Lock-free; once no call is recording, the
 * counts are exact.
 */
abstract sealed class OutcomeWindow {
    /**
     * A window of either kind.
     *
     * @param calls its size in calls, 0 for one of time
     * @param nanos its length, where it is one of time
     */
    static OutcomeWindow of(int calls, long nanos) {
        return calls > 0 ? new OfCalls(calls) : new OfTime(nanos);
    }

    /** Adds an outcome. */
    abstract void record(boolean failure, boolean slow, long now);

    /** Whether there may be anything but fast successes: if not, no rate needs to be looked at. */
    abstract boolean mayBeBad(long now);

    /** What is in the window. */
    abstract Counts counts(long now);

    /** A window's contents: how many calls, and how many of them failed or were slow. */
    record Counts(long calls, long failures, long slow) {}

    /**
     * The last N calls: a ring of outcomes and running totals. A call that finds its own outcome in the place of the one
     * that it pushes out, which is every call while all is well, changes nothing but the ring's position.
     */
    private static final class OfCalls extends OutcomeWindow {
        private static final int USED = 1;
        private static final int FAILURE = 2;
        private static final int SLOW = 4;

        private final AtomicIntegerArray ring;
        private final AtomicLong position = new AtomicLong();
        /** Failures in the upper half, slow calls in the lower: read and changed together. */
        private final AtomicLong totals = new AtomicLong();

        OfCalls(int size) {
            ring = new AtomicIntegerArray(size);
        }

        @Override
        void record(boolean failure, boolean slow, long now) {
            int outcome = USED | (failure ? FAILURE : 0) | (slow ? SLOW : 0);
            int place = (int) (position.getAndIncrement() % ring.length());
            if (ring.get(place) == outcome) {
                return;
            }
            long change = worth(outcome) - worth(ring.getAndSet(place, outcome));
            if (change != 0) {
                totals.addAndGet(change);
            }
        }

        private static long worth(int outcome) {
            return ((outcome & FAILURE) != 0 ? 1L << 32 : 0) + ((outcome & SLOW) != 0 ? 1 : 0);
        }

        @Override
        boolean mayBeBad(long now) {
            return totals.get() != 0;
        }

        @Override
        Counts counts(long now) {
            long both = totals.get();
            return new Counts(Math.min(position.get(), ring.length()), both >> 32, both & 0xFFFFFFFFL);
        }
    }

    /** The calls of the last while, in {@value #BUCKETS} buckets; the oldest bucket leaves as a whole. */
    private static final class OfTime extends OutcomeWindow {
        private static final int BUCKETS = 10;

        private final long bucketNanos;
        private final AtomicReferenceArray<@Nullable Bucket> ring = new AtomicReferenceArray<>(BUCKETS);
        private volatile boolean anyBad;
        private volatile long lastBad;

        OfTime(long nanos) {
            bucketNanos = Math.max(1, nanos / BUCKETS);
        }

        @Override
        void record(boolean failure, boolean slow, long now) {
            Bucket bucket = bucket(Math.floorDiv(now, bucketNanos));
            bucket.calls.getAndIncrement();
            if (failure) {
                bucket.failures.getAndIncrement();
            }
            if (slow) {
                bucket.slow.getAndIncrement();
            }
            if (failure || slow) {
                lastBad = now;
                anyBad = true;
            }
        }

        private Bucket bucket(long epoch) {
            int place = (int) Math.floorMod(epoch, (long) BUCKETS);
            while (true) {
                Bucket there = ring.get(place);
                if (there != null && there.epoch - epoch >= 0) {
                    return there; // the right one, or a newer one: a call told of the past counts for now
                }
                Bucket fresh = new Bucket(epoch);
                if (ring.compareAndSet(place, there, fresh)) {
                    return fresh;
                }
            }
        }

        @Override
        boolean mayBeBad(long now) {
            return anyBad && now - lastBad <= bucketNanos * BUCKETS;
        }

        @Override
        Counts counts(long now) {
            long newest = Math.floorDiv(now, bucketNanos);
            long calls = 0;
            long failures = 0;
            long slow = 0;
            for (int i = 0; i < BUCKETS; i++) {
                Bucket bucket = ring.get(i);
                if (bucket != null && newest - bucket.epoch < BUCKETS) {
                    calls += bucket.calls.get();
                    failures += bucket.failures.get();
                    slow += bucket.slow.get();
                }
            }
            return new Counts(calls, failures, slow);
        }

        private static final class Bucket {
            final long epoch;
            final AtomicLong calls = new AtomicLong();
            final AtomicLong failures = new AtomicLong();
            final AtomicLong slow = new AtomicLong();

            Bucket(long epoch) {
                this.epoch = epoch;
            }
        }
    }
}
