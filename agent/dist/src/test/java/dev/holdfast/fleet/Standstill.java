package dev.holdfast.fleet;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Measures the longest time for which a JVM has not been run, as on a machine that has too much to do. */
final class Standstill {
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(5);

    private volatile long longest;

    Standstill() {
        Thread ticks = new Thread(this::tick, "standstill");
        ticks.setDaemon(true);
        ticks.start();
    }

    private void tick() {
        long before = System.nanoTime();
        while (true) {
            LockSupport.parkNanos(TICK);
            long now = System.nanoTime();
            longest = Math.max(longest, now - before);
            before = now;
        }
    }

    long longestNanos() {
        return longest;
    }
}
