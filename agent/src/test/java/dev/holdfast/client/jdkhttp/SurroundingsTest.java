package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is left of it where no tracer is there: the task runs, once, on the calling thread. */
class SurroundingsTest {
    @Test
    void runsATaskOnTheCallingThreadAndStartsNone() throws Exception {
        int before = Thread.activeCount();
        Surroundings here = Surroundings.here();
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        Thread other = new Thread(() -> here.run(() -> ran.complete(Thread.currentThread())));
        assertThat(Thread.activeCount()).isEqualTo(before);

        other.start();

        assertThat(ran.get()).isSameAs(other);
        int[] times = {0};
        here.run(() -> times[0]++);
        here.run(() -> times[0]++);
        assertThat(times[0]).isEqualTo(2);
    }
}
