package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.CircuitBreaker.Permit;
import dev.holdfast.policy.CircuitBreaker.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final List<String> transitions = new ArrayList<>();
    private final Random random = new Random(1);
    private long now = -5 * SECOND; // nanoTime may be negative

    @Test
    void opensAfterSoManyFailuresInARow() {
        CircuitBreaker breaker = breaker(Breakers.consecutive(3));

        fail(breaker, 2);
        succeed(breaker, 1);
        fail(breaker, 2);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);

        fail(breaker, 1);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.tryAcquire(now, random)).isNull();
        assertThat(breaker.nanosToProbe(now)).isEqualTo(60 * SECOND);
        assertThat(transitions).containsExactly("CLOSED>OPEN CONSECUTIVE_FAILURES");
    }

    @Test
    void closesAfterSoManyProbes() {
        CircuitBreaker breaker = opened(Breakers.consecutive(1).successes(2));

        now += 60 * SECOND;
        succeed(breaker, 1);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        succeed(breaker, 1);

        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(transitions)
                .containsExactly(
                        "CLOSED>OPEN CONSECUTIVE_FAILURES",
                        "OPEN>HALF_OPEN OPEN_TIME_OVER",
                        "HALF_OPEN>CLOSED PROBES_SUCCEEDED");
    }

    @Test
    void letsOnlySoManyProbesThroughAtATime() {
        CircuitBreaker breaker = opened(Breakers.consecutive(1).probes(2, Duration.ofSeconds(10)));

        now += 60 * SECOND;
        Permit first = breaker.tryAcquire(now, random);
        assertThat(breaker.tryAcquire(now, random)).isNotNull();
        assertThat(breaker.tryAcquire(now, random)).isNull();

        breaker.onIgnored(first);
        assertThat(breaker.tryAcquire(now, random)).isNotNull();
        assertThat(breaker.tryAcquire(now, random)).isNull();
    }

    @Test
    void isNotWedgedByAProbeThatNeverReports() {
        CircuitBreaker breaker = opened(Breakers.consecutive(1).successes(1).probes(1, Duration.ofSeconds(10)));

        now += 60 * SECOND;
        Permit lost = breaker.tryAcquire(now, random);
        now += 10 * SECOND;
        Permit next = breaker.tryAcquire(now, random);
        assertThat(next).isNotNull();

        breaker.onFailure(lost, 0, now, random);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        breaker.onSuccess(next, 0, now, random);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void ignoresResultsOfAnEarlierTime() {
        CircuitBreaker breaker = breaker(Breakers.consecutive(1).successes(1));
        Permit old = breaker.tryAcquire(now, random);
        fail(breaker, 1);
        now += 60 * SECOND;
        succeed(breaker, 1);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);

        breaker.onFailure(old, 0, now, random);

        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void staysOpenLongerAfterEachFailedProbe() {
        CircuitBreaker breaker = opened(Breakers.consecutive(1).open(Duration.ofSeconds(10), Duration.ofSeconds(30)));

        for (long expected : new long[] {20, 30, 30}) {
            now += breaker.nanosToProbe(now);
            fail(breaker, 1);
            assertThat(breaker.nanosToProbe(now)).isEqualTo(expected * SECOND);
        }
    }

    @Test
    void opensByTheRateOfFailuresAmongTheLastCalls() {
        CircuitBreaker breaker = breaker(Breakers.rate(0.5, 10, 4));

        fail(breaker, 3);
        assertThat(breaker.state()).as("too few calls to tell").isEqualTo(State.CLOSED);
        succeed(breaker, 1);
        assertThat(transitions).containsExactly("CLOSED>OPEN FAILURE_RATE");
    }

    @Test
    void forgetsWhatLeavesTheWindow() {
        CircuitBreaker calls = breaker(Breakers.rate(0.5, 4, 4));
        for (int i = 0; i < 50; i++) {
            fail(calls, 1);
            succeed(calls, 3);
        }
        assertThat(calls.state()).isEqualTo(State.CLOSED);

        CircuitBreaker time = breaker(Breakers.rate(0.5, Duration.ofSeconds(10), 4));
        fail(time, 3);
        now += 11 * SECOND;
        fail(time, 1);
        assertThat(time.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void opensByTheRateOfSlowCalls() {
        CircuitBreaker breaker = breaker(Breakers.rate(0.9, 10, 4).slow(Duration.ofSeconds(2), 0.5));

        succeed(breaker, 2);
        for (int i = 0; i < 2; i++) {
            breaker.onSuccess(breaker.tryAcquire(now, random), 2 * SECOND, now, random);
        }

        assertThat(transitions).containsExactly("CLOSED>OPEN SLOW_RATE");
    }

    @Test
    void admitsAGrowingShareAfterClosing() {
        CircuitBreaker breaker = opened(Breakers.consecutive(1).successes(1).ramp(Duration.ofSeconds(10)));
        now += 60 * SECOND;
        succeed(breaker, 1);

        assertThat(admitted(breaker)).isBetween(50, 150);
        now += 5 * SECOND;
        assertThat(admitted(breaker)).isBetween(420, 580);
        now += 5 * SECOND;
        assertThat(admitted(breaker)).isEqualTo(1000);
    }

    private int admitted(CircuitBreaker breaker) {
        int admitted = 0;
        for (int i = 0; i < 1000; i++) {
            Permit permit = breaker.tryAcquire(now, random);
            if (permit != null) {
                admitted++;
                breaker.onSuccess(permit, 0, now, random);
            }
        }
        return admitted;
    }

    @Test
    void doesAsItIsForced() {
        CircuitBreaker open = breaker(Breakers.consecutive(1).forced(BreakerPolicy.Forced.OPEN));
        assertThat(open.tryAcquire(now, random)).isNull();
        assertThat(open.state()).isEqualTo(State.OPEN);

        CircuitBreaker closed = breaker(Breakers.consecutive(1).forced(BreakerPolicy.Forced.CLOSED));
        fail(closed, 10);
        assertThat(closed.state()).isEqualTo(State.CLOSED);

        CircuitBreaker observed = breaker(Breakers.consecutive(1).forced(BreakerPolicy.Forced.OBSERVE));
        fail(observed, 10);
        assertThat(observed.state()).isEqualTo(State.OPEN);
        assertThat(observed.tryAcquire(now, random)).isNotNull();
    }

    @Test
    void makesEachTransitionOnceHoweverManyThreadsReport() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        AtomicInteger halfOpened = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        CircuitBreaker breaker = new CircuitBreaker(
                Breakers.consecutive(3)
                        .open(Duration.ofNanos(50))
                        .successes(2)
                        .probes(2, Duration.ofSeconds(9))
                        .build(),
                (from, to, reason, at) -> {
                    AtomicInteger counter = to == State.OPEN ? opened : to == State.HALF_OPEN ? halfOpened : closed;
                    counter.incrementAndGet();
                });
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int seed = t;
            Thread thread = new Thread(() -> {
                Random mine = new Random(seed);
                try {
                    start.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int i = 0; i < 200_000; i++) {
                    Permit permit = breaker.tryAcquire(System.nanoTime(), mine);
                    if (permit != null) {
                        switch (mine.nextInt(4)) {
                            case 0 -> breaker.onSuccess(permit, 0, System.nanoTime(), mine);
                            case 1 -> breaker.onIgnored(permit);
                            default -> breaker.onFailure(permit, 0, System.nanoTime(), mine);
                        }
                    }
                }
            });
            threads.add(thread);
            thread.start();
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join(60_000);
        }

        // Every opening but the last was followed by a half-opening, every half-opening by an opening or a closing.
        int now = opened.get() - halfOpened.get();
        assertThat(now).isBetween(0, 1);
        assertThat(halfOpened.get()).isPositive();
        assertThat(opened.get()).isGreaterThanOrEqualTo(closed.get());
    }

    private CircuitBreaker breaker(Breakers policy) {
        return new CircuitBreaker(
                policy.build(), (from, to, reason, at) -> transitions.add(from + ">" + to + " " + reason));
    }

    private CircuitBreaker opened(Breakers policy) {
        CircuitBreaker breaker = breaker(policy);
        fail(breaker, 1);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        return breaker;
    }

    private void fail(CircuitBreaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            Permit permit = breaker.tryAcquire(now, random);
            if (permit != null) {
                breaker.onFailure(permit, 0, now, random);
            }
        }
    }

    private void succeed(CircuitBreaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            breaker.onSuccess(breaker.tryAcquire(now, random), 0, now, random);
        }
    }

    @Test
    void aProbeThatFailsLateOpensItAgain() {
        CircuitBreaker breaker = opened(Breakers.consecutive(1).successes(2));
        now += 60 * SECOND;
        Permit probe = breaker.tryAcquire(now, random);
        int ended = breaker.onSuccess(probe, 0, now, random);
        breaker.onLateFailure(probe, ended, now, random);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(transitions).endsWith("HALF_OPEN>OPEN PROBE_FAILED");
    }

    @Test
    void aLateFailureOfAnEarlierTimeIsIgnored() {
        CircuitBreaker breaker = opened(Breakers.consecutive(1).successes(1));
        now += 60 * SECOND;
        Permit probe = breaker.tryAcquire(now, random);
        breaker.onSuccess(probe, 0, now, random);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        breaker.onLateFailure(probe, 0, now, random);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void aLateFailureGoesOnWithTheRowThatItsSuccessSeemedToEnd() {
        for (Breakers rules :
                List.of(Breakers.consecutive(3), Breakers.rate(1, 100, 100).orConsecutive(3))) {
            CircuitBreaker breaker = breaker(rules);
            fail(breaker, 2);
            Permit permit = breaker.tryAcquire(now, random);
            int ended = breaker.onSuccess(permit, 0, now, random);
            assertThat(ended).isEqualTo(2);
            breaker.onLateFailure(permit, ended, now, random);
            assertThat(breaker.state()).isEqualTo(State.OPEN);
        }
    }

    @Test
    void theOpenTimeIsSpreadToBothSides() {
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < 200; i++) {
            CircuitBreaker breaker =
                    opened(Breakers.consecutive(1).open(Duration.ofSeconds(100)).jitter(0.2));
            least = Math.min(least, breaker.nanosToProbe(now));
            most = Math.max(most, breaker.nanosToProbe(now));
        }
        assertThat(least).isBetween(80 * SECOND, 84 * SECOND);
        assertThat(most).isBetween(116 * SECOND, 120 * SECOND);
    }

    @Test
    void knowsItsRules() {
        BreakerPolicy rules = Breakers.consecutive(1).build();
        CircuitBreaker breaker = new CircuitBreaker(rules, (from, to, reason, at) -> {});
        assertThat(breaker.policy()).isSameAs(rules);
        BreakerPolicy forced =
                Breakers.consecutive(1).forced(BreakerPolicy.Forced.OPEN).build();
        assertThat(forced.decidedByOutcomes()).isEqualTo(rules);
    }

    @Test
    void theLeaseOfAProbeThatRanOutFirstIsTheOneThatIsTakenOver() {
        CircuitBreaker breaker = opened(Breakers.consecutive(1).successes(5).probes(2, Duration.ofSeconds(10)));
        now += 60 * SECOND;
        Permit first = breaker.tryAcquire(now, random);
        now += SECOND;
        Permit second = breaker.tryAcquire(now, random);
        now += 9 * SECOND;
        assertThat(breaker.tryAcquire(now, random))
                .as("in the place of the first")
                .isNotNull();
        assertThat(breaker.tryAcquire(now, random))
                .as("the second has its lease still")
                .isNull();
        now += SECOND;
        assertThat(breaker.tryAcquire(now, random)).isNotNull();
        breaker.onFailure(first, 0, now, random);
        breaker.onFailure(second, 0, now, random);
        assertThat(breaker.state()).as("neither is heard any more").isEqualTo(State.HALF_OPEN);
    }

    @Test
    void theProbeWhoseLeaseRanOutFirstLosesItsPlaceWhereverThatIs() {
        CircuitBreaker breaker = opened(Breakers.consecutive(1).successes(1).probes(2, Duration.ofSeconds(10)));
        now += 60 * SECOND;
        Permit early = breaker.tryAcquire(now, random);
        Permit alsoEarly = breaker.tryAcquire(now, random);
        breaker.onIgnored(early);
        now += 5 * SECOND;
        Permit late = breaker.tryAcquire(now, random);
        now += 20 * SECOND;
        assertThat(breaker.tryAcquire(now, random)).isNotNull();
        breaker.onFailure(alsoEarly, 0, now, random);
        assertThat(breaker.state()).as("its place, the second, was taken over").isEqualTo(State.HALF_OPEN);
        breaker.onFailure(late, 0, now, random);
        assertThat(breaker.state()).as("this one still has the first").isEqualTo(State.OPEN);
    }

    @Test
    void anAttemptIsSlowFromTheVeryTimeOnAndARateIsMetFromTheVeryShareOn() {
        CircuitBreaker breaker = breaker(Breakers.rate(1, 4, 4).slow(Duration.ofSeconds(2), 0.75));
        for (long took : new long[] {2 * SECOND - 1, 2 * SECOND, 2 * SECOND}) {
            breaker.onSuccess(breaker.tryAcquire(now, random), took, now, random);
        }
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        breaker.onSuccess(breaker.tryAcquire(now, random), 2 * SECOND, now, random);
        assertThat(transitions).containsExactly("CLOSED>OPEN SLOW_RATE");
    }

    @Test
    void aSlowProbeOpensItAgainWhereSlownessCounts() {
        CircuitBreaker breaker = breaker(Breakers.rate(0.5, 2, 1).successes(1).slow(Duration.ofSeconds(2), 0.5));
        fail(breaker, 1);
        now += 60 * SECOND;
        breaker.onSuccess(breaker.tryAcquire(now, random), 2 * SECOND, now, random);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        now += 60 * SECOND;
        breaker.onSuccess(breaker.tryAcquire(now, random), 2 * SECOND - 1, now, random);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void anOpenTimeThatCannotBeDoubledStaysTheLongest() {
        CircuitBreaker breaker = opened(Breakers.consecutive(1)
                .open(Duration.ofNanos(Long.MAX_VALUE / 2 + 1), Duration.ofNanos(Long.MAX_VALUE)));
        now += breaker.nanosToProbe(now);
        fail(breaker, 1);
        assertThat(breaker.nanosToProbe(now)).isPositive();
    }
}
