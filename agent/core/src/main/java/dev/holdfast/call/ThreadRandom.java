package dev.holdfast.call;

import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * The generator of whatever thread asks. A call moves from thread to thread, and a {@link ThreadLocalRandom} that is
 * carried along uses the seed of a thread that never made one: each such thread, of each JVM, would draw the same
 * numbers, and jitter with them would spread nothing.
 */
enum ThreadRandom implements RandomGenerator {
    /** There is no more than one. */
    INSTANCE;

    @Override
    public long nextLong() {
        return ThreadLocalRandom.current().nextLong();
    }
}
