package dev.holdfast.fallback;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The order of stored responses and of what invalidated them: a response that was on its way when its key was
 * invalidated is older than what invalidated it, whenever it is complete. Keys are remembered up to a number; of an
 * older invalidation it is no longer known which key it concerned, and then it counts for all. For one thread at a
 * time: guarded by the store's lock.
 */
final class Invalidations {
    private static final int MOST = 1024;

    private final Map<String, Long> last = new LinkedHashMap<>();
    private long count;
    private long unknownUpTo;

    /** The number of the last one. */
    long count() {
        return count;
    }

    /** A key is invalidated. */
    void add(String key) {
        last.remove(key);
        last.put(key, ++count);
        if (last.size() > MOST) {
            Iterator<Long> eldest = last.values().iterator();
            unknownUpTo = eldest.next();
            eldest.remove();
        }
    }

    /** Returns whether a key was, or may have been, invalidated after so many. */
    boolean hasSince(String key, long began) {
        return last.getOrDefault(key, unknownUpTo) > began;
    }
}
