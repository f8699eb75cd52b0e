package dev.holdfast.policy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Knows again a call that failed, was retried in vain, and is made once more within moments: then a layer above retries
 * too, and attempts multiply (RFC 9110 section 9.2.2: a client should not retry a failed automatic retry). One per
 * target, made with its first failure.
 *
 * <p>A call is known by a number of 64 bits; each failure is recognised once. Bounded: of two calls that fall on the
 * same of {@value #PLACES} places, the later one is remembered, so that some are missed where many fail together, and
 * none is invented. Lock-free.
 */
public final class RecentFailures {
    /**
     * The time for which a failure is remembered: longer than the waits of the layers that retry, shorter than most
     * schedules.
     */
    public static final long MEMORY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int PLACES = 32;

    private final AtomicReferenceArray<@Nullable Failed> places = new AtomicReferenceArray<>(PLACES);
    private volatile long latest;

    /** Remembers that a call failed. */
    public void failed(long call, long now) {
        latest = now;
        int place = place(call);
        places.updateAndGet(
                place,
                before -> new Failed(
                        call,
                        now,
                        before != null && before.call == call && before.isFresh(now) ? before.times + 1 : 1));
    }

    /**
     * Returns whether any call failed moments ago: where none did, none comes back, and no number need be worked out.
     */
    public boolean isFresh(long now) {
        return now - latest <= MEMORY_NANOS;
    }

    /** Returns whether a call that now begins failed moments ago. Forgets one failure of it. */
    public boolean isRepeat(long call, long now) {
        Failed failed = places.get(place(call));
        while (failed != null && failed.call == call && failed.isFresh(now)) {
            if (takeOne(failed)) {
                return true;
            }
            failed = places.get(place(call));
        }
        return false;
    }

    /** A failure is none after all. */
    public void clearFailure(long call) {
        Failed failed = places.get(place(call));
        while (failed != null && failed.call == call && !takeOne(failed)) {
            failed = places.get(place(call));
        }
    }

    private boolean takeOne(Failed failed) {
        Failed rest = failed.times == 1 ? null : new Failed(failed.call, failed.at, failed.times - 1);
        return places.compareAndSet(place(failed.call), failed, rest);
    }

    private static int place(long call) {
        long mixed = call * 0x9E3779B97F4A7C15L; // the golden ratio: near numbers fall far apart
        return (int) (mixed >>> 32) & (PLACES - 1);
    }

    /** So many failures of one call that none has come back for, the last at a time. */
    private record Failed(long call, long at, int times) {
        boolean isFresh(long now) {
            return now - at <= MEMORY_NANOS;
        }
    }
}
