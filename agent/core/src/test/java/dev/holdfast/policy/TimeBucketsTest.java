package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TimeBucketsTest {
    private static final long WHILE = 1_000;

    @Property
    void countsWhatHappenedInTheLastTenBucketsWhereverTheClockBegins(
            // Where the clock itself overflows, once in 292 years, the past is forgotten.
            @ForAll @LongRange(min = Long.MIN_VALUE, max = Long.MAX_VALUE - 100_000) long begin,
            @ForAll @Size(max = 60) List<@IntRange(max = 400) Integer> steps) {
        TimeBuckets buckets = new TimeBuckets(2, WHILE);
        List<Long> times = new ArrayList<>();
        long now = begin;
        for (int step : steps) {
            now += step;
            buckets.add(1, now);
            times.add(Math.floorDiv(now, WHILE / 10));
        }

        long newest = Math.floorDiv(now, WHILE / 10);
        assertThat(buckets.sum(1, now))
                .isEqualTo(times.stream().filter(time -> newest - time < 10).count());
        assertThat(buckets.sum(0, now)).isZero();
        assertThat(buckets.sum(1, now + WHILE)).isZero();
    }

    @Property
    void whoIsToldOfThePastCountsForNow(
            @ForAll @LongRange(min = -1_000_000, max = 1_000_000) long now, @ForAll @IntRange(max = 500) int late) {
        TimeBuckets buckets = new TimeBuckets(1, WHILE);
        buckets.add(0, now);
        buckets.add(0, now - late);

        assertThat(buckets.sum(0, now)).isEqualTo(2);
    }

    @Test
    void takesBackFromTheBucketInWhichItWasCounted() {
        TimeBuckets buckets = new TimeBuckets(1, WHILE);
        long number = buckets.add(0, 50);
        buckets.add(0, 150);
        buckets.takeBack(0, number);

        assertThat(buckets.sum(0, 150)).isEqualTo(1);
    }

    @Test
    void takesNothingFromABucketThatTookTheOldOnesPlace() {
        TimeBuckets buckets = new TimeBuckets(1, WHILE);
        long number = buckets.add(0, 50);
        buckets.add(0, 50 + WHILE);
        buckets.takeBack(0, number);

        assertThat(buckets.sum(0, 50 + WHILE)).isEqualTo(1);
    }

    @Test
    void losesNoCountBetweenThreads() throws Exception {
        TimeBuckets buckets = new TimeBuckets(1, WHILE);
        int threads = 4;
        int each = 20_000;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Void>> done = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                done.add(pool.submit((Callable<Void>) () -> {
                    for (int j = 0; j < each; j++) {
                        long number = buckets.add(0, j * WHILE / each);
                        if (j % 2 == 0) {
                            buckets.takeBack(0, number);
                        }
                    }
                    return null;
                }));
            }
            for (Future<Void> one : done) {
                one.get();
            }
        } finally {
            pool.shutdownNow();
        }

        assertThat(buckets.sum(0, WHILE - 1)).isEqualTo((long) threads * each / 2);
    }
}
