package dev.holdfast.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.config.WatchedFile;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Proxy;
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

    private static final Instrumentation NO_CLASSES = (Instrumentation) Proxy.newProxyInstance(
            ReloadTest.class.getClassLoader(),
            new Class<?>[] {Instrumentation.class},
            (proxy, method, arguments) -> new Class<?>[0]);

    @TempDir
    Path directory;

    @Test
    void a_change_is_in_force_though_errors_hit_the_thread_that_watches() throws Exception {
        Path path = Files.writeString(directory.resolve("holdfast.toml"), TWO_RETRIES);
        String file = path.toString();
        // As if there were no memory for the lines that it writes: each change writes some.
        AtomicInteger errors = new AtomicInteger(-1); // the first line is that of the start
        PrintStream noMemory = new PrintStream(OutputStream.nullOutputStream()) {
            @Override
            public void println(String line) {
                int number = errors.incrementAndGet();
                if (number > 0 && number <= 3) {
                    throw new OutOfMemoryError("a test's own");
                }
            }
        };
        StderrReporter stderrReporter = new StderrReporter(noMemory);
        Holdfast holdfast = new Holdfast(stderrReporter);
        ClassLoadSignals signals = new ClassLoadSignals(
                new CountDownLatch(1), new CountDownLatch(1), new ArrayDeque<>(), () -> new Class<?>[0]);
        Activation activation = new Activation(
                file,
                holdfast,
                stderrReporter,
                "test",
                signals,
                new LoadedClasses(NO_CLASSES, signals),
                installed -> {});
        Reload reload = new Reload(new WatchedFile(file), activation, stderrReporter);
        assertThat(reload.readFirst()).isTrue();
        reload.watch();

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
