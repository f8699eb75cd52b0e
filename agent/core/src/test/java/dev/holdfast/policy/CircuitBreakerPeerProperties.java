package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * The breaker beside resilience4j's, where the two mean the same: rates over a window, one probe at a time, one success
 * that closes, one call after the other. (Calls that overlap a transition are where they differ: the peer counts a
 * result of an earlier state for the state that is current.)
 */
class CircuitBreakerPeerProperties {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** A call that ends so, after it took so long, and the time until the next. */
    record Event(boolean failure, boolean slow, long pauseNanos) {}

    /** The configuration of both breakers. */
    record Rules(int ratePercent, int slowPercent, boolean ofTime, int size, int minimum) {
        BreakerPolicy ours() {
            Breakers breakers = ofTime
                    ? Breakers.rate(ratePercent / 100.0, Duration.ofSeconds(size), minimum)
                    : Breakers.rate(ratePercent / 100.0, size, Math.min(minimum, size));
            return breakers.slow(Duration.ofMillis(100), slowPercent / 100.0)
                    .successes(1)
                    .open(Duration.ofSeconds(3))
                    .build();
        }

        CircuitBreakerConfig theirs(Clock clock) {
            return CircuitBreakerConfig.custom()
                    .clock(clock)
                    .currentTimestampFunction(Clock::millis, TimeUnit.MILLISECONDS)
                    .slidingWindow(
                            size,
                            ofTime ? minimum : Math.min(minimum, size),
                            ofTime ? SlidingWindowType.TIME_BASED : SlidingWindowType.COUNT_BASED)
                    .failureRateThreshold(ratePercent)
                    .slowCallRateThreshold(slowPercent)
                    .slowCallDurationThreshold(Duration.ofMillis(100))
                    .permittedNumberOfCallsInHalfOpenState(1)
                    .waitDurationInOpenState(Duration.ofSeconds(3))
                    .build();
        }
    }

    @Property(tries = 1000)
    void goesThroughTheSameStates(@ForAll("rules") Rules rules, @ForAll("events") List<Event> events) {
        Moving clock = new Moving();
        io.github.resilience4j.circuitbreaker.CircuitBreaker theirs =
                io.github.resilience4j.circuitbreaker.CircuitBreaker.of("peer", rules.theirs(clock));
        CircuitBreaker ours = new CircuitBreaker(rules.ours(), BreakerListener.NONE);
        Random random = new Random(0);
        for (Event event : events) {
            CircuitBreaker.Permit permit = ours.tryAcquire(clock.nanos, random);
            assertThat(permit != null).as("admitted").isEqualTo(theirs.tryAcquirePermission());
            if (permit != null) {
                long took = TimeUnit.MILLISECONDS.toNanos(event.slow() ? 200 : 5);
                clock.nanos += took;
                if (event.failure()) {
                    ours.onFailure(permit, took, clock.nanos, random);
                    theirs.onError(took, TimeUnit.NANOSECONDS, new IOException());
                } else {
                    int unused = ours.onSuccess(permit, took, clock.nanos, random);
                    theirs.onSuccess(took, TimeUnit.NANOSECONDS);
                }
            }
            assertThat(ours.state().name()).isEqualTo(theirs.getState().name());
            clock.nanos += event.pauseNanos();
        }
    }

    @Provide
    Arbitrary<Rules> rules() {
        return Combinators.combine(
                        Arbitraries.of(25, 50, 75, 100),
                        Arbitraries.of(50, 100),
                        Arbitraries.of(true, false),
                        Arbitraries.integers().between(2, 12),
                        Arbitraries.integers().between(1, 8))
                // A bucket of ours is a tenth of the window, one of theirs a second: the same for 10 s.
                .as((rate, slow, ofTime, size, minimum) -> new Rules(rate, slow, ofTime, ofTime ? 10 : size, minimum));
    }

    @Provide
    Arbitrary<List<Event>> events() {
        return Combinators.combine(
                        Arbitraries.of(true, false),
                        Arbitraries.frequencyOf(
                                net.jqwik.api.Tuple.of(3, Arbitraries.just(false)),
                                net.jqwik.api.Tuple.of(1, Arbitraries.just(true))),
                        // No sum of these is the open time: at that very moment the peer still rejects, and we do not.
                        Arbitraries.of(0L, 107L, 1013L, 3511L, 7001L).map(TimeUnit.MILLISECONDS::toNanos))
                .as(Event::new)
                .list()
                .ofMaxSize(80);
    }

    private static final class Moving extends Clock {
        long nanos = 1_000 * SECOND;

        @Override
        public Instant instant() {
            return Instant.ofEpochSecond(nanos / SECOND, nanos % SECOND);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
