package dev.holdfast.fallback;

import dev.holdfast.call.Privileges;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes answers to their files on a thread of its own, which ends when there is nothing to write. Nobody waits for it:
 * what comes while too much waits is not written: so many, or half of what all files may take. Of the answers to one
 * request that come within a second, the last is written: an address that is asked for a thousand times a second must
 * not cost as many files. What waits at the program's end still is, within a moment. Thread-safe.
 */
final class DiskCacheWriter {
    private static final int MOST_WAITING = 256;
    private static final int MOST_DELETED = 16 * 1024;
    private static final int MOST_REMEMBERED = 1024;
    private static final long BETWEEN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long IDLE_SECONDS = 5;
    private static final long AT_EXIT_MILLIS = 2_000;
    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final DiskCache files;
    private final BiConsumer<String, @Nullable Throwable> reports;
    private final ScheduledThreadPoolExecutor writer;
    /** The last answer to each request, in the order in which the requests came. Guarded by itself, as are the next. */
    private final Map<Slot, Job> waiting = new LinkedHashMap<>();

    /** The memory that they take, which the cache no longer counts once it has evicted them. */
    private long waitingBytes;

    /** The keys whose files are to be deleted. */
    private final Set<String> deleted = new HashSet<>();
    /** Too many: all files are to be deleted. */
    private boolean deletesAll;

    private final Map<Slot, Long> writtenAt = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Slot, Long> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };
    /** Only of the writing thread. */
    private @Nullable Long failedAt;

    /** The identity of stored responses that replace one another: see {@link StoredResponse#replaces}. */
    private record Slot(String key, Map<String, String> varying) {}

    private record Job(StoredResponse response, long maxBytes) {}

    /**
     * None is written yet.
     *
     * @param files where to
     * @param reports receives failures, rate-limited
     */
    DiskCacheWriter(DiskCache files, BiConsumer<String, @Nullable Throwable> reports) {
        this.files = files;
        this.reports = reports;
        writer = new ScheduledThreadPoolExecutor(
                1, task -> Privileges.thread(task, "holdfast-cache"), new ThreadPoolExecutor.DiscardPolicy());
        writer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        writer.allowCoreThreadTimeOut(true);
        Thread atExit = Privileges.thread(this::finish, "holdfast-cache-exit");
        atExit.setDaemon(false);
        try {
            Runtime.getRuntime().addShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The program is ending.
        }
    }

    DiskCache files() {
        return files;
    }

    /** Writes it soon, unless a later one comes before. */
    void write(String key, StoredResponse response, long maxBytes) {
        Slot slot = new Slot(key, response.varying());
        long delay = 0;
        synchronized (waiting) {
            Job earlier = waiting.get(slot);
            if (earlier == null && waiting.size() == MOST_WAITING) {
                return;
            }
            long others = waitingBytes - (earlier == null ? 0 : earlier.response.size());
            if (others > 0 && others + response.size() > maxBytes / 2) {
                return;
            }
            waiting.put(slot, new Job(response, maxBytes));
            waitingBytes = others + response.size();
            if (earlier != null) {
                return; // it is written in the turn of the one before it
            }
            Long before = writtenAt.get(slot);
            if (before != null) {
                delay = BETWEEN_NANOS - (System.nanoTime() - before);
            }
        }
        ScheduledFuture<?> unused = writer.schedule(() -> write(slot), delay, TimeUnit.NANOSECONDS);
    }

    /**
     * Replaces the answers under a key by what is made of them soon, unless too much waits.
     *
     * @param maxBytes what all files may take together
     * @param update makes another one of each; null: it stays as it is
     */
    void update(String key, long maxBytes, Function<StoredResponse, @Nullable StoredResponse> update) {
        if (writer.getQueue().size() >= MOST_WAITING) {
            return;
        }
        writer.execute(() -> {
            List<StoredResponse> found = read(key, maxBytes);
            for (StoredResponse response : found == null ? List.<StoredResponse>of() : found) {
                StoredResponse updated = update.apply(response);
                if (updated != null) {
                    write(key, updated, maxBytes);
                }
            }
        });
    }

    /** The answers under a key, unless they are about to be deleted; see {@link DiskCache#read}. */
    @Nullable
    List<StoredResponse> read(String key, long maxBytes) {
        return isDeleted(key) ? null : files.read(key, maxBytes);
    }

    private boolean isDeleted(String key) {
        synchronized (waiting) {
            return deletesAll || deleted.contains(key);
        }
    }

    /** Deletes the file of a key soon, and drops what waits to be written. The key is not read from now on. */
    void delete(String key) {
        synchronized (waiting) {
            waiting.entrySet().removeIf(entry -> {
                boolean removed = entry.getKey().key.equals(key);
                waitingBytes -= removed ? entry.getValue().response.size() : 0;
                return removed;
            });
            if (deletesAll || !deleted.add(key)) {
                return;
            }
            if (deleted.size() > MOST_DELETED) {
                // Rather all of them than one that is no longer valid.
                deletesAll = true;
                deleted.clear();
                writer.execute(this::deleteAll);
                return;
            }
        }
        writer.execute(() -> deleteNow(key));
    }

    private void deleteNow(String key) {
        files.delete(key);
        synchronized (waiting) {
            deleted.remove(key);
        }
    }

    private void deleteAll() {
        files.deleteAll();
        synchronized (waiting) {
            deletesAll = false;
        }
    }

    private void write(Slot slot) {
        Job job;
        synchronized (waiting) {
            job = waiting.remove(slot);
            waitingBytes -= job == null ? 0 : job.response.size();
            writtenAt.put(slot, System.nanoTime());
        }
        if (job != null) {
            writeNow(slot.key, job.response, job.maxBytes);
        }
    }

    private void writeNow(String key, StoredResponse response, long maxBytes) {
        Long before = failedAt;
        if (before != null && System.nanoTime() - before < PAUSE_NANOS) {
            return;
        }
        try {
            files.write(key, response, maxBytes);
            failedAt = null;
        } catch (IOException | RuntimeException e) {
            if (before == null) {
                String reason = e instanceof FileSystemException failed ? failed.getReason() : null;
                reports.accept(
                        "responses cannot be stored in cache_dir "
                                + files.source().shown(files.directory()) + "; they are in memory only ("
                                + files.source().reason(e, reason) + ")",
                        null);
            }
            failedAt = System.nanoTime();
        }
    }

    private void finish() {
        try {
            Object unused = writer.submit(this::writeAll).get(AT_EXIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // The files that there are by now are whole.
        }
    }

    private void writeAll() {
        List<Slot> slots;
        synchronized (waiting) {
            slots = List.copyOf(waiting.keySet());
        }
        slots.forEach(this::write);
    }
}
