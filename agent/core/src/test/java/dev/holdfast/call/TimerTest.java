package dev.holdfast.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class TimerTest {
    @Test
    void itsThreadIsADaemonThatBelongsToNoApplication() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        new Timer().schedule(() -> thread.complete(Thread.currentThread()), 1);
        Thread found = thread.get(10, TimeUnit.SECONDS);
        assertThat(found.isDaemon()).isTrue();
        assertThat(found.getName()).isEqualTo("holdfast-timer");
        assertThat(found.getContextClassLoader()).isNull();
    }

    @Test
    void whatIsCancelledIsLetGoOfAtOnce() {
        Timer timer = new Timer();
        Object[] held = {new Object()};
        WeakReference<Object> seen = new WeakReference<>(held[0]);
        Future<?> task = timer.schedule(holding(held[0]), Duration.ofDays(1).toNanos());
        held[0] = null;
        assertThat(task.cancel(false)).isTrue();
        Future<?> unused = task;
        task = null;
        unused = null;
        Awaitility.await().until(() -> {
            System.gc();
            return seen.get() == null;
        });
        assertThat(unused).isNull();
    }

    @Test
    void whatMayBlockGetsAThreadThatEndsWithItAndBelongsToNoApplication() throws Exception {
        Timer timer = new Timer();
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        timer.schedule(() -> timer.onThread(() -> thread.complete(Thread.currentThread())), 1);

        Thread found = thread.get(10, TimeUnit.SECONDS);
        assertThat(found.isDaemon()).isTrue();
        assertThat(found.getName()).isEqualTo("holdfast-hedge");
        assertThat(found.getContextClassLoader()).isNull();
        found.join(10_000);
        assertThat(found.isAlive()).isFalse();
    }

    private static Runnable holding(Object object) {
        return () -> assertThat(object).isNotNull();
    }

    @Test
    void randomNumbersOfTwoThreadsDiffer() throws Exception {
        long mine = ThreadRandom.INSTANCE.nextLong();
        long others =
                CompletableFuture.supplyAsync(ThreadRandom.INSTANCE::nextLong).get(10, TimeUnit.SECONDS);
        assertThat(mine).isNotEqualTo(others);
        assertThat(ThreadRandom.INSTANCE.nextLong()).isNotEqualTo(mine);
    }
}
