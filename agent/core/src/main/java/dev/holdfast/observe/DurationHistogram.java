package dev.holdfast.observe;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * A histogram of durations on the path of every call: adding one increments the adder of its bucket and that of the
 * sum. An adder takes no turns between threads, where a plain number would; it is made with the first duration of its
 * bucket, since most origins answer within a few of them. Thread-safe.
 */
final class DurationHistogram {
    /**
     * The bounds of the buckets, in seconds: those that Prometheus' clients have for HTTP by default, less those that
     * tell apart what nobody needs to, and those of calls that are retried with waits.
     */
    static final List<Double> BOUNDS =
            List.of(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0);

    private static final long[] BOUND_NANOS = new long[BOUNDS.size()];

    static {
        for (int i = 0; i < BOUND_NANOS.length; i++) {
            BOUND_NANOS[i] = Math.round(BOUNDS.get(i) * 1e9);
        }
    }

    private final AtomicReferenceArray<LongAdder> buckets = new AtomicReferenceArray<>(BOUND_NANOS.length + 1);
    private final LongAdder nanos = new LongAdder();

    /** Adds one. */
    void add(long duration) {
        int bucket = bucket(duration);
        LongAdder adder = buckets.get(bucket);
        if (adder == null) {
            adder = make(bucket);
        }
        adder.increment();
        nanos.add(duration);
    }

    private static int bucket(long duration) {
        int bucket = 0;
        while (bucket < BOUND_NANOS.length && duration > BOUND_NANOS[bucket]) {
            bucket++;
        }
        return bucket;
    }

    private LongAdder make(int bucket) {
        LongAdder made = new LongAdder();
        LongAdder first = buckets.compareAndExchange(bucket, null, made);
        return first == null ? made : first;
    }

    /** Returns the number of durations. */
    long count() {
        long sum = 0;
        for (int i = 0; i < buckets.length(); i++) {
            sum += inBucket(i);
        }
        return sum;
    }

    private long inBucket(int bucket) {
        LongAdder adder = buckets.get(bucket);
        return adder == null ? 0 : adder.sum();
    }

    /** A sum of histograms, for a report. Not thread-safe. */
    static final class Sum {
        private final long[] counts = new long[BOUND_NANOS.length + 1];
        private long nanos;

        /** Adds all durations of a histogram. */
        Sum plus(DurationHistogram more) {
            for (int i = 0; i < counts.length; i++) {
                counts[i] += more.inBucket(i);
            }
            nanos += more.nanos.sum();
            return this;
        }

        /** Takes all durations of a histogram away. */
        Sum minus(DurationHistogram less) {
            for (int i = 0; i < counts.length; i++) {
                counts[i] -= less.inBucket(i);
            }
            nanos -= less.nanos.sum();
            return this;
        }

        /** Raises each number to that of an earlier report: a collector takes one that falls for a restart. */
        Sum atLeast(Sum before) {
            for (int i = 0; i < counts.length; i++) {
                counts[i] = Math.max(counts[i], before.counts[i]);
            }
            nanos = Math.max(nanos, before.nanos);
            return this;
        }

        OriginStats.Durations report() {
            List<Long> list = new ArrayList<>(counts.length);
            for (long count : counts) {
                list.add(count);
            }
            return new OriginStats.Durations(Collections.unmodifiableList(list), nanos / 1e9);
        }
    }
}
