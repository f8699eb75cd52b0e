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
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
        Reload reload = reload(file, holdfast, stderrReporter);
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

    @Test
    void a_game_day_is_said_when_a_reload_arms_it_and_when_one_ends_it() throws Exception {
        String faults =
                TWO_RETRIES + "[fault]\nshare = 0.5\nstatus = 503\n[faults]\nuntil = \"2099-01-01T00:00:00Z\"\n";
        Path path = Files.writeString(directory.resolve("holdfast.toml"), faults);
        List<String> lines = new CopyOnWriteArrayList<>();
        StderrReporter stderrReporter = new StderrReporter(new PrintStream(OutputStream.nullOutputStream()) {
            @Override
            public void println(String line) {
                lines.add(line);
            }
        });
        Reload reload = reload(path.toString(), new Holdfast(stderrReporter), stderrReporter);
        assertThat(reload.readFirst()).isTrue();
        reload.watch();
        assertThat(lines).noneMatch(line -> line.contains("game day"));

        Files.writeString(path, faults + "armed = true\n");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(lines)
                        .anyMatch(line ->
                                line.contains("game day: faults are injected into calls until 2099-01-01T00:00:00Z")));

        Files.writeString(path, faults + "armed = false\n");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(lines)
                        .anyMatch(line -> line.contains(
                                "game day: no faults are injected any more, as [faults] is not armed any more")));
    }

    private static Reload reload(String file, Holdfast holdfast, StderrReporter stderrReporter) {
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
        return new Reload(new WatchedFile(file), activation, stderrReporter);
    }

    private static int maxRetries(Holdfast holdfast) {
        return holdfast.get().target("http", "any.example", 80).policy().retry().maxRetries();
    }
}
