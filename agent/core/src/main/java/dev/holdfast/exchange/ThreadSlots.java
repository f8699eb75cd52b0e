package dev.holdfast.exchange;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * One value for each thread that has one, for the time of an attempt. Unlike a thread-local variable it takes no memory
 * of a thread that has none and reads it, as a call without a policy does, nor of one that sets a value. Each thread
 * has a slot that it shares with few others; where another has it now, the value is in a map.
 *
 * @param <T> the type of the values
 */
public final class ThreadSlots<T> {
    /** A power of two. */
    private static final int SLOTS = 64;

    private final AtomicReferenceArray<@Nullable Thread> owners = new AtomicReferenceArray<>(SLOTS);
    /** Each is read and written by the slot's owner alone. */
    private final @Nullable Object[] values = new @Nullable Object[SLOTS];

    private final Map<Thread, T> others = new ConcurrentHashMap<>();

    /** Makes slots in which no thread has a value. */
    public ThreadSlots() {}

    /** Returns the calling thread's value; null: it has none. */
    @SuppressWarnings("unchecked") // the owner of a slot has put it there
    public @Nullable T get() {
        Thread current = Thread.currentThread();
        int slot = slotOf(current);
        if (owners.get(slot) == current) {
            return (T) values[slot];
        }
        return others.isEmpty() ? null : others.get(current);
    }

    /**
     * Sets the calling thread's value, until {@link #restore}.
     *
     * @return the one that it had before, null: none
     */
    @SuppressWarnings("unchecked") // as above
    public @Nullable T set(T value) {
        Thread current = Thread.currentThread();
        int slot = slotOf(current);
        if (owners.get(slot) == current) {
            T before = (T) values[slot];
            values[slot] = value;
            return before;
        }
        if ((others.isEmpty() || !others.containsKey(current)) && owners.compareAndSet(slot, null, current)) {
            values[slot] = value;
            return null;
        }
        return others.put(current, value);
    }

    /**
     * Sets the calling thread's value to the one before {@link #set}.
     *
     * @param before null: none
     */
    public void restore(@Nullable T before) {
        Thread current = Thread.currentThread();
        int slot = slotOf(current);
        if (owners.get(slot) == current) {
            values[slot] = before;
            if (before == null) {
                owners.setRelease(slot, null); // another thread may see it later, and has the map until then
            }
        } else if (before == null) {
            others.remove(current);
        } else {
            others.put(current, before);
        }
    }

    private static int slotOf(Thread thread) {
        return (int) thread.getId() & (SLOTS - 1);
    }
}
