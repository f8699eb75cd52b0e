package dev.holdfast.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The one thread of Holdfast's that is no daemon, and how long it is there. */
class JvmKeepAliveTest {
    private final JvmKeepAlive keepAlive = new JvmKeepAlive();

    @Test
    void one_thread_without_the_daemon_flag_is_there_as_long_as_a_call_waits() {
        keepAlive.begin();
        keepAlive.begin();
        Thread thread = threads().get(0);
        assertThat(threads()).hasSize(1);
        assertThat(thread.isDaemon()).isFalse();

        keepAlive.end();
        thread.interrupt();
        await().until(() -> !thread.isInterrupted());
        assertThat(thread.isAlive()).isTrue();

        keepAlive.end();
        await().until(() -> threads().isEmpty());

        keepAlive.begin();
        assertThat(threads()).hasSize(1).doesNotContain(thread);
        keepAlive.end();
        await().until(() -> threads().isEmpty());
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("holdfast-alive"))
                .toList();
    }
}
