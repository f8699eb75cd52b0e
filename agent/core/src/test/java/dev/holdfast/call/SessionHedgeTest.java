package dev.holdfast.call;

import static dev.holdfast.call.SessionTest.after;
import static dev.holdfast.call.SessionTest.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SessionHedgeTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final HedgePolicy AFTER_50_MS = new HedgePolicy(true, 50 * MS);
    private static final Step.Send FIRST = new Step.Send(1, Long.MAX_VALUE, 50 * MS);
    private static final Step.Send SECOND = new Step.Send(2, Long.MAX_VALUE);

    private final SessionTest.Call call = new SessionTest.Call("GET");
    private Observer observer = Observer.NONE;
    private PolicyTarget target;

    @Test
    void theSecondAttemptMayWinAndTheFirstIsDropped() {
        Session session = use(Policies.retry().hedge(AFTER_50_MS));

        assertThat(session.begin(0)).isEqualTo(FIRST);
        assertThat(session.hedge(50 * MS)).isEqualTo(SECOND);
        assertThat(session.after(2, status(200), 60 * MS)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(session.after(1, Outcome.Cancelled.INSTANCE, 61 * MS)).isSameAs(Step.Drop.INSTANCE);
        assertThat(session.attempts()).isEqualTo(2);
    }

    @Test
    void theFirstAttemptMayWinAfterAll() {
        Session session = use(Policies.retry().hedge(AFTER_50_MS));
        session.begin(0);
        session.hedge(50 * MS);

        assertThat(session.after(1, status(404), 55 * MS)).as("an answer").isSameAs(Step.Deliver.INSTANCE);
        assertThat(session.after(2, status(200), 56 * MS)).isSameAs(Step.Drop.INSTANCE);
    }

    @Test
    void aBadOutcomeWaitsForTheOtherAttempt() {
        IOException reset = new IOException("reset");
        Session session = use(Policies.retry().hedge(AFTER_50_MS));
        session.begin(0);
        session.hedge(50 * MS);

        assertThat(session.after(1, new Outcome.Failure(reset, ErrorKind.CONNECTION_RESET, false), 55 * MS))
                .isSameAs(Step.Drop.INSTANCE);
        assertThat(session.after(2, status(200), 60 * MS)).isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void whereBothAreBadTheCallIsRetriedAsEver() {
        Session session = use(Policies.retry().hedge(AFTER_50_MS));
        session.begin(0);
        session.hedge(50 * MS);

        assertThat(session.after(2, status(503), 55 * MS)).isSameAs(Step.Drop.INSTANCE);
        assertThat(session.after(1, status(503), 60 * MS))
                .as("the first backoff")
                .isEqualTo(new Step.Wait(TimeUnit.SECONDS.toNanos(1)));
        assertThat(session.resume(0)).as("alone").isEqualTo(new Step.Send(3, Long.MAX_VALUE));
    }

    @Test
    void thereIsNoSecondAttemptWithoutARetryLeftOrWhereItIsNotSafe() {
        assertThat(use(Policies.retry().maxRetries(0).hedge(AFTER_50_MS)).begin(0))
                .isEqualTo(new Step.Send(1, Long.MAX_VALUE));

        call.method = "POST";
        assertThat(use(Policies.retry().hedge(AFTER_50_MS)).begin(0)).isEqualTo(new Step.Send(1, Long.MAX_VALUE));

        call.headers.put("Idempotency-Key", "1");
        Session session = use(Policies.retry().hedge(AFTER_50_MS));
        assertThat(session.begin(0)).isEqualTo(FIRST);
        call.replayable = false;
        assertThat(session.hedge(50 * MS)).isNull();
    }

    @Test
    void thereIsNoSecondAttemptOnceTheFirstHasEnded() {
        Session session = use(Policies.retry().hedge(AFTER_50_MS));
        session.begin(0);
        after(session, status(503), 0);

        assertThat(session.hedge(50 * MS)).isNull();
        session.cancel(50 * MS);
        assertThat(session.hedge(50 * MS)).isNull();
    }

    @Test
    void thereIsNoThirdAttempt() {
        Session session = use(Policies.retry().hedge(AFTER_50_MS));
        session.begin(0);
        session.hedge(50 * MS);

        assertThat(session.hedge(60 * MS)).isNull();
    }

    @Test
    void itIsPaidFromTheBudgetAndKeepsToTheLimits() {
        Session poor = use(Policies.retry().hedge(AFTER_50_MS).budget(0.5, 0));
        poor.begin(0);
        assertThat(poor.hedge(50 * MS)).isNull();

        Session alone = use(Policies.retry().hedge(AFTER_50_MS).limits(new LimitPolicy(1, 0, 1, 0)));
        alone.begin(0);
        assertThat(alone.hedge(50 * MS)).isNull();

        Session slow = use(Policies.retry().hedge(AFTER_50_MS).limits(new LimitPolicy(0, 1, 1000 * MS, 0)));
        slow.begin(0);
        assertThat(slow.hedge(50 * MS)).isNull();
    }

    @Test
    void bothAttemptsHoldAPlaceAndBothAreSeenByTheBreaker() {
        Session session = use(Policies.retry()
                .hedge(AFTER_50_MS)
                .breaker(Breakers.consecutive(2).build())
                .limits(new LimitPolicy(2, 0, 1, 0)));
        session.begin(0);
        session.hedge(50 * MS);
        assertThat(target.concurrency().taken()).isEqualTo(2);

        session.after(1, status(503), 60 * MS);
        assertThat(target.concurrency().taken()).isOne();
        session.after(2, status(503), 60 * MS);
        assertThat(target.concurrency().taken()).isZero();
        assertThat(target.breaker().state()).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void aCancelledCallGivesBothPlacesBack() {
        Session session = use(Policies.retry().hedge(AFTER_50_MS).limits(new LimitPolicy(2, 0, 1, 0)));
        session.begin(0);
        session.hedge(50 * MS);

        session.cancel(60 * MS);

        assertThat(target.concurrency().taken()).isZero();
        assertThat(session.after(1, Outcome.Cancelled.INSTANCE, 61 * MS)).isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void theLoserHoldsItsPermitUntilItsEndThoughTheCallIsOver() {
        Session session = use(Policies.retry().hedge(AFTER_50_MS).limits(new LimitPolicy(2, 0, 1, 0)));
        session.begin(0);
        session.hedge(50 * MS);

        session.after(2, status(200), 60 * MS);
        assertThat(target.concurrency().taken())
                .as("the origin may be at work on it")
                .isOne();
        assertThat(session.after(1, Outcome.Cancelled.INSTANCE, 70 * MS)).isSameAs(Step.Drop.INSTANCE);

        assertThat(target.concurrency().taken()).isZero();
    }

    @Test
    void theLoserOfACallThatIsOverIsEndedByCancelToo() {
        AtomicInteger ended = new AtomicInteger();
        observer = counting(ended, new AtomicInteger());
        Session session = use(Policies.retry().hedge(AFTER_50_MS).limits(new LimitPolicy(2, 0, 1, 0)));
        session.begin(0);
        session.hedge(50 * MS);
        session.after(2, status(200), 60 * MS);

        session.cancel(61 * MS);

        assertThat(target.concurrency().taken()).isZero();
        assertThat(ended).as("the call is counted once").hasValue(1);
        assertThat(session.after(1, Outcome.Cancelled.INSTANCE, 62 * MS)).isSameAs(Step.Drop.INSTANCE);
    }

    @Test
    void aBodyThatIsLostWhileTheHedgeIsOutLeavesTheDecisionToTheHedge() {
        AtomicInteger ended = new AtomicInteger();
        AtomicInteger takenBack = new AtomicInteger();
        observer = counting(ended, takenBack);
        Session session = use(Policies.retry()
                .hedge(AFTER_50_MS)
                .errors(ErrorKind.PREMATURE_EOF)
                .limits(new LimitPolicy(2, 0, 1, 0)));
        session.begin(0);
        session.hedge(50 * MS);
        session.after(1, status(200), 60 * MS);

        assertThat(session.bodyLost(cut(), 61 * MS)).isSameAs(Step.Drop.INSTANCE);
        assertThat(session.after(2, status(200), 70 * MS)).isSameAs(Step.Deliver.INSTANCE);

        assertThat(ended.get() - takenBack.get()).as("the call is counted once").isOne();
        assertThat(target.concurrency().taken()).isZero();
    }

    @Test
    void aHedgeThatEndsAfterABodyWasLostIsDropped() {
        Session session = use(Policies.retry().hedge(AFTER_50_MS).errors(ErrorKind.PREMATURE_EOF));
        session.begin(0);
        session.hedge(50 * MS);
        session.after(1, status(200), 60 * MS);
        session.after(2, Outcome.Cancelled.INSTANCE, 61 * MS);

        assertThat(session.bodyLost(cut(), 62 * MS)).isInstanceOf(Step.Wait.class);
        assertThat(session.after(2, Outcome.Cancelled.INSTANCE, 63 * MS)).isSameAs(Step.Drop.INSTANCE);
    }

    @Test
    void theLoserThatIsAProbeGivesItsLeaseBack() {
        Session session = use(Policies.retry()
                .hedge(AFTER_50_MS)
                .breaker(Breakers.consecutive(1)
                        .open(Duration.ofMillis(1))
                        .probes(2, Duration.ofHours(1))
                        .build()));
        Session failing = another();
        failing.begin(0);
        after(failing, status(503), 0);
        session.begin(2 * MS);
        assertThat(session.hedge(52 * MS)).isNotNull();
        session.after(1, status(200), 60 * MS);

        session.after(2, Outcome.Cancelled.INSTANCE, 61 * MS);

        assertThat(another().begin(62 * MS)).isInstanceOf(Step.Send.class);
        assertThat(another().begin(62 * MS)).isInstanceOf(Step.Send.class);
    }

    /** Tries the events of a call with a hedge in any order: at its end nothing is held, and it was counted once. */
    @Property(tries = 3000)
    void whateverHappensInWhateverOrderACallEndsOnceAndHoldsNothing(
            @ForAll @Size(min = 1, max = 14) List<@IntRange(min = 0, max = 8) Integer> events,
            @ForAll boolean cancels) {
        AtomicInteger ended = new AtomicInteger();
        AtomicInteger takenBack = new AtomicInteger();
        observer = counting(ended, takenBack);
        Session session = use(Policies.retry()
                .hedge(AFTER_50_MS)
                .errors(ErrorKind.PREMATURE_EOF)
                .bufferResponse(1)
                .limits(new LimitPolicy(2, 0, 1, 0)));
        Play play = new Play(session);
        events.forEach(play::on);
        play.end(cancels);

        assertThat(ended.get() - takenBack.get()).isOne();
        assertThat(target.concurrency().taken()).isZero();
    }

    /** A driver and its adapter, which send what they are told to and end each attempt once, early or late. */
    private static final class Play {
        private final Session session;
        private final Set<Integer> underWay = new TreeSet<>();
        private Step step;
        private boolean heldBack;
        private long now;

        Play(Session session) {
            this.session = session;
            on(session.begin(0));
        }

        void on(int event) {
            now += 10 * MS;
            switch (event) {
                case 0, 1 -> end(event, status(200));
                case 2, 3 -> end(event - 2, status(503));
                case 4, 5 -> end(event - 4, Outcome.Cancelled.INSTANCE);
                case 6 -> {
                    Step.Send hedge = session.hedge(now);
                    if (hedge != null) {
                        underWay.add(hedge.attempt());
                    }
                }
                case 7 -> {
                    if (heldBack) {
                        heldBack = false;
                        on(session.bodyLost(cut(), now));
                    }
                }
                default -> {
                    if (step instanceof Step.Wait) {
                        on(session.resume(now));
                    }
                }
            }
        }

        private void on(Step next) {
            if (next instanceof Step.Drop) {
                return;
            }
            step = next;
            if (next instanceof Step.Send send) {
                underWay.add(send.attempt());
            }
        }

        private void end(int which, Outcome outcome) {
            Integer attempt = underWay.stream().skip(which).findFirst().orElse(null);
            if (attempt != null) {
                underWay.remove(attempt);
                Step next = session.after(attempt, outcome, now);
                on(next);
                heldBack |= next instanceof Step.Deliver && outcome instanceof Outcome.Response;
            }
        }

        void end(boolean cancels) {
            if (cancels) {
                session.cancel(now);
            }
            for (int i = 0; i < 20; i++) {
                on(8);
                on(0);
            }
        }
    }

    private static Outcome.Failure cut() {
        return new Outcome.Failure(new IOException("cut"), ErrorKind.PREMATURE_EOF, false);
    }

    private static Observer counting(AtomicInteger ended, AtomicInteger takenBack) {
        return new Observer() {
            @Override
            public void ended(PolicyTarget t, CallInfo call, Result result, int attempts, long nanos) {
                ended.incrementAndGet();
            }

            @Override
            public void takenBack(
                    PolicyTarget t, CallInfo call, Outcome.Failure failure, Result result, int attempts, long nanos) {
                takenBack.incrementAndGet();
            }
        };
    }

    @Test
    void anAttemptThatTheClientDoesNotTakeLeavesTheOtherAlone() {
        Session session = use(Policies.retry().hedge(AFTER_50_MS).limits(new LimitPolicy(2, 0, 1, 0)));
        session.begin(0);
        session.hedge(50 * MS);

        assertThat(session.withdraw(2, 51 * MS)).isSameAs(Step.Drop.INSTANCE);
        assertThat(target.concurrency().taken()).isOne();
        assertThat(session.after(1, status(200), 60 * MS)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(target.concurrency().taken()).isZero();
    }

    @Test
    void anAttemptThatTheClientDoesNotTakeUsesNoRetryUp() {
        Session session = use(Policies.retry().maxRetries(1).hedge(AFTER_50_MS));
        session.begin(0);
        session.hedge(50 * MS);
        session.withdraw(2, 51 * MS);

        assertThat(session.after(1, status(503), 60 * MS)).isInstanceOf(Step.Wait.class);
        assertThat(session.resume(2_000 * MS))
                .isInstanceOfSatisfying(
                        Step.Send.class, send -> assertThat(send.attempt()).isEqualTo(2));
        assertThat(session.after(2, status(200), 2_010 * MS)).isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void whereNoOtherAttemptIsUnderWayOneThatTheClientDoesNotTakeEndsTheCall() {
        Session session = use(Policies.retry().hedge(AFTER_50_MS).limits(new LimitPolicy(2, 0, 1, 0)));
        session.begin(0);
        session.hedge(50 * MS);
        session.after(1, status(503), 51 * MS);

        assertThat(session.withdraw(2, 52 * MS)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(target.concurrency().taken()).isZero();
    }

    @Test
    void thereIsNoneWhileTheBreakerTriesTheOriginOut() {
        Session session = use(Policies.retry()
                .hedge(AFTER_50_MS)
                .breaker(Breakers.consecutive(1).open(Duration.ofMillis(1)).build()));
        Session failing = another();
        failing.begin(0);
        after(failing, status(503), 0);

        assertThat(session.begin(2 * MS)).isEqualTo(FIRST);
        assertThat(session.hedge(52 * MS)).isNull();
    }

    @Test
    void theDelayIsTheOnesThatIsObserved() {
        Policies policies = Policies.retry().hedge(new HedgePolicy(true, 0));
        use(policies);
        for (int i = 0; i < 20; i++) {
            Session session = another();
            assertThat(session.begin(0)).as("too little is known").isEqualTo(new Step.Send(1, Long.MAX_VALUE));
            after(session, status(200), 10 * MS);
        }

        assertThat(((Step.Send) another().begin(0)).hedgeNanos()).isBetween(10 * MS, 12 * MS);
    }

    @Test
    void anAttemptThatMustEndSoonerStaysAlone() {
        assertThat(use(Policies.retry().hedge(AFTER_50_MS).attemptTimeout(Duration.ofMillis(50)))
                        .begin(0))
                .isEqualTo(new Step.Send(1, 50 * MS));
    }

    @Test
    void underObserveThereIsNone() {
        assertThat(use(Policies.retry().hedge(AFTER_50_MS).policy(Mode.OBSERVE)).begin(0))
                .isEqualTo(new Step.Send(1, Long.MAX_VALUE));
    }

    @Test
    void underObserveItIsSaidWhetherThereWouldBeOne() {
        AtomicInteger said = new AtomicInteger();
        observer = new Observer() {
            @Override
            public void wouldHedge(PolicyTarget target, CallInfo call) {
                said.incrementAndGet();
            }
        };
        use(Policies.retry().hedge(AFTER_50_MS).policy(Mode.OBSERVE));
        for (long took : new long[] {40 * MS, 60 * MS}) {
            Session session = another();
            session.begin(0);
            after(session, status(200), took);
        }

        assertThat(said).hasValue(1);
    }

    private Session use(Policies policies) {
        return use(policies.policy());
    }

    private Session use(Policy policy) {
        target = new PolicyTarget(policy, new Origin("http", "search.example", 80), null, observer, 0);
        return another();
    }

    private Session another() {
        return new Session(target, call, new CallEnvironment(new Random(1), () -> 0));
    }
}
