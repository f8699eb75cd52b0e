package dev.holdfast.simulation;

import java.util.random.RandomGenerator;

/** A die that always falls the same way. */
record FixedRandom(double value) implements RandomGenerator {
    @Override
    public long nextLong() {
        return (long) (value * Long.MAX_VALUE);
    }

    @Override
    public double nextDouble() {
        return value;
    }
}
