package dev.holdfast.fallback;

import dev.holdfast.call.Rights;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes answers to their files on a thread of its own, which ends when there is nothing to write. Nobody waits for it: what
 * comes while too much waits is not written. What waits at the program's end still is, within a moment. Thread-safe.
 */
final class AnswerWriter {
    private static final int MOST_WAITING = 256;
    private static final long IDLE_SECONDS = 5;
    private static final long AT_EXIT_MILLIS = 2_000;
    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final AnswerFiles files;
    private final BiConsumer<String, @Nullable Throwable> reports;
    private final ThreadPoolExecutor writer;
    /** Only of the writing thread. */
    private @Nullable Long failedAt;

    /**
     * None is written yet.
     *
     * @param files where to
     * @param reports hears what goes wrong, once in a while
     */
    AnswerWriter(AnswerFiles files, BiConsumer<String, @Nullable Throwable> reports) {
        this.files = files;
        this.reports = reports;
        writer = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                task -> Rights.thread(task, "holdfast-cache"),
                new ThreadPoolExecutor.DiscardPolicy());
        writer.allowCoreThreadTimeOut(true);
        Thread atExit = Rights.thread(this::finish, "holdfast-cache-exit");
        atExit.setDaemon(false);
        try {
            Runtime.getRuntime().addShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The program is ending.
        }
    }

    AnswerFiles files() {
        return files;
    }

    /** Writes it soon. */
    void write(String key, KeptAnswer answer, long maxBytes) {
        writer.execute(() -> writeNow(key, answer, maxBytes));
    }

    /** Deletes what there is under a key soon, after what waits to be written. */
    void delete(String key) {
        writer.execute(() -> files.delete(key));
    }

    private void writeNow(String key, KeptAnswer answer, long maxBytes) {
        Long before = failedAt;
        if (before != null && System.nanoTime() - before < PAUSE_NANOS) {
            return;
        }
        try {
            files.write(key, answer, maxBytes);
            failedAt = null;
        } catch (IOException | RuntimeException e) {
            if (before == null) {
                reports.accept(
                        "answers cannot be kept in cache_dir " + files.directory() + "; they are in memory only (" + e
                                + ")",
                        null);
            }
            failedAt = System.nanoTime();
        }
    }

    private void finish() {
        writer.shutdown();
        try {
            boolean unused = writer.awaitTermination(AT_EXIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
