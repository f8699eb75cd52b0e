package dev.holdfast.fallback;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The answers in memory, bounded in bytes: a segmented LRU. What was kept or given twice moves to a protected segment
 * of four fifths of the room, so that a flood of URIs that come once pushes out only its like. Thread-safe: a lock,
 * held for a look-up and never across I/O. Both maps are in the order of access.
 *
 * <p>Not Caffeine, which was planned: the class initialiser of {@code Caffeine} 3.3.1 calls {@code System.getLogger},
 * which runs that of {@code java.util.logging.LogManager}, on JDK 17 and 25 alike and on whatever thread. The
 * application's log manager would then be chosen by us, before the application had its say: with one that only the
 * context class loader knows, the initialiser prints a stack trace and falls back to the JDK's for good. It also takes
 * 97 ms and 81 classes of its own before the first answer is kept.
 */
final class ResponseCache implements ResponseRecording.Memory {
    /** The largest number of responses to one request that differ by {@code Vary}. */
    private static final int MOST_VARIANTS = 8;

    private static final int KEY_SIZE = 200;

    /** The number of pieces that are held for later recordings: a mebibyte, which counts towards the room. */
    private static final int MOST_SPARE = 64;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, List<StoredResponse>> probation = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, List<StoredResponse>> protectedSegment = new LinkedHashMap<>(16, 0.75f, true);
    /** The one that was given last is taken first: it may still be in the processor's cache. */
    private final List<byte[]> spare = new ArrayList<>();

    private final RecordingMemory recordings = new RecordingMemory();
    private final Invalidations invalidations = new Invalidations();
    private long probationBytes;
    private long protectedBytes;
    private long maxBytes;
    private long kept;
    private long evicted;

