package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.CircuitBreaker.Permit;
import dev.holdfast.policy.CircuitBreaker.Reason;
import dev.holdfast.policy.CircuitBreaker.State;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** A hint at other instances' breakers makes a breaker judge sooner, by its own attempts, and does nothing else. */
class CircuitBreakerHintTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Random random = new Random(0);
    private long now = 5;

    private CircuitBreaker breaker(Breakers rules) {
        return new CircuitBreaker(rules.build(), BreakerListener.NONE);
    }

    private void attempt(CircuitBreaker breaker, boolean failure) {
        Permit permit = breaker.tryAcquire(now, random);
        if (permit == null) {
            return;
        }
        if (failure) {
            breaker.onFailure(permit, 1, now, random);
        } else {
            int unused = breaker.onSuccess(permit, 1, now, random);
        }
    }

    /** Returns after how many failures in a row it opens. */
    private int failuresToOpen(CircuitBreaker breaker) {
        int failures = 0;
        while (breaker.state() == State.CLOSED) {
            attempt(breaker, true);
            failures++;
        }
        return failures;
    }

    @Example
    void half_as_many_failures_in_a_row_are_enough() {
        for (int[] row : List.of(
                new int[] {1, 1}, new int[] {2, 2}, new int[] {3, 2}, new int[] {4, 2}, new int[] {5, 3}, new int[] {
                    20, 10
                })) {
            CircuitBreaker breaker = breaker(Breakers.consecutive(row[0]));
            assertThat(breaker.hint(now)).isTrue();
            assertThat(breaker.state()).as("by the hint alone").isEqualTo(State.CLOSED);
            assertThat(failuresToOpen(breaker)).as("of %d", row[0]).isEqualTo(row[1]);
            assertThat(breaker.openBecause())
                    .isEqualTo(row[0] == row[1] ? Reason.CONSECUTIVE_FAILURES : Reason.AFTER_HINT);
        }
    }

    @Example
    void half_as_many_calls_are_enough_for_a_rate_but_no_smaller_a_share_and_no_good_call() {
        CircuitBreaker breaker = breaker(Breakers.rate(0.5, 10, 10));
        for (int i = 0; i < 4; i++) {
            attempt(breaker, true);
        }
        assertThat(breaker.hint(now)).isTrue();
        attempt(breaker, false);
        assertThat(breaker.state()).as("4 of 5 have failed, the last was good").isEqualTo(State.CLOSED);
        attempt(breaker, true);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.openBecause()).isEqualTo(Reason.AFTER_HINT);

        CircuitBreaker mostlyWell = breaker(Breakers.rate(0.5, 10, 10));
        assertThat(mostlyWell.hint(now)).isTrue();
        for (int i = 0; i < 9; i++) {
            attempt(mostlyWell, i % 3 == 2);
        }
        assertThat(mostlyWell.state()).isEqualTo(State.CLOSED);
    }

    @Example
    void it_is_forgotten_after_its_time_and_with_each_closing() {
        CircuitBreaker breaker = breaker(Breakers.consecutive(5).successes(1));
        assertThat(breaker.hint(now)).isTrue();
        now += CircuitBreaker.HINT_NANOS;
        assertThat(failuresToOpen(breaker)).isEqualTo(5);

        assertThat(breaker.hint(now)).as("while it is open").isFalse();
        now += 60 * SECOND;
        Permit probe = Objects.requireNonNull(breaker.tryAcquire(now, random));
        assertThat(breaker.hint(now)).as("while it is half-open").isFalse();
        int unused = breaker.onSuccess(probe, 1, now, random);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(failuresToOpen(breaker)).isEqualTo(5);
    }

    @Example
    void a_state_that_the_file_sets_is_not_hinted_at() {
        assertThat(breaker(Breakers.consecutive(5).forced(BreakerPolicy.Forced.CLOSED))
                        .hint(now))
                .isFalse();
        assertThat(breaker(Breakers.consecutive(5).forced(BreakerPolicy.Forced.OPEN))
                        .hint(now))
                .isFalse();
        CircuitBreaker observing = breaker(Breakers.consecutive(5).forced(BreakerPolicy.Forced.OBSERVE));
        assertThat(observing.hint(now)).isTrue();
        assertThat(failuresToOpen(observing)).isEqualTo(3);
    }

    /** The events are attempts, good or bad, and seconds that pass, each with a hint before it or without. */
    @Property(tries = 1000)
    void it_never_keeps_a_breaker_from_opening_nor_an_open_one_from_closing(
            @ForAll @Size(max = 80) List<@IntRange(max = 7) Integer> events,
            @ForAll @IntRange(min = 1, max = 9) int row) {
        CircuitBreaker hinted =
                breaker(Breakers.consecutive(row).open(Duration.ofSeconds(4)).successes(2));
        CircuitBreaker alone =
                breaker(Breakers.consecutive(row).open(Duration.ofSeconds(4)).successes(2));
        for (int event : events) {
            boolean taken = event >= 4 && hinted.hint(now);
            assertThat(taken).isEqualTo(event >= 4 && hinted.state() == State.CLOSED);
            switch (event % 4) {
                case 0 -> now += SECOND;
                case 1 -> attempts(hinted, alone, false);
                default -> attempts(hinted, alone, true);
            }
            if (hinted.state() != alone.state()) {
                assertThat(alone.state()).as("it opens no later").isEqualTo(State.CLOSED);
                assertThat(hinted.openBecause()).isEqualTo(Reason.AFTER_HINT);
                while (alone.state() == State.CLOSED) {
                    attempt(alone, true); // from here on, open since the same moment
                }
            }
            assertThat(hinted.nanosToProbe(now)).isEqualTo(alone.nanosToProbe(now));
        }
    }

    private void attempts(CircuitBreaker one, CircuitBreaker other, boolean failure) {
        attempt(one, failure);
        attempt(other, failure);
    }
}
