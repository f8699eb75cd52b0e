package dev.holdfast.policy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Within how much time 95 % of the latest attempts were answered: a histogram whose buckets grow by an eighth of an
 * octave (so that the answer is at most 13 % too high), and whose counts are halved whenever {@value #FULL} are in it,
 * so that what happened long ago fades. Lock-free; while a halving runs, counts may be off by a few.
 */
public final class LatencyQuantile {
    private static final int PER_OCTAVE_BITS = 3;
    /** 2^10 ns, about a microsecond: what is quicker is as quick. */
    private static final int SMALLEST_BITS = 10;
    /** 2^43 ns, more than two hours: what is slower is as slow. */
    private static final int LARGEST_BITS = 43;

    private static final int BUCKETS = (LARGEST_BITS - SMALLEST_BITS) << PER_OCTAVE_BITS;
    private static final int FULL = 1024;
    /** Fewer say nothing about the slowest twentieth. */
    private static final int ENOUGH = 20;

    private final AtomicIntegerArray counts = new AtomicIntegerArray(BUCKETS);
    private final AtomicInteger total = new AtomicInteger();

    /** Adds an attempt that took so long, in nanoseconds. */
    public void record(long nanos) {
        counts.getAndIncrement(bucket(nanos));
        if (total.incrementAndGet() == FULL) {
            halve();
        }
    }

    /** The time in nanoseconds, -1 while too little is known. */
    public long p95() {
        int all = total.get();
        if (all < ENOUGH) {
            return -1;
        }
        int above = all / 20;
        for (int i = BUCKETS - 1; i >= 0; i--) {
            above -= counts.get(i);
            if (above < 0) {
                return upperEnd(i);
            }
        }
        return -1; // a halving took away what was counted
    }

    private void halve() {
        int left = 0;
        for (int i = 0; i < BUCKETS; i++) {
            int count = counts.get(i);
            counts.addAndGet(i, -(count - count / 2));
            left += count / 2;
        }
        total.addAndGet(left - FULL);
    }

    private static int bucket(long nanos) {
        long value = Math.max(1L << SMALLEST_BITS, Math.min(nanos, (1L << LARGEST_BITS) - 1));
        int octave = 63 - Long.numberOfLeadingZeros(value);
        int part = (int) (value >>> (octave - PER_OCTAVE_BITS)) & ((1 << PER_OCTAVE_BITS) - 1);
        return ((octave - SMALLEST_BITS) << PER_OCTAVE_BITS) + part;
    }

    private static long upperEnd(int bucket) {
        int octave = SMALLEST_BITS + (bucket >> PER_OCTAVE_BITS);
        long part = (bucket & ((1 << PER_OCTAVE_BITS) - 1)) + 1L;
        return (1L << octave) + (part << (octave - PER_OCTAVE_BITS));
    }
}
