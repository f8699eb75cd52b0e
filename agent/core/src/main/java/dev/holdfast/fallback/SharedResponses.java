package dev.holdfast.fallback;

import dev.holdfast.fleet.SharedKey;
import dev.holdfast.fleet.StoreClient;
import dev.holdfast.fleet.StoreConnection;
import dev.holdfast.fleet.StoreStats;
import dev.holdfast.policy.CachePolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The answers in the shared store, so that an instance that was just started has what others have stored. One answer to
 * a request, the latest: {@code Vary} seldom tells two apart, as the key has the request's headers already.
 *
 * <p>Nobody waits for a write: what comes while too much waits is not written, and of the answers to one request that
 * come within a second, the last is. An address that was changed has a mark for a moment, under which no instance
 * stores what it had asked for before. A deletion that cannot be done now is done later; until then this instance does
 * not read the key.
 *
 * <p>Deny by default: what is too large, is not encrypted with the file's key for just this name, or is of another
 * format, is a miss. Thread-safe.
 */
final class SharedResponses {
    private static final int MOST_WAITING = 256;
    private static final int MOST_REMEMBERED = 1024;
    private static final int MOST_DELETED = 16 * 1024;
    private static final long BETWEEN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final byte[] MARK_MILLIS =
            Long.toString(TimeUnit.SECONDS.toMillis(10)).getBytes(StandardCharsets.US_ASCII);

    /** A mark is one byte long, and no value is. What is no string has no length, and is replaced. */
    private static final String STORE = "if redis.pcall('STRLEN', KEYS[1]) == 1 then return '0' end "
            + "redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return '1'";

    /** A full store takes no mark, but deletes. */
    private static final String DELETE =
            "redis.call('DEL', KEYS[1]) redis.pcall('SET', KEYS[1], '-', 'PX', ARGV[1]) return '1'";

    private final StoreClient client;
    private final SharedKey key;
    private final String prefix;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder damaged = new LongAdder();

    // Guarded by waiting, as are the next.
    private final Map<String, Job> waiting = new HashMap<>();
    private long waitingBytes;
    private final Set<String> deleted = new LinkedHashSet<>();
    /** Answers that were received before this time may be outdated: too many deletions were waiting. */
    private long distrustedUntil = Long.MIN_VALUE;

    private final Map<String, Long> writtenAt = new Times();
    private final Map<String, Long> deletedAt = new Times();
    /** True if the deletion of what is to be deleted is on its way. */
    private boolean deleting;

    /** The times of the latest of something. */
    private static final class Times extends LinkedHashMap<String, Long> {
        private static final long serialVersionUID = 1;

