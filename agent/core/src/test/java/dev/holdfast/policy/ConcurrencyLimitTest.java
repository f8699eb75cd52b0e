package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.ConcurrencyLimit.Ticket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ConcurrencyLimitTest {
    private final ConcurrencyLimit limit = new ConcurrencyLimit(1);
    private final List<String> granted = new ArrayList<>();

    @Test
    void handsAPlaceOnInTheOrderOfArrival() {
        assertThat(limit.tryAcquire()).isTrue();
        limit.enqueue().onGranted(() -> granted.add("first"));
        limit.enqueue().onGranted(() -> granted.add("second"));
        assertThat(limit.queued()).isEqualTo(2);

        limit.release();
        assertThat(granted).containsExactly("first");
        limit.release();
        assertThat(granted).containsExactly("first", "second");
    }

    @Test
    void letsNobodyPassThoseWhoQueue() {
        limit.tryAcquire();
        Ticket queued = limit.enqueue();
        limit.release();

        assertThat(queued.cancel()).as("it has the place").isFalse();
        assertThat(limit.tryAcquire()).isFalse();
        limit.release();
        assertThat(limit.tryAcquire()).isTrue();
    }

    @Test
    void skipsThoseWhoGaveUp() {
        limit.tryAcquire();
        Ticket gone = limit.enqueue();
        gone.onGranted(() -> granted.add("gone"));
        limit.enqueue().onGranted(() -> granted.add("next"));

        assertThat(gone.cancel()).isTrue();
        assertThat(gone.cancel()).as("giving up twice is giving up").isTrue();
        limit.release();

        assertThat(granted).containsExactly("next");
    }

    @Test
    void grantsAtOnceWhereAPlaceIsFree() {
        Ticket ticket = limit.enqueue();
        ticket.onGranted(() -> granted.add("at once"));

        assertThat(granted).containsExactly("at once");
        assertThat(limit.taken()).isOne();
    }

    @Test
    void tellsNobodyWhoGaveUpBeforeHeAskedToBeTold() {
        limit.tryAcquire();
        Ticket ticket = limit.enqueue();
        ticket.cancel();
        ticket.onGranted(() -> granted.add("never"));
        limit.release();

        assertThat(granted).isEmpty();
        assertThat(limit.taken()).isZero();
    }

    @Test
    @Timeout(60)
    void losesNoPlaceAndNoWaiterAmongManyThreads() throws InterruptedException {
        ConcurrencyLimit many = new ConcurrencyLimit(3);
        AtomicInteger under = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        int threads = 8;
        CountDownLatch done = new CountDownLatch(threads);
        for (int t = 0; t < threads; t++) {
            int seed = t;
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 3000; i++) {
                    boolean has = many.tryAcquire();
                    if (!has) {
                        Ticket ticket = many.enqueue();
                        CountDownLatch mine = new CountDownLatch(1);
                        ticket.onGranted(mine::countDown);
                        try {
                            boolean patient = (i + seed) % 5 != 0;
                            has = patient ? await(mine) : !ticket.cancel();
                        } catch (InterruptedException e) {
                            return;
                        }
                    }
                    if (has) {
                        most.accumulateAndGet(under.incrementAndGet(), Math::max);
                        under.decrementAndGet();
                        many.release();
                    }
                }
                done.countDown();
            });
            thread.setDaemon(true);
            thread.start();
        }

        assertThat(done.await(50, TimeUnit.SECONDS)).as("nobody waits for ever").isTrue();
        assertThat(most.get()).isBetween(1, 3);
        assertThat(many.taken()).isZero();
        assertThat(many.queued()).isZero();
    }

    private static boolean await(CountDownLatch latch) throws InterruptedException {
        latch.await();
        return true;
    }

    enum Action {
        TRY,
        QUEUE,
        GIVE_UP,
        RELEASE
    }

    record Event(Action action, int which) {}

    /** A queue and a counter. */
    private static final class Model {
        final int max;
        final Deque<Integer> queue = new ArrayDeque<>();
        final List<Integer> granted = new ArrayList<>();
        int taken;

        Model(int max) {
            this.max = max;
        }

        boolean tryAcquire() {
            if (taken < max && queue.isEmpty()) {
                taken++;
                return true;
            }
            return false;
        }

        void handOn() {
            while (taken < max && !queue.isEmpty()) {
                granted.add(queue.poll());
                taken++;
            }
        }
    }

    @Property(tries = 2000)
    void doesWhatTheModelDoes(@ForAll @IntRange(min = 1, max = 3) int max, @ForAll("events") List<Event> events) {
        ConcurrencyLimit real = new ConcurrencyLimit(max);
        Model model = new Model(max);
        List<Integer> told = new ArrayList<>();
        List<Ticket> tickets = new ArrayList<>();
        for (Event event : events) {
            switch (event.action()) {
                case TRY -> assertThat(real.tryAcquire()).isEqualTo(model.tryAcquire());
                case QUEUE -> {
                    int number = tickets.size();
                    Ticket ticket = real.enqueue();
                    tickets.add(ticket);
                    ticket.onGranted(() -> told.add(number));
                    model.queue.add(number);
                    model.handOn();
                }
                case GIVE_UP -> {
                    if (!tickets.isEmpty()) {
                        int number = event.which() % tickets.size();
                        model.queue.remove(number);
                        assertThat(tickets.get(number).cancel()).isEqualTo(!model.granted.contains(number));
                    }
                }
                case RELEASE -> {
                    if (model.taken > 0) {
                        real.release();
                        model.taken--;
                        model.handOn();
                    }
                }
            }
            assertThat(real.taken()).isEqualTo(model.taken);
            assertThat(real.queued()).isEqualTo(model.queue.size());
            assertThat(told).isEqualTo(model.granted);
        }
    }

    @Provide
    Arbitrary<List<Event>> events() {
        return Combinators.combine(
                        Arbitraries.of(Action.values()), Arbitraries.integers().between(0, 20))
                .as(Event::new)
                .list()
                .ofMaxSize(40);
    }
}
