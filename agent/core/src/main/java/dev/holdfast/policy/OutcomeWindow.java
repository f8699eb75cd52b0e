package dev.holdfast.policy;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The latest outcomes, of a number of calls or of a stretch of time, as rates. Lock-free; once no call is recording,
 * the counts are exact.
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

    /** Returns whether there may be anything but fast successes: if not, no rate needs to be looked at. */
    abstract boolean mayBeBad(long now);

    /** Returns the counts of the outcomes in the window. */
    abstract Counts counts(long now);

    /** A window's contents: how many calls, and how many of them failed or were slow. */
    record Counts(long calls, long failures, long slow) {}

    /**
     * The last N calls: a ring of outcomes and running totals. A call that finds its own outcome in the place of the
     * one that it pushes out, which is every call while all is well, changes nothing but the ring's position.
     */
    private static final class OfCalls extends OutcomeWindow {
        private static final int USED = 1;
        private static final int FAILURE = 2;
        private static final int SLOW = 4;

        private static final int BITS = 4;
        private static final int IN_A_WORD = Long.SIZE / BITS;
        private static final int MASK = (1 << BITS) - 1;

        private final int size;
        private final AtomicLongArray ring;
        private final AtomicLong position = new AtomicLong();
        /** Failures in the upper half, slow calls in the lower: read and changed together. */
        private final AtomicLong totals = new AtomicLong();

        OfCalls(int size) {
            this.size = size;
            this.ring = new AtomicLongArray((size + IN_A_WORD - 1) / IN_A_WORD);
        }

        @Override
        void record(boolean failure, boolean slow, long now) {
            int outcome = USED | (failure ? FAILURE : 0) | (slow ? SLOW : 0);
            int place = (int) (position.getAndIncrement() % size);
            int before = replace(place / IN_A_WORD, place % IN_A_WORD * BITS, outcome);
            long change = worth(outcome) - worth(before);
            if (change != 0) {
                totals.addAndGet(change);
            }
        }

        private int replace(int index, int shift, long outcome) {
            while (true) {
                long word = ring.get(index);
                int before = (int) (word >>> shift) & MASK;
                if (before == outcome
                        || ring.compareAndSet(index, word, (word & ~((long) MASK << shift)) | (outcome << shift))) {
                    return before;
                }
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
            return new Counts(Math.min(position.get(), size), both >> 32, both & 0xFFFFFFFFL);
        }
    }

    /** The calls of the last while; see {@link TimeBuckets}. */
    private static final class OfTime extends OutcomeWindow {
        private static final int CALLS = 0;
        private static final int FAILURES = 1;
        private static final int SLOW = 2;

        private final long nanos;
        private final TimeBuckets counts;
        private volatile boolean anyBad;
        private volatile long lastBad;

        OfTime(long nanos) {
            this.nanos = Math.max(TimeBuckets.BUCKETS, nanos);
            this.counts = new TimeBuckets(3, nanos);
        }

        @Override
        void record(boolean failure, boolean slow, long now) {
            counts.add(CALLS, now);
            if (failure) {
                counts.add(FAILURES, now);
            }
            if (slow) {
                counts.add(SLOW, now);
            }
            if (failure || slow) {
                lastBad = now;
                anyBad = true;
            }
        }

        @Override
        boolean mayBeBad(long now) {
            return anyBad && now - lastBad <= nanos;
        }

        @Override
        Counts counts(long now) {
            return new Counts(counts.sum(CALLS, now), counts.sum(FAILURES, now), counts.sum(SLOW, now));
        }
    }
}
