package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class BackoffTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Example
    void growsFromTheInitialDelayToTheCap() {
        Backoff seed = new Backoff(SECOND, 30 * SECOND, 2.0, Jitter.NONE);

        assertThat(IntStream.of(1, 2, 3, 4, 5, 6, 100)
                        .mapToLong(retry -> seed.delayNanos(retry, 0, new Random()) / SECOND))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    @Example
    void refusesWhatMakesNoSense() {
        assertThatThrownBy(() -> new Backoff(-1, 1, 1, Jitter.NONE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Backoff(2, 1, 1, Jitter.NONE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Backoff(1, 1, Double.NaN, Jitter.NONE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void isNeverNegativeAndNeverAboveTheCapWhateverTheJitter(
            @ForAll Jitter jitter,
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 2) long initial,
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 2) long more,
            @ForAll @DoubleRange(min = 1, max = 1000) double multiplier,
            @ForAll @IntRange(min = 1, max = 200) int retry,
            @ForAll long randomSeed) {
        Backoff backoff = new Backoff(initial, initial + more, multiplier, jitter);

        Random random = new Random(randomSeed);
        long previous = 0;
        for (int i = 1; i <= Math.min(retry, 20); i++) {
            previous = backoff.delayNanos(i, previous, random);
            assertThat(previous).isBetween(0L, initial + more);
        }
        assertThat(backoff.delayNanos(retry, previous, random)).isBetween(0L, initial + more);
    }

    @Property
    void spreadsAsEachKindSays(
            @ForAll @LongRange(min = 1_000, max = 1_000_000_000_000L) long initial,
            @ForAll @IntRange(min = 1, max = 12) int retry,
            @ForAll long randomSeed) {
        long max = initial * 100;
        double exact = Math.min(max, initial * Math.pow(2, retry - 1));

        assertThat(delay(initial, max, Jitter.NONE, retry, randomSeed)).isEqualTo((long) exact);
        assertThat((double) delay(initial, max, Jitter.PROPORTIONAL, retry, randomSeed))
                .isBetween(exact * 0.9 - 1, exact * 1.1 + 1);
        assertThat((double) delay(initial, max, Jitter.FULL, retry, randomSeed)).isBetween(0.0, exact + 1);
        assertThat((double) delay(initial, max, Jitter.EQUAL, retry, randomSeed))
                .isBetween(exact / 2 - 1, exact + 1);
    }

    @Property
    void decorrelatedStaysBetweenTheInitialDelayAndThreeTimesThePreviousOne(
            @ForAll @LongRange(min = 1_000, max = 1_000_000_000_000L) long initial, @ForAll long randomSeed) {
        Backoff backoff = new Backoff(initial, initial * 1000, 2.0, Jitter.DECORRELATED);
        Random random = new Random(randomSeed);

        long previous = 0;
        for (int retry = 1; retry <= 10; retry++) {
            long delay = backoff.delayNanos(retry, previous, random);
            assertThat(delay).isBetween(initial, Math.min(initial * 1000, 3 * Math.max(initial, previous)));
            previous = delay;
        }
    }

    private static long delay(long initial, long max, Jitter jitter, int retry, long randomSeed) {
        return new Backoff(initial, max, 2.0, jitter).delayNanos(retry, initial, new Random(randomSeed));
    }
}
