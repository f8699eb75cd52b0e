package dev.holdfast.call;

import static dev.holdfast.call.SessionTest.after;
import static dev.holdfast.call.SessionTest.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.BreakerPolicy.Forced;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Tests what calls to one origin do to each other: breaker, budget, limits. */
class SessionLoadTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Origin ORIGIN = new Origin("https", "api.example", 443);

    private final List<String> events = new ArrayList<>();
    private final Observer observer = new Recorder();
    private PolicyTarget target;

    // ---- breaker

    @Test
    void anOpenBreakerEndsTheRetryingWithTheAnswerThatThereIs() {
        use(Policies.retry().maxRetries(5).breaker(Breakers.consecutive(2).build()));
        Session session = session();

        session.begin(0);
        assertThat(after(session, status(503), 0)).isInstanceOf(Step.Wait.class);
        session.resume(0);
        assertThat(after(session, status(503), 0)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(events).contains("CLOSED -> OPEN", "not retried: BREAKER_OPEN", "ended: FAILED after 2");
    }

    @Test
    void anOpenBreakerRejectsACallAndSaysWhatItIsAbout() {
        use(Policies.retry().breaker(Breakers.consecutive(1).build()));
        fail(session(), 0);

        Step step = session().begin(18 * SECOND);

        assertThat(((Step.Reject) step).error())
                .isExactlyInstanceOf(ConnectException.class)
                .hasMessage("Holdfast did not send a request to https://api.example:443: its circuit breaker is open"
                        + " (too many failures in a row); the next probe is due in 42.0 s, at 1970-01-01T00:00:42Z")
                .hasNoSuppressedExceptions();
        assertThat(events).endsWith("rejected: BREAKER", "ended: REJECTED after 0");
    }

    @Test
    void aBreakerThatOpensDuringABackoffLeavesTheApplicationWhatWasThere() {
        use(Policies.retry().breaker(Breakers.consecutive(2).build()));
        IOException first = new IOException("first");
        Session session = session();
        session.begin(0);
        after(session, new Outcome.Failure(first, ErrorKind.CONNECTION_RESET, false), 0);
        fail(session(), 0);

        assertThat(session.resume(SECOND)).isSameAs(Step.Deliver.INSTANCE);

        assertThat(session.deliversPrevious())
                .as("it is that of the attempt sent last")
                .isFalse();
        assertThat(session.finalError(first)).isSameAs(first).hasNoSuppressedExceptions();
        assertThat(session.notSent())
                .as("for an adapter that cannot give it any more")
                .isExactlyInstanceOf(ConnectException.class)
                .hasMessageContaining("circuit breaker is open")
                .hasMessageContaining("(attempt 1 before it failed)");
        assertThat(events).endsWith("rejected: BREAKER", "ended: FAILED after 1");
    }

    @Test
    void aRetryWaitsForAProbeThatIsDueSoonEnough() {
        use(Policies.retry()
                .breaker(Breakers.consecutive(1).open(Duration.ofMillis(500)).build()));
        Session session = session();
        session.begin(0);

        assertThat(after(session, status(503), 0)).isEqualTo(new Step.Wait(SECOND));
        assertThat(session.resume(SECOND)).isInstanceOf(Step.Send.class);
        assertThat(after(session, status(200), SECOND)).isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void aResponseThatIsNoFailureOfTheOriginLeavesTheBreakerAlone() {
        use(Policies.retry().maxRetries(0).breaker(Breakers.consecutive(1).build()));

        finish(session(), status(429));
        finish(session(), status(404));
        finish(session(), status(501));
        finish(session(), new Outcome.Failure(new IllegalArgumentException(), ErrorKind.OTHER, false));
        finish(session(), Outcome.Cancelled.INSTANCE);

        assertThat(breaker().state()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void aBodyThatBreaksEachTimeOpensTheBreaker() {
        use(Policies.retry().maxRetries(0).breaker(Breakers.consecutive(3).build()));
        for (int i = 0; i < 3; i++) {
            assertThat(breaker().state()).isEqualTo(CircuitBreaker.State.CLOSED);
            Session session = session();
            finish(session, status(200));
            session.bodyFailed(cut(), 0);
        }

        assertThat(breaker().state()).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void aProbeThatTheApplicationCancelsMakesRoomForTheNext() {
        use(Policies.retry()
                .maxRetries(0)
                .breaker(Breakers.consecutive(1).open(Duration.ofSeconds(1)).build()));
        fail(session(), 0);
        Session probe = session();
        assertThat(probe.begin(SECOND)).isInstanceOf(Step.Send.class);
        assertThat(session().begin(SECOND)).isInstanceOf(Step.Reject.class);

        probe.cancel(SECOND);

        assertThat(session().begin(SECOND)).isInstanceOf(Step.Send.class);
    }

    @Test
    void aForcedBreakerSaysThatItIsForced() {
        use(Policies.retry().breaker(Breakers.consecutive(1).forced(Forced.OPEN).build()));

        assertThat(((Step.Reject) session().begin(0)).error())
                .hasMessageEndingWith("is open by configuration, for good");
    }

    @Test
    void underObserveTheBreakerOnlyCounts() {
        use(Policies.retry().breaker(Breakers.consecutive(1).build()).policy(Mode.OBSERVE));
        fail(session(), 0);
        assertThat(breaker().state()).isEqualTo(CircuitBreaker.State.OPEN);

        assertThat(session().begin(0)).isInstanceOf(Step.Send.class);
        assertThat(events).contains("rejected: BREAKER");
    }

    // ---- budget

    @Test
    void withoutBudgetLeftTheAnswerThatThereIsIsDelivered() {
        use(Policies.retry().budget(0.5, 0));
        Session session = session();
        succeed(session(), 0);
        succeed(session(), 0); // two calls that ended well, one retry in vain
        session.begin(0);

        assertThat(after(session, status(503), 0)).isInstanceOf(Step.Wait.class);
        session.resume(0);
        assertThat(after(session, status(503), 0)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(events).contains("not retried: BUDGET");
    }

    @Test
    void aRetryThatIsNotSafeCostsNoBudget() {
        use(Policies.retry().budget(0.5, 0));
        SessionTest.Call post = new SessionTest.Call("POST");
        Session session = new Session(target, post, new CallEnvironment(new Random(1), () -> 0));
        session.begin(0);
        after(session, status(503), 0);

        assertThat(events).contains("not retried: NOT_SAFE");
        assertThat(target.budget().balance(0)).isZero();
    }

    @Test
    void aRetryThatSucceedsCostsNothingAndOneInVainDoes() {
        use(Policies.retry().budget(0.5, 0.2)); // a floor of 2
        Session session = session();
        fail(session, 0);
        session.resume(0);
        assertThat(after(session, status(503), 0)).isInstanceOf(Step.Wait.class);
        assertThat(target.budget().balance(0)).isZero();

        session.resume(0);
        assertThat(after(session, status(200), 0)).isSameAs(Step.Deliver.INSTANCE);

        assertThat(target.budget().balance(0))
                .as("2 less the retry in vain, and half a one for a call that ended well")
                .isEqualTo(1.5);
    }

    @Test
    void aCallThatFailsPaysNothingInSoThatADeadOriginHasTheFloorAlone() {
        use(Policies.retry().budget(1, 0.3));
        int retries = 0;
        for (int call = 0; call < 20; call++) {
            Session session = session();
            session.begin(0);
            while (after(session, status(503), 0) instanceof Step.Wait) {
                retries++;
                session.resume(0);
            }
        }

        assertThat(retries).isEqualTo(3);
    }

    @Test
    void aCallWhoseBodyIsLostHasNotEndedWell() {
        use(Policies.retry().budget(0.5, 0.3));
        Session session = session();
        session.begin(0);
        Outcome.Failure cut = new Outcome.Failure(new IOException(), ErrorKind.CONNECTION_RESET, false);
        int retries = 0;
        while (after(session, status(200), 0) instanceof Step.Deliver
                && session.bodyLost(cut, 0) instanceof Step.Wait) {
            retries++;
            session.resume(0);
        }

        assertThat(retries).isEqualTo(3);
        assertThat(target.budget().balance(0)).isZero();
    }

    @Test
    void inObserveModeALaterCallThatEndsWellStandsForARetryThatWasNotSent() {
        target =
                new PolicyTarget(Policies.retry().budget(0, 0.1).policy(Mode.OBSERVE), ORIGIN, null, new Recorder(), 0);
        fail(session(), 0);
        fail(session(), 0);
        assertThat(events).filteredOn("not retried: BUDGET"::equals).hasSize(1);

        succeed(session(), 0);
        fail(session(), 0);

        assertThat(events).filteredOn("not retried: BUDGET"::equals).hasSize(1);
        assertThat(target.budget().balance(0)).isZero();
    }

    // ---- limits

    @Test
    void anAttemptWaitsForItsTurnUnderTheRate() {
        use(Policies.retry().limits(new LimitPolicy(0, 2, SECOND, SECOND)));
        Session first = session();
        assertThat(first.begin(0)).isInstanceOf(Step.Send.class);
        assertThat(session().begin(0)).isInstanceOf(Step.Send.class);
        Session third = session();
        assertThat(third.begin(0)).isEqualTo(new Step.Wait(SECOND));
        after(first, status(200), SECOND / 10);

        assertThat(third.resume(SECOND))
                .as("a window after the first one had reached the origin")
                .isEqualTo(new Step.Wait(SECOND / 10));
        assertThat(third.resume(SECOND * 11 / 10)).isEqualTo(new Step.Send(1, Long.MAX_VALUE));
        Session fourth = session();
        assertThat(fourth.begin(SECOND * 11 / 10))
                .as("the second one has not ended: half a window for its way")
                .isEqualTo(new Step.Wait(SECOND * 4 / 10));
        assertThat(session().begin(SECOND * 11 / 10)).isEqualTo(new Step.Wait(SECOND));
        assertThat(((Step.Reject) session().begin(SECOND * 11 / 10)).error())
                .hasMessage(
                        "Holdfast did not send a request to https://api.example:443: max_rate allows 2 in 1.0 s, and"
                                + " its turn would not have come within 1.0 s");
    }

    @Test
    void anAttemptThatIsNotSentInTheEndDoesNotHoldUpItsLaneForLonger() {
        use(Policies.retry()
                .maxRetries(0)
                .breaker(Breakers.consecutive(1).build())
                .limits(new LimitPolicy(1, 1, SECOND, SECOND)));
        Session first = session();
        first.begin(0);
        Session queued = session();
        queued.begin(0);
        after(first, status(503), 0); // opens the breaker

        assertThat(queued.resume(SECOND)).isInstanceOf(Step.Reject.class);

        assertThat(target.rate().acquire(2 * SECOND, 0)).isNotNull();
        assertThat(target.concurrency().taken()).isZero();
    }

    @Test
    void noWaitForATurnGoesPastTheDeadline() {
        use(Policies.retry().deadline(Duration.ofMillis(100)).limits(new LimitPolicy(0, 1, SECOND, 10 * SECOND)));
        session().begin(0);

        assertThat(session().begin(0)).isInstanceOf(Step.Reject.class);
    }

    @Test
    void aPlaceIsHeldUntilTheHeadAndGoesToTheNextInTheQueue() {
        use(Policies.retry().limits(new LimitPolicy(1, 0, 1, SECOND)));
        Session first = session();
        first.begin(0);
        Session second = session();
        Step.Wait wait = (Step.Wait) second.begin(0);
        List<String> granted = new ArrayList<>();
        wait.ticket().onGranted(() -> granted.add("second"));

        after(first, status(200), 1);

        assertThat(granted).containsExactly("second");
        assertThat(second.resume(1)).isInstanceOf(Step.Send.class);
        after(second, status(200), 1);
        assertThat(target.concurrency().taken()).isZero();
    }

    @Test
    void aRetryGivesItsPlaceUpWhileItWaits() {
        use(Policies.retry().limits(new LimitPolicy(1, 0, 1, SECOND)));
        Session session = session();
        session.begin(0);
        after(session, status(503), 0);

        assertThat(target.concurrency().taken()).isZero();
    }

    @Test
    void whoGetsNoPlaceInTimeIsRejected() {
        use(Policies.retry().limits(new LimitPolicy(1, 0, 1, SECOND)));
        session().begin(0);
        Session second = session();
        second.begin(0);

        assertThat(((Step.Reject) second.resume(SECOND)).error())
                .hasMessage(
                        "Holdfast did not send a request to https://api.example:443: 1 attempts are under way, as many"
                                + " as max_concurrent allows, and none ended within 1.0 s");
        assertThat(target.concurrency().queued()).isZero();
    }

    @Test
    void whoeverIsCancelledGivesBackWhatHeHas() {
        use(Policies.retry().limits(new LimitPolicy(1, 0, 1, SECOND)));
        Session holder = session();
        holder.begin(0);
        Session queued = session();
        queued.begin(0);
        Session served = session();
        served.begin(0);

        queued.cancel(0);
        holder.cancel(0); // its place goes to the one that was served, which does not know yet
        served.cancel(0);

        assertThat(target.concurrency().taken()).isZero();
        assertThat(target.concurrency().queued()).isZero();
        assertThat(served.resume(0)).as("too late").isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void anOpenBreakerRejectsBeforeAnybodyWaitsForATurn() {
        use(Policies.retry()
                .maxRetries(0)
                .breaker(Breakers.consecutive(1).build())
                .limits(new LimitPolicy(1, 1, SECOND, 10 * SECOND)));
        fail(session(), 0);

        assertThat(((Step.Reject) session().begin(0)).error()).hasMessageContaining("circuit breaker");
        assertThat(target.concurrency().taken()).isZero();
    }

    @Test
    void underObserveNobodyWaits() {
        use(Policies.retry().limits(new LimitPolicy(1, 1, SECOND, 10 * SECOND)).policy(Mode.OBSERVE));
        session().begin(0);

        assertThat(session().begin(0)).isInstanceOf(Step.Send.class);
        assertThat(events).contains("limited: RATE", "limited: CONCURRENCY");
    }

    // ---- what is told

    @Test
    void tellsHowCallsEnd() {
        use(Policies.retry());
        finish(session(), status(200));
        Session second = session();
        second.begin(0);
        after(second, status(503), 0);
        second.resume(0);
        after(second, status(204), 0);

        assertThat(events)
                .containsExactly("ended: FIRST_TRY after 1", "retry in 1000000000", "ended: SAVED_BY_RETRY after 2");
    }

    private CircuitBreaker breaker() {
        return target.breaker();
    }

    private static Outcome.Failure cut() {
        return new Outcome.Failure(new IOException("cut"), ErrorKind.PREMATURE_EOF, false);
    }

    private void use(Policies policies) {
        use(policies.policy());
    }

    private void use(Policy policy) {
        target = new PolicyTarget(policy, ORIGIN, null, observer, 0);
    }

    private Session session() {
        return new Session(target, new SessionTest.Call("GET"), new CallEnvironment(new Random(1), () -> 0));
    }

    private static void finish(Session session, Outcome outcome) {
        session.begin(0);
        assertThat(after(session, outcome, 0)).isSameAs(Step.Deliver.INSTANCE);
    }

    private static void succeed(Session session, long now) {
        session.begin(now);
        after(session, status(200), now);
    }

    private static void fail(Session session, long now) {
        session.begin(now);
        after(session, status(503), now);
    }

    private final class Recorder implements Observer {
        @Override
        public void retry(PolicyTarget t, CallInfo call, Outcome because, int attempt, long delayNanos) {
            events.add("retry in " + delayNanos);
        }

        @Override
        public void notRetried(PolicyTarget t, CallInfo call, Outcome outcome, NotRetried reason) {
            events.add("not retried: " + reason);
        }

        @Override
        public void rejected(PolicyTarget t, CallInfo call, Rejection reason) {
            events.add("rejected: " + reason);
        }

        @Override
        public void limited(PolicyTarget t, CallInfo call, Rejection limit, long nanos) {
            events.add("limited: " + limit);
        }

        @Override
        public void transition(
                PolicyTarget t, CircuitBreaker.State from, CircuitBreaker.State to, CircuitBreaker.Reason reason) {
            events.add(from + " -> " + to);
        }

        @Override
        public void ended(PolicyTarget t, CallInfo call, Result result, int attempts, long nanos) {
            events.add("ended: " + result + " after " + attempts);
        }
    }
}