    /** The number of the last invalidation; see {@link #put}. */
    long invalidations() {
        lock.lock();
        try {
            return invalidations.count();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sets how many bytes all responses and recordings may take together. What no longer fits goes with the next one.
     */
    void setCapacity(long room) {
        lock.lock();
        try {
            maxBytes = room;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Keeps an answer in place of the one that answered the same requests.
     *
     * @param began the number of the last invalidation when it was asked for
     * @return false: its key was invalidated since, and nothing is kept
     */
    boolean put(String key, StoredResponse response, long began) {
        lock.lock();
        try {
            if (invalidations.hasSince(key, began)) {
                response.body().recycle(this::keepSpare);
                return false;
            }
            kept++;
            List<StoredResponse> before = remove(key);
            List<StoredResponse> variants = new ArrayList<>(2);
            variants.add(response);
            if (before != null) {
                for (StoredResponse other : before) {
                    if (!response.replaces(other) && variants.size() < MOST_VARIANTS) {
                        variants.add(other);
                    } else {
                        other.body().recycle(this::keepSpare);
                    }
                }
            }
            if (before == null) {
                probation.put(key, variants);
                probationBytes += size(variants);
            } else {
                protectedSegment.put(key, variants);
                protectedBytes += size(variants);
            }
            makeRoom();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Replaces the answer that fits a request by what is made of it, if that is anything.
     *
     * @return the new one; null: there was none, or nothing was made of it
     */
    @Nullable
    StoredResponse update(
            String key, FallbackRequest request, Function<StoredResponse, @Nullable StoredResponse> update) {
        lock.lock();
        try {
            for (Map<String, List<StoredResponse>> segment : List.of(protectedSegment, probation)) {
                List<StoredResponse> variants = segment.get(key);
                for (int i = 0; variants != null && i < variants.size(); i++) {
                    StoredResponse updated = variants.get(i).matches(request) ? update.apply(variants.get(i)) : null;
                    if (updated != null) {
                        long more = updated.size() - variants.get(i).size();
                        variants.set(i, updated);
                        probationBytes += segment == probation ? more : 0;
                        protectedBytes += segment == protectedSegment ? more : 0;
                        updated.body().show(); // two answers have it now
                        return updated;
                    }
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets the answers under a key, those too that are on their way. */
    void invalidate(String key) {
        lock.lock();
        try {
            invalidations.add(key);
            List<StoredResponse> found = remove(key);
            if (found != null) {
                found.forEach(response -> response.body().recycle(this::keepSpare));
            }
        } finally {
            lock.unlock();
        }
    }

    /** The answer that fits a request, the newest first; null: there is none. */
    @Nullable
    StoredResponse find(String key, FallbackRequest request) {
        lock.lock();
        try {
            List<StoredResponse> variants = protectedSegment.get(key);
            if (variants == null) {
                variants = probation.get(key);
            }
            if (variants == null) {
                return null;
            }
            for (StoredResponse response : variants) {
                if (response.matches(request)) {
                    markFrequentlyUsed(key);
                    response.body().show();
                    return response;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void markFrequentlyUsed(String key) {
        List<StoredResponse> variants = probation.remove(key);
        if (variants != null) {
            long size = size(variants);
            probationBytes -= size;
            protectedSegment.put(key, variants);
            protectedBytes += size;
            makeRoom();
        }
    }

    /** Returns the statistics of the content and of evictions. */
    Figures figures() {
        lock.lock();
        try {
            return new Figures(
                    probation.size() + protectedSegment.size(),
                    probationBytes + protectedBytes + recordings.bytes(),
                    maxBytes,
                    kept,
                    evicted);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The numbers of requests with answers; of their bytes and those of recordings, as far as they are counted; of the
     * bytes that there is room for; of answers kept, and of requests whose answers had to go.
     */
    record Figures(long entries, long bytes, long maxBytes, long kept, long evicted) {}

    private @Nullable List<StoredResponse> remove(String key) {
        List<StoredResponse> found = probation.remove(key);
        if (found != null) {
            probationBytes -= size(found);
            return found;
        }
        found = protectedSegment.remove(key);
        if (found != null) {
            protectedBytes -= size(found);
        }
        return found;
    }

    private void makeRoom() {
        long room = maxBytes - (long) mostSpare() * ResponseRecording.PIECE - recordings.bytes();
        while (protectedBytes > room / 5 * 4 && !protectedSegment.isEmpty()) {
            Map.Entry<String, List<StoredResponse>> eldest = removeEldest(protectedSegment);
            protectedBytes -= size(eldest.getValue());
            probation.put(eldest.getKey(), eldest.getValue());
            probationBytes += size(eldest.getValue());
        }
        while (probationBytes + protectedBytes > room && !probation.isEmpty()) {
            List<StoredResponse> variants = removeEldest(probation).getValue();
            probationBytes -= size(variants);
            evicted++;
            for (StoredResponse response : variants) {
                response.body().recycle(this::keepSpare);
            }
        }
        while (spare.size() > mostSpare()) {
            spare.remove(spare.size() - 1);
        }
    }

    /** Returns the number of spare pieces to hold: a small part of the capacity is set aside for them. */
    private int mostSpare() {
        return (int) Math.min(MOST_SPARE, maxBytes / 16 / ResponseRecording.PIECE);
    }

    private void keepSpare(byte[] piece) {
        if (piece.length == ResponseRecording.PIECE && spare.size() < mostSpare()) {
            spare.add(piece);
        }
    }

    @Override
    public RecordingMemory.Share open(ResponseRecording recording) {
        lock.lock();
        try {
            return recordings.open(recording, invalidations.count());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<byte[]> take(RecordingMemory.Share share, int bytes, int wanted) {
        List<byte[]> taken;
        List<ResponseRecording> largest;
        lock.lock();
        try {
            List<byte[]> last = spare.subList(Math.max(0, spare.size() - wanted), spare.size());
            taken = new ArrayList<>(last);
            last.clear();
            // Half of the room at most, so that what is on its way never pushes out all that is there.
            largest = recordings.grow(
                    share, Math.max(bytes, (long) taken.size() * ResponseRecording.PIECE), maxBytes / 2);
            makeRoom();
        } finally {
            lock.unlock();
        }
        largest.forEach(ResponseRecording::drop);
        return taken;
    }

    @Override
    public void close(RecordingMemory.Share share) {
        lock.lock();
        try {
            recordings.close(share);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void give(byte[] piece) {
        lock.lock();
        try {
            keepSpare(piece);
        } finally {
            lock.unlock();
        }
    }

    private static Map.Entry<String, List<StoredResponse>> removeEldest(Map<String, List<StoredResponse>> from) {
        Iterator<Map.Entry<String, List<StoredResponse>>> entries =
                from.entrySet().iterator();
        Map.Entry<String, List<StoredResponse>> eldest = entries.next();
        Map.Entry<String, List<StoredResponse>> copy = Map.entry(eldest.getKey(), eldest.getValue());
        entries.remove();
        return copy;
    }

    private static long size(List<StoredResponse> variants) {
        long size = KEY_SIZE;
        for (StoredResponse response : variants) {
            size += response.size();
        }
        return size;
    }
}
