package dev.holdfast.observe.meters;

import org.jspecify.annotations.Nullable;

/** What one meter of a registry shows. */
final class GaugeValue {
    private volatile double value;
    private volatile long count;

    /** When it was written last, in {@link GaugeSet}' counting. */
    long generation;

    /** What the registry made for it; null where the registry wants none. */
    @Nullable
    Object made;

    /** The value, or the seconds of a timer. */
    double value() {
        return value;
    }

    /** How many, of a timer. */
    long count() {
        return count;
    }

    void set(double newValue, long newCount) {
        value = newValue;
        count = newCount;
    }
}
