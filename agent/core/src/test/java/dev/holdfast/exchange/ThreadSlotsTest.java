package dev.holdfast.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThreadSlotsTest {
    private final ThreadSlots<String> slots = new ThreadSlots<>();

    @Test
    void aThreadHasTheValueThatItSetLast() {
        assertThat(slots.get()).isNull();
        assertThat(slots.set("outer")).isNull();
        assertThat(slots.set("inner")).isEqualTo("outer");
        assertThat(slots.get()).isEqualTo("inner");
        slots.restore("outer");
        assertThat(slots.get()).isEqualTo("outer");
        slots.restore(null);
        assertThat(slots.get()).isNull();
    }

    @Test
    void moreThreadsThanSlotsHaveEachItsOwnAtATime() throws Exception {
        int threads = 200;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        CyclicBarrier together = new CyclicBarrier(threads);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                String mine = "thread " + i;
                ends.add(executor.submit(() -> {
                    for (int round = 0; round < 3; round++) {
                        String outer = mine + " round " + round;
                        String inner = outer + " inner";
                        together.await(30, TimeUnit.SECONDS);
                        assertThat(slots.get()).isNull();
                        assertThat(slots.set(outer)).isNull();
                        together.await(30, TimeUnit.SECONDS);
                        assertThat(slots.set(inner)).isEqualTo(outer);
                        together.await(30, TimeUnit.SECONDS);
                        assertThat(slots.get()).isEqualTo(inner);
                        slots.restore(outer);
                        together.await(30, TimeUnit.SECONDS);
                        assertThat(slots.get()).isEqualTo(outer);
                        slots.restore(null);
                        assertThat(slots.get()).isNull();
                    }
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get(60, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void noOtherThreadTouchesTheValueOfOne() throws Exception {
        List<Thread> rivals = new ArrayList<>();
        // Of every slot, also of this thread's.
        for (int i = 0; i < 200; i++) {
            rivals.add(new Thread(() -> slots.restore(slots.set("rival"))));
        }
        slots.set("mine");
        for (Thread rival : rivals) {
            rival.start();
            rival.join();
            assertThat(slots.get()).isEqualTo("mine");
        }
        slots.restore(null);
        assertThat(slots.get()).isNull();
    }
}