        Times() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST_REMEMBERED;
        }
    }

    private record Job(String cacheKey, StoredResponse response, long ttlMillis) {}

    SharedResponses(StoreClient client) {
        this.client = client;
        this.key = new SharedKey(client.settings().key());
        this.prefix = client.settings().namespace() + ":r:";
        client.whenUp(this::deleteWaiting);
    }

    /** Returns the client that it works with. */
    StoreClient client() {
        return client;
    }

    /**
     * The answer to a request, null: there is none, or none in time.
     *
     * @param newerThan when the one that is known was received, in milliseconds since the epoch
     */
    @Nullable
    StoredResponse find(String cacheKey, FallbackRequest request, CachePolicy policy, long newerThan) {
        String name = name(cacheKey, policy);
        long oldest;
        synchronized (waiting) {
            if (deleted.contains(name)) {
                return null;
            }
            oldest = Math.max(newerThan, distrustedUntil);
        }
        StoredResponse found = client.ask(name, connection -> read(connection, name, cacheKey, policy));
        if (found == null || found.receivedAt() <= oldest || !found.matches(request)) {
            misses.increment();
            return null;
        }
        hits.increment();
        return found;
    }

    private @Nullable StoredResponse read(StoreConnection connection, String name, String cacheKey, CachePolicy policy)
            throws IOException {
        int most = (int) Math.min(policy.maxBytes(), Integer.MAX_VALUE / 2);
        byte[] sealed = connection.read(name, most);
        if (sealed == null || sealed.length <= 1) {
            return null;
        }
        byte[] bytes = key.open(name, sealed);
        List<StoredResponse> read = bytes == null ? null : StoredResponseFormat.read(cacheKey, bytes);
        if (read == null || read.size() != 1) {
            damaged.increment();
            return null;
        }
        return read.get(0);
    }

    /** Writes it soon, unless a later one comes before. */
    void write(String cacheKey, StoredResponse response, CachePolicy policy) {
        String name = name(cacheKey, policy);
        long ttl = TimeUnit.NANOSECONDS.toMillis(policy.ttlNanos());
        if (ttl <= 0 || response.size() > policy.maxBytes() / 2) {
            return;
        }
        if (!client.accepts()) {
            client.dropped();
            return;
        }
        long delay = 0;
        synchronized (waiting) {
            Job earlier = waiting.get(name);
            if (earlier == null && waiting.size() == MOST_WAITING) {
                client.dropped();
                return;
            }
            long others = waitingBytes - (earlier == null ? 0 : earlier.response.size());
            if (others > 0 && others + response.size() > policy.maxBytes() / 2) {
                client.dropped();
                return;
            }
            waiting.put(name, new Job(cacheKey, response, ttl));
            waitingBytes = others + response.size();
            if (earlier != null) {
                return; // it is written in the turn of the one before it
            }
            Long before = writtenAt.get(name);
            delay = before == null ? 0 : Math.max(0, BETWEEN_NANOS - (System.nanoTime() - before));
        }
        client.schedule(() -> writeNow(name), delay);
    }

    private void writeNow(String name) {
        Job job = take(name);
        if (job != null && !client.run(connection -> write(connection, name, job))) {
            client.dropped();
        }
    }

    private @Nullable Job take(String name) {
        synchronized (waiting) {
            Job job = waiting.remove(name);
            waitingBytes -= job == null ? 0 : job.response.size();
            return job;
        }
    }

    private byte @Nullable [] write(StoreConnection connection, String name, Job job) throws IOException {
        synchronized (waiting) {
            writtenAt.put(name, System.nanoTime());
            deletedAt.remove(name);
        }
        byte[] sealed = key.seal(name, StoredResponseFormat.write(job.cacheKey, List.of(job.response)));
        byte[] ttl = Long.toString(job.ttlMillis).getBytes(StandardCharsets.US_ASCII);
        return connection.run(STORE, name, List.of(sealed, ttl));
    }

    /** Deletes the answer to a request soon, and drops what waits to be written. The key is not read from now on. */
    void delete(String cacheKey, CachePolicy policy) {
        String name = name(cacheKey, policy);
        Job unused = take(name);
        synchronized (waiting) {
            // An address that answers 404 a thousand times a second must not cost as many deletions.
            Long before = deletedAt.get(name);
            if (before != null && System.nanoTime() - before < BETWEEN_NANOS) {
                return;
            }
            if (!deleted.add(name)) {
                return;
            }
            if (deleted.size() > MOST_DELETED) {
                deleted.clear();
                distrustedUntil = System.currentTimeMillis();
                return;
            }
            if (deleting) {
                return;
            }
            deleting = true;
        }
        client.schedule(this::deleteWaiting, 0);
    }

    /** Only of the background thread. What cannot be deleted now is tried again when the store is there. */
    private void deleteWaiting() {
        List<String> names;
        synchronized (waiting) {
            deleting = false;
            names = new ArrayList<>(deleted);
        }
        for (String name : names) {
            if (!client.run(connection -> connection.run(DELETE, name, List.of(MARK_MILLIS)))) {
                return;
            }
            synchronized (waiting) {
                deleted.remove(name);
                deletedAt.put(name, System.nanoTime());
            }
        }
    }

    /**
     * The name in the store. Instances whose files let other headers count have other names: what is everybody's to one
     * may be a user's to another.
     */
    private String name(String cacheKey, CachePolicy policy) {
        StringBuilder text = new StringBuilder(cacheKey);
        for (String counted : new TreeSet<>(policy.keyHeaders())) {
            text.append("\n+").append(counted);
        }
        for (String ignored : new TreeSet<>(policy.ignoreHeaders())) {
            text.append("\n-").append(ignored);
        }
        return prefix + key.name(text.toString());
    }

    /** Returns the figures of the store and of the reads here. */
    StoreStats stats() {
        return client.stats(hits.sum(), misses.sum(), damaged.sum());
    }
}
