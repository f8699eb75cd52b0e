package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.config.ConfigException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests what a hundred thousand origins cost whoever looks at them. */
class ManyOriginsTest {
    private static final long MIB = 1 << 20;

    @Test
    void what_is_kept_and_what_is_sent_stays_bounded() throws ConfigException {
        long before = used();
        ManyOrigins many = new ManyOrigins(100_000);

        long all = used() - before;
        int status = answer(many, "/status").body().length;
        int history = answer(many, "/history").body().length;
        long fastest = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long started = System.nanoTime();
            answer(many, "/status");
            fastest = Math.min(fastest, System.nanoTime() - started);
        }

        // Counters, breakers and all that belongs to an origin included.
        assertThat(all).isLessThan(16 * MIB);
        assertThat(status).isLessThan((int) (3 * MIB));
        assertThat(history).isLessThan((int) (3 * MIB));
        assertThat(Duration.ofNanos(fastest)).isLessThan(Duration.ofMillis(200));
    }

    private static Response answer(ManyOrigins many, String path) {
        return many.adminRoutes.handle(new Request("GET", path, "", Map.of("host", "localhost"), true));
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
