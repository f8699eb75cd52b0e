package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.RateLimit.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void aBurstAfterIdleUsesUpTheWholeWindow() {
        RateLimit limit = new RateLimit(20, 4 * SECOND);
        send(limit, 20, 0);

        assertThat(limit.acquire(1, 0)).isNull();
        assertThat(limit.acquire(4 * SECOND - 1, 0)).isNull();
        for (int i = 0; i < 20; i++) {
            assertThat(limit.acquire(4 * SECOND, 0)).as("turn " + i).isNotNull();
        }
        assertThat(limit.acquire(4 * SECOND, 0)).isNull();
    }

    @Test
    void aWindowBeginsWhenTheAttemptHasReachedTheOrigin() {
        RateLimit limit = new RateLimit(1, 4 * SECOND);
        Turn first = limit.acquire(0, 0);
        Turn second = limit.acquire(0, 4 * SECOND);
        assertThat(second.waitNanos(0)).as("at the soonest").isEqualTo(4 * SECOND);
        limit.end(first, 300 * MS);

        assertThat(limit.begin(second, 4 * SECOND)).isEqualTo(300 * MS);
        assertThat(limit.begin(second, 4 * SECOND + 300 * MS)).isZero();
    }

    @Test
    void anAnswerThatTakesLongIsTheOriginsWorkAndNotTheWayThere() {
        RateLimit limit = new RateLimit(1, 4 * SECOND);
        limit.acquire(0, 0);

        assertThat(limit.acquire(5 * SECOND - 1, 0)).isNull();
        assertThat(limit.acquire(5 * SECOND, 0)).as("a second for the way").isNotNull();

        RateLimit narrow = new RateLimit(1, SECOND);
        narrow.acquire(0, 0);
        assertThat(narrow.acquire(SECOND * 3 / 2 - 1, 0)).isNull();
        assertThat(narrow.acquire(SECOND * 3 / 2, 0)).as("half a window").isNotNull();
    }

    @Test
    void turnsAreHandedOutInTheOrderOfArrival() {
        RateLimit limit = new RateLimit(2, SECOND);
        send(limit, 2, 0);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            waits.add(limit.acquire(0, 10 * SECOND).waitNanos(0));
        }

        assertThat(waits).containsExactly(SECOND, SECOND, 2 * SECOND, 2 * SECOND, 3 * SECOND);
        assertThat(limit.acquire(0, 3 * SECOND - 1)).as("not in time").isNull();
    }

    @Test
    void whoeverComesLateForHisTurnHoldsUpHisLane() {
        RateLimit limit = new RateLimit(1, SECOND);
        send(limit, 1, 0);
        Turn late = limit.acquire(0, SECOND);
        Turn behind = limit.acquire(0, 2 * SECOND);

        assertThat(limit.begin(behind, 2 * SECOND))
                .as("he may be sent at any moment")
                .isEqualTo(SECOND);
        assertThat(limit.begin(late, 2 * SECOND)).isZero();
        limit.end(late, 2 * SECOND + MS);
        assertThat(limit.begin(behind, 3 * SECOND)).isEqualTo(MS);
    }

    @Test
    void aTurnThatHasPassedIsLostAndHoldsUpNobodyForGood() {
        RateLimit limit = new RateLimit(1, SECOND);
        send(limit, 1, 0);
        Turn forgotten = limit.acquire(0, SECOND);

        assertThat(limit.acquire(4 * SECOND, 0)).isNotNull();
        assertThat(limit.begin(forgotten, 4 * SECOND)).isEqualTo(-1);
    }

    @Test
    void aTurnThatIsGivenUpCountsAsOneThatWasUsed() {
        RateLimit limit = new RateLimit(1, SECOND);
        send(limit, 1, 0);
        limit.giveUp(limit.acquire(0, SECOND));

        assertThat(limit.acquire(SECOND, 0)).isNull();
        assertThat(limit.acquire(2 * SECOND, 0)).isNotNull();
    }

    @Test
    void aNewRuleCountsWhatWasSentUnderTheOldOne() {
        RateLimit limit = new RateLimit(10, SECOND);
        send(limit, 6, 0);
        limit.change(4, 2 * SECOND);
        assertThat(limit.acquire(2 * SECOND - 1, 0)).as("fewer").isNull();
        send(limit, 4, 2 * SECOND);

        limit.change(6, 2 * SECOND);
        send(limit, 2, 2 * SECOND);
        assertThat(limit.acquire(4 * SECOND - 1, 0)).as("more").isNull();
        assertThat(limit.acquire(4 * SECOND, 0)).isNotNull();
    }

    @Test
    void aRuleThatIsTightenedAndLoosenedAgainCountsAllThatWasSent() {
        RateLimit limit = new RateLimit(5, SECOND);
        send(limit, 5, 0);
        assertThat(limit.used(1)).isEqualTo(5);
        limit.change(2, SECOND);
        assertThat(limit.used(2)).isEqualTo(5);
        limit.change(5, SECOND);
        assertThat(limit.acquire(3, 0)).isNull();
        assertThat(limit.used(4 * SECOND)).isZero();
        assertThat(limit.acquire(4 * SECOND, 0)).isNotNull();
    }

    @Test
    void aLargeLimitThatBecomesASmallOneCountsEachOfAGroup() {
        RateLimit limit = new RateLimit(2048, SECOND);
        send(limit, 1000, 0);
        limit.change(1024, SECOND);
        send(limit, 24, 1);
        assertThat(limit.acquire(2, 0)).isNull();
    }

    @Test
    void whoeverWaitsWhenTheRuleChangesNeedsAnotherTurn() {
        RateLimit limit = new RateLimit(1, SECOND);
        send(limit, 1, 0);
        Turn waiting = limit.acquire(0, SECOND);
        limit.change(1, 3 * SECOND);

        assertThat(limit.begin(waiting, SECOND)).isEqualTo(-1);
        assertThat(limit.acquire(3 * SECOND - 1, 0))
                .as("the first attempt counts")
                .isNull();
        assertThat(limit.acquire(3 * SECOND, 0)).isNotNull();
    }

    @Test
    void aLargeLimitIsKeptInBoundedMemory() {
        RateLimit limit = new RateLimit(1_000_000, SECOND);
        int sent = 0;
        while (limit.acquire(0, 0) != null) {
            sent++;
        }

        assertThat(sent).isBetween(1_000_000 - 1024, 1_000_000);
        assertThat(limit.acquire(SECOND * 3 / 2 - 1, 0)).isNull();
        assertThat(limit.acquire(SECOND * 3 / 2, 0)).isNotNull();
    }

    @Test
    void manyThreadsTogetherGetNoMoreThanOne() throws Exception {
        RateLimit limit = new RateLimit(100, SECOND);
        AtomicInteger sent = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread thread = new Thread(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int n = 0; n < 100; n++) {
                    Turn turn = limit.acquire(0, 0);
                    if (turn != null) {
                        sent.incrementAndGet();
                        limit.end(turn, 0);
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(sent).hasValue(100);
    }

    /** An attempt that may come late for its turn, takes a while to the origin and a while there. */
    private record Caller(long at, Turn turn) {}

    @Property(tries = 300)
    void noWindowAtTheOriginEverHasMore(
            @ForAll @IntRange(min = 1, max = 40) int permits,
            @ForAll @IntRange(min = 100, max = 5000) int windowMillis,
            @ForAll @IntRange(min = 0, max = 3000) int longestWait,
            @ForAll @IntRange(min = 0, max = 60) int mostLate,
            @ForAll long seed) {
        long window = windowMillis * MS;
        long start = new Random(seed).nextLong() / 2;
        RateLimit limit = new RateLimit(permits, window);
        Random random = new Random(seed);
        PriorityQueue<Caller> waiting = new PriorityQueue<>((a, b) -> Long.signum(a.at - b.at));
        PriorityQueue<Caller> underWay = new PriorityQueue<>((a, b) -> Long.signum(a.at - b.at));
        List<Long> arrivals = new ArrayList<>();
        long now = start;
        for (int i = 0; i < 400; i++) {
            // Bursts and pauses of all lengths.
            now += random.nextInt(4) > 0 ? 0 : (long) (random.nextDouble() * window / (1 + random.nextInt(10)));
            pass(limit, waiting, underWay, arrivals, now, mostLate, random);
            Turn turn = limit.acquire(now, longestWait * MS);
            if (turn != null) {
                long wait = turn.waitNanos(now);
                if (wait == 0) {
                    sent(turn, underWay, arrivals, now, random);
                } else {
                    waiting.add(new Caller(now + wait + random.nextInt(mostLate + 1) * MS, turn));
                }
            }
        }

        arrivals.sort(null);
        for (int i = permits; i < arrivals.size(); i++) {
            assertThat(arrivals.get(i) - arrivals.get(i - permits)).isGreaterThanOrEqualTo(window);
        }
    }

    private static void pass(
            RateLimit limit,
            PriorityQueue<Caller> waiting,
            PriorityQueue<Caller> underWay,
            List<Long> arrivals,
            long until,
            int mostLate,
            Random random) {
        while (true) {
            Caller ends = underWay.peek();
            Caller begins = waiting.peek();
            boolean end = ends != null && (begins == null || ends.at - begins.at <= 0);
            Caller next = end ? ends : begins;
            if (next == null || next.at - until > 0) {
                return;
            }
            (end ? underWay : waiting).remove();
            if (end) {
                limit.end(next.turn, next.at);
                continue;
            }
            long more = limit.begin(next.turn, next.at);
            if (more == 0) {
                sent(next.turn, underWay, arrivals, next.at, random);
            } else if (more > 0) {
                waiting.add(new Caller(next.at + more + random.nextInt(mostLate + 1) * MS, next.turn));
            }
        }
    }

    private static void sent(Turn turn, PriorityQueue<Caller> underWay, List<Long> arrivals, long now, Random random) {
        long way = random.nextInt(50) * MS; // less than half of the narrowest window
        arrivals.add(now + way);
        underWay.add(new Caller(now + way + random.nextInt(3000) * MS, turn));
    }

    private static void send(RateLimit limit, int times, long now) {
        for (int i = 0; i < times; i++) {
            Turn turn = limit.acquire(now, 0);
            assertThat(turn).as("turn " + i).isNotNull();
            limit.end(turn, now);
        }
    }
}
