package dev.holdfast.call;

import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The chance and the facts from outside a call that its session is handed. One for all calls of an engine.
 *
 * @param random the source of the jitter
 * @param epochMillis the wall clock, asked only for dates that people or servers wrote or read
 * @param lookupMemory how long the JVM remembers a failed name look-up, in nanoseconds
 */
record CallEnvironment(RandomGenerator random, LongSupplier epochMillis, LongSupplier lookupMemory) {
    /** An environment in this JVM. */
    CallEnvironment(RandomGenerator random, LongSupplier epochMillis) {
        this(random, epochMillis, NegativeDnsCache.TTL);
    }
}
