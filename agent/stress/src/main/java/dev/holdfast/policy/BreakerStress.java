package dev.holdfast.policy;

import dev.holdfast.policy.CircuitBreaker.Permit;
import dev.holdfast.policy.CircuitBreaker.State;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The breaker under every interleaving that a machine will show. All results not named acceptable are forbidden. */
public final class BreakerStress {
    private static final RandomGenerator RANDOM = new Random(0);

    private BreakerStress() {}

    /** A breaker whose transitions are counted. */
    private static final class Counted {
        final AtomicInteger transitions = new AtomicInteger();
        final CircuitBreaker breaker;

        Counted(int failures, int successes, int probes) {
            BreakerPolicy policy = new BreakerPolicy(
                    true,
                    BreakerPolicy.Forced.NONE,
                    failures,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    successes,
                    10,
                    10,
                    0,
                    probes,
                    100,
                    0,
                    Set.of());
            breaker = new CircuitBreaker(policy, (from, to, reason, now) -> transitions.incrementAndGet());
        }

        void fail() {
            Permit permit = breaker.tryAcquire(0, RANDOM);
            if (permit != null) {
                breaker.onFailure(permit, 1, 0, RANDOM);
            }
        }

        Counted opened() {
            while (breaker.state() == State.CLOSED) {
                fail();
            }
            transitions.set(0);
            return this;
        }
    }

    /** Tests that no failure is lost: two threads' failures open it, with one transition. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "open, told once")
    @Outcome(expect = Expect.FORBIDDEN)
    @org.openjdk.jcstress.annotations.State
    public static class FailuresOpenItOnce {
        private final Counted counted = new Counted(2, 1, 1);

        @Actor
        public void one() {
            counted.fail();
        }

        @Actor
        public void other() {
            counted.fail();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = counted.breaker.state() == State.OPEN ? 1 : 0;
            r.r2 = counted.transitions.get();
        }
    }

    /** However many come at once when the open time is over: one probe, one transition. */
    @JCStressTest
    @Outcome(
            id = {"1, 0, 1", "0, 1, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "one passes")
    @Outcome(expect = Expect.FORBIDDEN)
    @org.openjdk.jcstress.annotations.State
    public static class OneProbePasses {
        private final Counted counted = new Counted(1, 1, 1).opened();

        @Actor
        public void one(III_Result r) {
            r.r1 = counted.breaker.tryAcquire(20, RANDOM) == null ? 0 : 1;
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = counted.breaker.tryAcquire(20, RANDOM) == null ? 0 : 1;
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = counted.transitions.get();
        }
    }

    /** A place whose lease ran out goes to one of those who ask for it. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "one takes it over")
    @Outcome(expect = Expect.FORBIDDEN)
    @org.openjdk.jcstress.annotations.State
    public static class OneTakesAnExpiredLeaseOver {
        private final Counted counted = new Counted(1, 1, 1).opened();

        /** Sends a probe that never reports. */
        public OneTakesAnExpiredLeaseOver() {
            Permit unused = counted.breaker.tryAcquire(20, RANDOM);
        }

        @Actor
        public void one(II_Result r) {
            r.r1 = counted.breaker.tryAcquire(200, RANDOM) == null ? 0 : 1;
        }

        @Actor
        public void other(II_Result r) {
            r.r2 = counted.breaker.tryAcquire(200, RANDOM) == null ? 0 : 1;
        }
    }

    /** Two probes, one good and one bad: it closes and stays, or it opens; each transition is told once. */
    @JCStressTest
    @Outcome(
            id = {"0, 1", "1, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "closed, or open again; one transition")
    @Outcome(expect = Expect.FORBIDDEN)
    @org.openjdk.jcstress.annotations.State
    public static class ProbesDecideOnce {
        private final Counted counted = new Counted(1, 1, 2).opened();
        private final Permit good = counted.breaker.tryAcquire(20, RANDOM);
        private final Permit bad = counted.breaker.tryAcquire(20, RANDOM);

        /** Counts from here. */
        public ProbesDecideOnce() {
            counted.transitions.set(0);
        }

        @Actor
        public void succeed() {
            counted.breaker.onSuccess(good, 1, 21, RANDOM);
        }

        @Actor
        public void fail() {
            counted.breaker.onFailure(bad, 1, 21, RANDOM);
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = counted.breaker.state() == State.OPEN ? 1 : 0;
            r.r2 = counted.transitions.get();
        }
    }
}
