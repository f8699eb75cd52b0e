package dev.holdfast.observe.meters;

import org.jspecify.annotations.Nullable;

/** The current value of one meter of a registry. */
final class GaugeValue {
    private volatile double value;
    private volatile long count;

    /** The update of the {@link GaugeSet} that wrote it last. */
    long generation;

    /** The registry's meter; null where the registry denies it. */
    @Nullable
    Object made;

    /** The value, or the seconds of a timer. */
    double value() {
        return value;
    }

    /** Returns the count of a timer. */
    long count() {
        return count;
    }

    void set(double newValue, long newCount) {
        value = newValue;
        count = newCount;
    }
}
