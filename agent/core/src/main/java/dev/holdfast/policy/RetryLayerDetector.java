package dev.holdfast.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Tells a layer above that retries from a program that makes the same call on a schedule, such as a poll each second.
 * Both make a failed call again within moments ({@link RecentFailures}), so a single repeat proves nothing.
 *
 * <p>A series is a failed call and its repeats. A layer that retries ends it: with a success or when it gives up, the
 * call is not made again. A schedule goes on after a success. So a layer is reported only when a series of at least
 * {@value #LEAST_REPEATS} repeats is followed by {@link RecentFailures#MEMORY_NANOS} without the call; a call that is
 * made again after a success ends its series unreported. Class loaders that look for one resource twice make one repeat
 * only.
 *
 * <p>Bounded: {@value #MAX_SERIES} series at a time. Touched only where calls have failed. Thread-safe.
 */
public final class RetryLayerDetector {
    /** The number of repeats from which on a series is reported. */
    static final int LEAST_REPEATS = 2;

    private static final int MAX_SERIES = 32;

    /** After so long without news of a call it is not waited for any longer: the program may have dropped it. */
    private static final long LONGEST_CALL_NANOS = TimeUnit.MINUTES.toNanos(10);

    /** Immutable maps: the set is small, and changes only where calls fail. */
    private volatile Map<Long, Series> series = Map.of();

    /** Returns whether a call that begins is of interest: {@link #began} is without effect where this is false. */
    public boolean isWatching() {
        return !series.isEmpty();
    }

    /**
     * A call begins that is a repeat of one that failed moments ago.
     *
     * @param call the call's fingerprint
     * @param now {@code System.nanoTime}
     * @param caller names the class that makes the call; asked at the second repeat, on the calling thread
     */
    public void repeated(long call, long now, Supplier<String> caller) {
        Series known = series.get(call);
        String name = known != null && known.repeats == LEAST_REPEATS - 1 ? caller.get() : "";
        change(
                call,
                before -> before == null
                        ? new Series(1, true, now, "")
                        : new Series(before.repeats + 1, true, now, name.isEmpty() ? before.caller : name));
    }

    /** A call begins that is no repeat: where there is a series of it, that belongs to a schedule. */
    public void began(long call) {
        change(call, before -> null);
    }

    /** A call that {@link #repeated} was told of has ended. */
    public void ended(long call, long now) {
        change(call, before -> before == null ? null : new Series(before.repeats, false, now, before.caller));
    }

    private synchronized void change(long call, UnaryOperator<@Nullable Series> to) {
        Map<Long, Series> all = series;
        Series before = all.get(call);
        Series after = to.apply(before);
        if (Objects.equals(before, after) || (before == null && all.size() >= MAX_SERIES)) {
            return;
        }
        Map<Long, Series> changed = new HashMap<>(all);
        if (after == null) {
            changed.remove(call);
        } else {
            changed.put(call, after);
        }
        series = Map.copyOf(changed);
    }

    /**
     * The callers whose series have ended since this was last asked: each is a layer that retries. Forgets them.
     *
     * @param now {@code System.nanoTime}
     */
    public synchronized List<String> confirmed(long now) {
        List<String> callers = new ArrayList<>(1);
        Map<Long, Series> rest = new HashMap<>();
        series.forEach((call, one) -> {
            if (!one.isOver(now)) {
                rest.put(call, one);
            } else if (!one.underWay && one.repeats >= LEAST_REPEATS) {
                callers.add(one.caller);
            }
        });
        series = Map.copyOf(rest);
        return callers;
    }

    private record Series(int repeats, boolean underWay, long at, String caller) {
        boolean isOver(long now) {
            return now - at > (underWay ? LONGEST_CALL_NANOS : RecentFailures.MEMORY_NANOS);
        }
    }
}
