package dev.holdfast.policy;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Chooses the attempts to one origin that get a fault: a sequence of numbers from the seed, one for each attempt. The
 * same seed chooses the same attempts again, as long as they come in the same order. Thread-safe.
 */
public final class FaultInjector {
    // The constants of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
    private static final long GAMMA = 0x9e3779b97f4a7c15L;
    private static final double UNIT = 0x1.0p-53;

    private final FaultPolicy policy;
    private final long start;
    private final AtomicLong drawn = new AtomicLong();

    /**
     * A sequence from its start.
     *
     * @param policy the faults
     * @param stream a number of the origin and its policy, so that not all of them have the same sequence
     */
    public FaultInjector(FaultPolicy policy, long stream) {
        this.policy = policy;
        this.start = mixed(policy.seed() + mixed(stream));
    }

    /** The faults that it injects. */
    public FaultPolicy policy() {
        return policy;
    }

    /** Returns whether the next attempt gets a fault; never after the end. */
    public boolean draw(long epochMillis) {
        return !policy.isOver(epochMillis)
                && (mixed(start + drawn.getAndIncrement() * GAMMA) >>> 11) * UNIT < policy.share();
    }

    private static long mixed(long value) {
        long z = value + GAMMA;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
