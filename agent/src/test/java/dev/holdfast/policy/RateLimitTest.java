package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void letsABurstThroughAndThenSpreads() {
        RateLimit limit = new RateLimit(10, SECOND, 0);

        for (int i = 0; i < 10; i++) {
            assertThat(limit.acquire(0, 0)).isZero();
        }
        assertThat(limit.acquire(0, 0)).isEqualTo(-1);
        assertThat(limit.acquire(0, SECOND)).isEqualTo(SECOND / 10);
        assertThat(limit.acquire(0, SECOND)).isEqualTo(SECOND / 5);
        assertThat(limit.acquire(SECOND / 5, 0)).isEqualTo(-1);
        assertThat(limit.acquire(SECOND * 3 / 10, 0)).isZero();
    }

    @Property
    void neverLetsMoreStartInAnyTimeThanABurstAndItsRate(
            @ForAll @IntRange(min = 1, max = 50) int permits,
            @ForAll @LongRange(min = 0, max = 300_000_000L) long pause,
            @ForAll long start) {
        long begin = start / 2;
        RateLimit limit = new RateLimit(permits, SECOND, begin);
        int started = 0;
        long now = begin;
        for (int i = 0; i < 500; i++) {
            if (limit.acquire(now, 0) == 0) {
                started++;
            }
            now += pause;
            double allowed = permits + (double) (now - begin) / SECOND * permits + 1;
            assertThat((double) started).isLessThanOrEqualTo(allowed);
        }
    }
}
