package dev.holdfast.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The bound for all recorded request bodies together. */
class ReplayMemoryTest {
    private final ReplayMemory memory = new ReplayMemory();

    @Test
    void noMoreIsTakenThanThereIs() {
        ReplayMemory.Share one = memory.open(this);
        ReplayMemory.Share other = memory.open(this);
        assertThat(one.take(60, 100)).isTrue();
        assertThat(other.take(41, 100)).isFalse();
        assertThat(other.take(40, 100)).isTrue();
        assertThat(one.take(1, 100)).isFalse();
        assertThat(memory.used()).isEqualTo(100);
        one.close();
        one.close();
        assertThat(memory.used()).isEqualTo(40);
        assertThat(one.take(1, 100)).as("closed").isFalse();
        assertThat(other.take(60, 100)).isTrue();
        other.close();
        assertThat(memory.used()).isZero();
    }

    @Test
    void whatItsCallDidNotGiveBackTheCollectorDoes() {
        List<Object> held = new ArrayList<>(List.of(new Object(), new Object()));
        for (Object one : held) {
            assertThat(memory.open(one).take(10, 100)).isTrue();
        }
        held.remove(0);
        Awaitility.await().until(() -> {
            System.gc();
            return memory.used() == 10;
        });
        assertThat(held).hasSize(1);
    }

    @Test
    void manyThreadsStayWithinTheBound() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int i = 0; i < 20_000; i++) {
                    ReplayMemory.Share share = memory.open(this);
                    boolean taken = share.take(40, 100);
                    assertThat(memory.used()).isLessThanOrEqualTo(100);
                    assertThat(taken || memory.used() <= 100).isTrue();
                    share.close();
                }
            });
            threads.add(thread);
            thread.start();
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(memory.used()).isZero();
    }
}
