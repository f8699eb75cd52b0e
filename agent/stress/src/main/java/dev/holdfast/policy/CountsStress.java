package dev.holdfast.policy;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Windows, budget and limits under every interleaving that a machine will show: nothing is lost, nothing is given
 * twice.
 */
public final class CountsStress {
    private CountsStress() {}

    /** A ring of two outcomes that three calls pass through: the counts are those of what is in it. */
    @JCStressTest
    @Outcome(
            id = {"2, 1", "2, 2"},
            expect = Expect.ACCEPTABLE,
            desc = "two of a good one and two bad ones")
    @Outcome(expect = Expect.FORBIDDEN)
    @State
    public static class CallWindowIsExact {
        private final OutcomeWindow window = OutcomeWindow.of(2, 0);

        @Actor
        public void good() {
            window.record(false, false, 0);
        }

        @Actor
        public void bad() {
            window.record(true, false, 0);
        }

        @Actor
        public void badToo() {
            window.record(true, false, 0);
        }

        @Arbiter
        public void after(II_Result r) {
            OutcomeWindow.Counts counts = window.counts(0);
            r.r1 = (int) counts.calls();
            r.r2 = (int) counts.failures();
        }
    }

    /** Two calls that begin a new bucket at once share it. */
    @JCStressTest
    @Outcome(id = "2, 2", expect = Expect.ACCEPTABLE, desc = "both counted")
    @Outcome(expect = Expect.FORBIDDEN)
    @State
    public static class TimeWindowIsExact {
        private final OutcomeWindow window = OutcomeWindow.of(0, 1000);

        @Actor
        public void one() {
            window.record(true, false, 5000);
        }

        @Actor
        public void other() {
            window.record(true, false, 5000);
        }

        @Arbiter
        public void after(II_Result r) {
            OutcomeWindow.Counts counts = window.counts(5000);
            r.r1 = (int) counts.calls();
            r.r2 = (int) counts.failures();
        }
    }

    /** One retry in the budget is given once at most; both may be refused, which the budget says of itself. */
    @JCStressTest
    @Outcome(
            id = {"true, false", "false, true"},
            expect = Expect.ACCEPTABLE,
            desc = "given once")
    @Outcome(id = "false, false", expect = Expect.ACCEPTABLE_INTERESTING, desc = "each saw the other's, and gave way")
    @Outcome(expect = Expect.FORBIDDEN)
    @State
    public static class BudgetIsNotOverdrawn {
        private final RetryBudget budget = new RetryBudget(1, 0, 1000);

        /** One call, one retry. */
        public BudgetIsNotOverdrawn() {
            budget.deposit(0);
        }

        @Actor
        public void one(ZZ_Result r) {
            r.r1 = budget.tryWithdraw(0);
        }

        @Actor
        public void other(ZZ_Result r) {
            r.r2 = budget.tryWithdraw(0);
        }
    }

    /** A place that is given back while another queues for it reaches the queue. */
    @JCStressTest
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "granted")
    @Outcome(expect = Expect.FORBIDDEN)
    @State
    public static class NoPlaceIsLost {
        private final ConcurrencyLimit limit = new ConcurrencyLimit(1);
        private volatile int granted;

        /** The place is taken. */
        public NoPlaceIsLost() {
            limit.tryAcquire();
        }

        @Actor
        public void release() {
            limit.release();
        }

        @Actor
        public void queue() {
            limit.enqueue().onGranted(() -> granted++);
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = granted;
        }
    }

    /** A place goes to one who gives up at that moment, who then has it to give back, or to nobody. */
    @JCStressTest
    @Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "free again")
    @Outcome(expect = Expect.FORBIDDEN)
    @State
    public static class GivingUpLosesNoPlace {
        private final ConcurrencyLimit limit = new ConcurrencyLimit(1);
        private final ConcurrencyLimit.Ticket ticket;

        /** The place is taken, and somebody queues. */
        public GivingUpLosesNoPlace() {
            limit.tryAcquire();
            ticket = limit.enqueue();
        }

        @Actor
        public void release() {
            limit.release();
        }

        @Actor
        public void giveUp() {
            if (!ticket.cancel()) {
                limit.release();
            }
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = limit.taken();
        }
    }
}
