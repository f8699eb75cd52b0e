package dev.holdfast.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.call.Timer;
import dev.holdfast.config.ConfigLoader;
import dev.holdfast.config.Configuration;
import dev.holdfast.config.WatchedFile;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The thread that watches the configuration lives as long as the program. */
class ReloadTest {
    private static final String TWO_RETRIES = "[retry]\nmax_retries = 2\n[reload]\nevery = \"50ms\"\n";
    private static final String FIVE_RETRIES = "[retry]\nmax_retries = 5\n[reload]\nevery = \"50ms\"\n";

    @TempDir
    Path directory;

    @Test
    void a_change_is_in_force_though_errors_hit_the_thread_that_watches() throws Exception {
        Path path = Files.writeString(directory.resolve("holdfast.toml"), TWO_RETRIES);
        String file = path.toString();
        // As if there were no memory for the lines that it writes: each change writes some.
        AtomicInteger errors = new AtomicInteger();
        PrintStream noMemory = new PrintStream(OutputStream.nullOutputStream()) {
            @Override
            public void println(String line) {
                if (errors.incrementAndGet() <= 3) {
                    throw new OutOfMemoryError("a test's own");
                }
            }
        };
        Console console = new Console(noMemory);
        Holdfast holdfast = new Holdfast(console);
        Configuration configuration = ConfigLoader.parse(TWO_RETRIES, file);
        Signals signals = new Signals(new CountDownLatch(1), new CountDownLatch(1), new ArrayDeque<>());
        Setup setup = new Setup(new Operations(configuration, holdfast, console, "test", signals), new Timer());
        holdfast.use(setup.engine(configuration));
        new Reload(new WatchedFile(file, TWO_RETRIES), configuration, setup, holdfast, console).start();

        Files.writeString(path, FIVE_RETRIES);

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(maxRetries(holdfast)).isEqualTo(5));
        await().atMost(Duration.ofSeconds(60)).until(() -> errors.get() > 3);
        Files.writeString(path, TWO_RETRIES);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(maxRetries(holdfast)).isEqualTo(2));
    }

    private static int maxRetries(Holdfast holdfast) {
        return holdfast.get().target("http", "any.example", 80).policy().retry().maxRetries();
    }
}
