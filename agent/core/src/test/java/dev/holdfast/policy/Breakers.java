package dev.holdfast.policy;

import java.time.Duration;
import java.util.Set;

/** Breaker policies for tests, with the seed's defaults where a test does not care. */
public final class Breakers {
    private BreakerPolicy.Forced forced = BreakerPolicy.Forced.NONE;
    private int failureThreshold = 5;
    private double failureRate;
    private long slow;
    private double slowRate;
    private int windowCalls;
    private long window;
    private int minimumCalls;
    private int successThreshold = 3;
    private long open = Duration.ofSeconds(60).toNanos();
    private long maxOpen = open;
    private double jitter;
    private int probes = 1;
    private long lease = Duration.ofSeconds(30).toNanos();
    private long ramp;
    private Set<Integer> failures = Set.of(500, 502, 503, 504);

    private Breakers() {}

    public static Breakers consecutive(int failures) {
        Breakers breakers = new Breakers();
        breakers.failureThreshold = failures;
        return breakers;
    }

    public static Breakers rate(double rate, int calls, int minimum) {
        Breakers breakers = consecutive(0);
        breakers.failureRate = rate;
        breakers.windowCalls = calls;
        breakers.minimumCalls = minimum;
        return breakers;
    }

    public static Breakers rate(double rate, Duration window, int minimum) {
        Breakers breakers = rate(rate, 0, minimum);
        breakers.window = window.toNanos();
        return breakers;
    }

    public Breakers orConsecutive(int failures) {
        failureThreshold = failures;
        return this;
    }

    public Breakers slow(Duration slowerThan, double rate) {
        slow = slowerThan.toNanos();
        slowRate = rate;
        return this;
    }

    public Breakers forced(BreakerPolicy.Forced value) {
        forced = value;
        return this;
    }

    public Breakers successes(int threshold) {
        successThreshold = threshold;
        return this;
    }

    public Breakers open(Duration time) {
        return open(time, time);
    }

    public Breakers open(Duration time, Duration max) {
        open = time.toNanos();
        maxOpen = max.toNanos();
        return this;
    }

    public Breakers jitter(double share) {
        jitter = share;
        return this;
    }

    public Breakers probes(int number, Duration leaseTime) {
        probes = number;
        lease = leaseTime.toNanos();
        return this;
    }

    public Breakers ramp(Duration time) {
        ramp = time.toNanos();
        return this;
    }

    public Breakers failures(Integer... statuses) {
        failures = Set.of(statuses);
        return this;
    }

    public BreakerPolicy build() {
        return new BreakerPolicy(
                true,
                forced,
                failureThreshold,
                failureRate,
                slow,
                slowRate,
                windowCalls,
                window,
                minimumCalls,
                successThreshold,
                open,
                maxOpen,
                jitter,
                probes,
                lease,
                ramp,
                failures);
    }
}
