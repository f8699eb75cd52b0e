package dev.holdfast.policy;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts what happened in the last while, in {@value #BUCKETS} buckets; the oldest leaves as a whole. Lock-free; once
 * nobody is counting, the sums are exact.
 *
 * <p>There is one for each origin, perhaps two, and origins are many: so a bucket is one word, its number in the upper
 * half and its count in the lower one, and they all lie in one array. As objects they took five times the memory. A
 * bucket that is empty, as all are in the beginning, may be taken over by any time, for clocks may count from below
 * zero.
 */
final class TimeBuckets {
    static final int BUCKETS = 10;

    private static final long COUNT = 0xFFFF_FFFFL;

    private final long bucketNanos;
    private final AtomicLongArray words;
    /**
     * The slot of the last {@link #add}; computed again, with its two divisions, once a bucket. Racy: any thread's will
     * do.
     */
    private Slot last = new Slot(0, 0, -1);

    /**
     * Counters at zero.
     *
     * @param counters how many
     * @param nanos the while that they look back
     */
    TimeBuckets(int counters, long nanos) {
        bucketNanos = Math.max(1, nanos / BUCKETS);
        words = new AtomicLongArray(counters * BUCKETS);
    }

    /**
     * Counts one.
     *
     * @return the number of the bucket in which it was counted, for {@link #takeBack}
     */
    long add(int counter, long now) {
        Slot slot = place(now);
        long number = slot.number;
        int index = counter * BUCKETS + slot.index;
        while (true) {
            long word = words.get(index);
            int newer = (int) (word >>> 32) - (int) number;
            if ((word & COUNT) != 0 && newer >= 0) {
                // The right one, or a newer one: who was told of the past counts for now. Should another thread begin
                // the next bucket in between, then so does this one.
                words.getAndIncrement(index);
                return number + newer;
            }
            if (words.compareAndSet(index, word, number << 32 | 1)) {
                return number;
            }
        }
    }

    /** Uncounts one, unless its bucket is gone. */
    void takeBack(int counter, long number) {
        int index = index(counter, number);
        for (long word = words.get(index); (int) (word >>> 32) == (int) number; word = words.get(index)) {
            if ((word & COUNT) == 0 || words.compareAndSet(index, word, word - 1)) {
                return;
            }
        }
    }

    /** Uncounts one of the latest within the window before now, if there is one. */
    void takeBackLatest(int counter, long now) {
        long newest = Math.floorDiv(now, bucketNanos);
        for (long number = newest; number > newest - BUCKETS; number--) {
            int index = index(counter, number);
            for (long word = words.get(index);
                    (int) (word >>> 32) == (int) number && (word & COUNT) != 0;
                    word = words.get(index)) {
                if (words.compareAndSet(index, word, word - 1)) {
                    return;
                }
            }
        }
    }

    /** Returns the count within the window before now. */
    long sum(int counter, long now) {
        int newest = (int) Math.floorDiv(now, bucketNanos);
        long sum = 0;
        for (int i = counter * BUCKETS; i < (counter + 1) * BUCKETS; i++) {
            long word = words.get(i);
            if (newest - (int) (word >>> 32) < BUCKETS) {
                sum += word & COUNT;
            }
        }
        return sum;
    }

    private Slot place(long now) {
        Slot slot = last;
        if (slot.index >= 0 && now - slot.from >= 0 && now - slot.from < bucketNanos) {
            return slot;
        }
        long number = Math.floorDiv(now, bucketNanos);
        slot = new Slot(number, number * bucketNanos, index(0, number));
        last = slot;
        return slot;
    }

    private static int index(int counter, long number) {
        return counter * BUCKETS + (int) Math.floorMod(number, (long) BUCKETS);
    }

    /** A bucket's number, the time that it begins at, and where it lies among its counter's. */
    private record Slot(long number, long from, int index) {}
}
