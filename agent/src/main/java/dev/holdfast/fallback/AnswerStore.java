package dev.holdfast.fallback;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The answers in memory, bounded in bytes: a segmented LRU. What was kept or asked for twice moves to a protected segment of
 * four fifths of the room, so that a flood of URIs that come once pushes out only its like. Thread-safe: a lock, held for a
 * look-up and never across I/O. Both maps are in the order of access.
 *
 * <p>Not a library's cache: the one that was planned for asks {@code System.getLogger} in its class initialiser, which
 * brings up the application's logging, of all things from a thread in the middle of its HTTP call.
 */
final class AnswerStore {
    /** How many answers to one request there may be that differ by {@code Vary}. */
    private static final int MOST_VARIANTS = 8;

    private static final int KEY_SIZE = 200;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, List<KeptAnswer>> once = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, List<KeptAnswer>> often = new LinkedHashMap<>(16, 0.75f, true);
    private long onceBytes;
    private long oftenBytes;
    private long maxBytes;

    /** Empty, with this much room. */
    AnswerStore(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Sets the room; what no longer fits goes. */
    void resize(long bytes) {
        lock.lock();
        try {
            if (maxBytes != bytes) {
                maxBytes = bytes;
                makeRoom();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Keeps an answer in place of the one that answered the same requests. */
    void put(String key, KeptAnswer answer) {
        lock.lock();
        try {
            List<KeptAnswer> before = remove(key);
            List<KeptAnswer> variants = new ArrayList<>(2);
            variants.add(answer);
            if (before != null) {
                for (KeptAnswer other : before) {
                    if (!answer.replaces(other) && variants.size() < MOST_VARIANTS) {
                        variants.add(other);
                    }
                }
            }
            if (before == null) {
                once.put(key, variants);
                onceBytes += size(variants);
            } else {
                often.put(key, variants);
                oftenBytes += size(variants);
            }
            makeRoom();
        } finally {
            lock.unlock();
        }
    }

    /** The answer that fits a request, the newest first; null: there is none. */
    @Nullable
    KeptAnswer find(String key, Request request) {
        lock.lock();
        try {
            List<KeptAnswer> variants = often.get(key);
            if (variants == null) {
                variants = once.get(key);
            }
            if (variants == null) {
                return null;
            }
            for (KeptAnswer answer : variants) {
                if (answer.fits(request)) {
                    return answer;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes it takes, as far as it counts them. */
    long bytes() {
        lock.lock();
        try {
            return onceBytes + oftenBytes;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable List<KeptAnswer> remove(String key) {
        List<KeptAnswer> found = once.remove(key);
        if (found != null) {
            onceBytes -= size(found);
            return found;
        }
        found = often.remove(key);
        if (found != null) {
            oftenBytes -= size(found);
        }
        return found;
    }

    private void makeRoom() {
        while (oftenBytes > maxBytes / 5 * 4 && !often.isEmpty()) {
            Map.Entry<String, List<KeptAnswer>> eldest = removeEldest(often);
            oftenBytes -= size(eldest.getValue());
            once.put(eldest.getKey(), eldest.getValue());
            onceBytes += size(eldest.getValue());
        }
        while (onceBytes + oftenBytes > maxBytes && !once.isEmpty()) {
            onceBytes -= size(removeEldest(once).getValue());
        }
    }

    private static Map.Entry<String, List<KeptAnswer>> removeEldest(Map<String, List<KeptAnswer>> from) {
        Iterator<Map.Entry<String, List<KeptAnswer>>> entries = from.entrySet().iterator();
        Map.Entry<String, List<KeptAnswer>> eldest = entries.next();
        Map.Entry<String, List<KeptAnswer>> copy = Map.entry(eldest.getKey(), eldest.getValue());
        entries.remove();
        return copy;
    }

    private static long size(List<KeptAnswer> variants) {
        long size = KEY_SIZE;
        for (KeptAnswer answer : variants) {
            size += answer.size();
        }
        return size;
    }
}
