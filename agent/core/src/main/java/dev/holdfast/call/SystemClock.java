package dev.holdfast.call;

import java.util.function.LongSupplier;

/**
 * The machine's two clocks. One class for both and for all who are handed a clock: a method reference each would be a
 * class that the JDK makes in the middle of a program's first call.
 */
public final class SystemClock implements LongSupplier {
    /** {@link System#nanoTime}, for durations. */
    public static final LongSupplier NANOS = new SystemClock(true);

    /** {@link System#currentTimeMillis}, for dates. */
    public static final LongSupplier EPOCH_MILLIS = new SystemClock(false);

    private final boolean monotonic;

    private SystemClock(boolean monotonic) {
        this.monotonic = monotonic;
    }

    @Override
    public long getAsLong() {
        return monotonic ? System.nanoTime() : System.currentTimeMillis();
    }
}
