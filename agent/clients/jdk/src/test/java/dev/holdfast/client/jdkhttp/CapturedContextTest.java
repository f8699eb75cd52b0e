package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Tests the context without a tracer: the task runs, once, on the calling thread. */
class CapturedContextTest {
    @Test
    void runsATaskOnTheCallingThreadAndStartsNone() throws Exception {
        // In a group of its own, in which no other test starts or ends a thread.
        FutureTask<Integer> task = new FutureTask<>(() -> {
            CapturedContext.here().run(() -> {});
            return Thread.activeCount();
        });
        new Thread(new ThreadGroup("alone"), task).start();
        assertThat(task.get()).isEqualTo(1);

        CapturedContext here = CapturedContext.here();
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        Thread other = new Thread(() -> here.run(() -> ran.complete(Thread.currentThread())));
        other.start();

        assertThat(ran.get()).isSameAs(other);
        int[] times = {0};
        here.run(() -> times[0]++);
        here.run(() -> times[0]++);
        assertThat(times[0]).isEqualTo(2);
    }
}
