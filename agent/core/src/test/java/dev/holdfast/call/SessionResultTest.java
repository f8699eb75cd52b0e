package dev.holdfast.call;

import static dev.holdfast.call.SessionTest.after;
import static dev.holdfast.call.SessionTest.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.DegradedPolicy;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Fallbacks;
import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Tests how a call is said to have ended: the origin is blamed for what it answered, and for nothing that Holdfast did
 * to the call.
 */
class SessionResultTest {
    private static final long MS = 1_000_000L;
    private static final HedgePolicy AFTER_50_MS = new HedgePolicy(true, 50 * MS);

    private final List<String> events = new ArrayList<>();
    private PolicyTarget target;

    @Test
    void aRejectedCallIsNoFailureOfTheOrigin() {
        use(Policies.retry().limits(new LimitPolicy(0, 1, 3_600_000 * MS, 0)).policy());
        session().begin(0);

        session().begin(1);

        assertThat(events).containsExactly("REJECTED after 0");
    }

    @Test
    void aCallWhoseRetryIsRejectedFailedAtTheOrigin() {
        Session session = use(Policies.retry()
                .limits(new LimitPolicy(0, 1, 3_600_000 * MS, 0))
                .policy());
        session.begin(0);
        after(session, status(503), 0);

        session.resume(1000 * MS);

        assertThat(events).as("and no retry was sent").containsExactly("FAILED after 1");
    }

    @Test
    void aRetryIsToldWhenItIsSent() {
        Session session = use(Policies.retry().policy());
        session.begin(0);
        after(session, status(503), 0);
        assertThat(events).isEmpty();

        session.resume(1000 * MS);
        after(session, status(200), 1001 * MS);

        assertThat(events).containsExactly("retry sent after 503", "SAVED_BY_RETRY after 2");
    }

    @Test
    void aRetryThatIsCancelledWhileItWaitsWasNotSent() {
        Session session = use(Policies.retry().policy());
        session.begin(0);
        after(session, status(503), 0);

        session.cancel(10 * MS);

        assertThat(events).containsExactly("CANCELLED after 1");
    }

    @Test
    void aFirstAttemptThatWinsBesideItsHedgeIsAFirstTry() {
        Session session = use(Policies.retry().hedge(AFTER_50_MS).policy());
        session.begin(0);
        session.hedge(50 * MS);

        session.after(1, status(200), 55 * MS);

        assertThat(events).containsExactly("FIRST_TRY after 2");
    }

    @Test
    void ofAFirstAttemptThatTheHedgeOvertakesNothingIsKnown() {
        Session session = use(Policies.retry().hedge(AFTER_50_MS).policy());
        session.begin(0);
        session.hedge(50 * MS);

        session.after(2, status(200), 55 * MS);
        session.after(1, status(503), 56 * MS);

        assertThat(events).containsExactly("HEDGED after 2");
    }

    @Test
    void aHedgeThatIsGoodAfterTheFirstAttemptFailedSavesTheCall() {
        Session session = use(Policies.retry().hedge(AFTER_50_MS).policy());
        session.begin(0);
        session.hedge(50 * MS);

        session.after(1, status(503), 55 * MS);
        session.after(2, status(200), 56 * MS);

        assertThat(events).containsExactly("SAVED_BY_RETRY after 2");
    }

    @Test
    void ofAFirstAttemptThatThePolicyTimesOutNothingIsKnown() {
        Policies rules =
                Policies.retry().maxRetries(1).errors(ErrorKind.READ_TIMEOUT).attemptTimeout(Duration.ofMillis(100));
        Session good = use(rules.policy());
        good.begin(0);
        after(good, timeout(), 100 * MS);
        good.resume(1100 * MS);
        after(good, status(200), 1101 * MS);
        assertThat(events).containsExactly("retry sent after failure", "GOOD_AFTER_TIMEOUT after 2");
        events.clear();

        Session bad = use(rules.policy());
        bad.begin(0);
        after(bad, timeout(), 100 * MS);
        bad.resume(1100 * MS);
        after(bad, timeout(), 1200 * MS);
        assertThat(events).containsExactly("retry sent after failure", "TIMED_OUT after 2");
    }

    @Test
    void aCallThatTheDeadlineCutsShortIsTimedOut() {
        Session session = use(Policies.retry().deadline(Duration.ofMillis(100)).policy());
        session.begin(0);

        after(session, timeout(), 100 * MS);

        assertThat(events).containsExactly("TIMED_OUT after 1");
    }

    @Test
    void theProgramsOwnTimeoutIsAFailureThatItHasWithoutHoldfastToo() {
        Session session = use(Policies.retry()
                .maxRetries(0)
                .attemptTimeout(Duration.ofMillis(100))
                .policy());
        session.begin(0);

        after(session, timeout(), 40 * MS);

        assertThat(events).containsExactly("FAILED after 1");
    }

    @Test
    void aStatusThatAsksForAFallbackIsNotGood() {
        FallbackPolicy cache = Fallbacks.cache();
        Session session = use(Policies.retry()
                .fallback(new FallbackPolicy(
                        cache.strategies(),
                        Set.of(404),
                        cache.errors(),
                        Set.of(),
                        cache.cache(),
                        List.of(),
                        DegradedPolicy.NONE))
                .policy());
        session.begin(0);

        after(session, status(404), 0);
        session.fallbackFailed(0);

        assertThat(events).containsExactly("FAILED after 1");
    }

    @Test
    void aFallbackSavesACallUnlessItsAnswerIsAnErrorItself() {
        Policies rules = Policies.retry().maxRetries(0).fallback(Fallbacks.defaultValue(503, Map.of(), "later"));
        for (int status : new int[] {200, 503}) {
            Session session = use(rules.policy());
            session.begin(0);
            after(session, status(503), 0);
            session.fellBack(FallbackPolicy.Strategy.DEFAULT_VALUE, FallbackReason.RETRIES_USED_UP, status, 0);
        }

        assertThat(events).containsExactly("SAVED_BY_FALLBACK after 1", "FAILED after 1");
    }

    @Test
    void aWaitForALimitIsToldWithTheTimeThatItTook() {
        use(Policies.retry().limits(new LimitPolicy(1, 0, 1, 1000 * MS)).policy());
        Session first = session();
        first.begin(0);
        Session second = session();
        second.begin(10 * MS);
        after(first, status(200), 40 * MS);
        second.resume(40 * MS);
        after(second, status(200), 50 * MS);

        Session third = session();
        third.begin(50 * MS);
        Session cancelled = session();
        cancelled.begin(60 * MS);
        cancelled.cancel(80 * MS);

        assertThat(events)
                .containsExactly(
                        "FIRST_TRY after 1",
                        "waited 30 for CONCURRENCY",
                        "FIRST_TRY after 1",
                        "waited 20 for CONCURRENCY",
                        "CANCELLED after 0");
    }

    @Test
    void aWaitForATurnIsToldOnceWhateverItIsWaitedForMeanwhile() {
        use(Policies.retry().limits(new LimitPolicy(0, 1, 100 * MS, 1000 * MS)).policy());
        Session first = session();
        first.begin(0);
        Session second = session();
        second.begin(0);
        Step step = second.resume(100 * MS);
        after(first, status(200), 130 * MS);
        long now = 130 * MS;
        while (step instanceof Step.Wait wait) {
            now += wait.nanos();
            step = second.resume(now);
        }

        assertThat(step).isInstanceOf(Step.Send.class);
        assertThat(events).containsExactly("FIRST_TRY after 1", "waited " + now / MS + " for RATE");
    }

    @Test
    void whatIsRejectedAtOnceDidNotWait() {
        use(Policies.retry().limits(new LimitPolicy(1, 0, 1, 0)).policy());
        session().begin(0);

        session().begin(0);

        assertThat(events).containsExactly("REJECTED after 0");
    }

    @Test
    void observeModeTellsARejectionFromAWait() {
        use(Policies.retry().limits(new LimitPolicy(1, 1, 3_600_000 * MS, 0)).policy(Mode.OBSERVE));
        session().begin(0);

        session().begin(0);

        assertThat(events).containsExactly("rejected RATE", "rejected CONCURRENCY");
    }

    @Test
    void anOpenBreakerRejectsCallsOfWhichNothingIsKnown() {
        Session failing = use(Policies.retry()
                .maxRetries(0)
                .breaker(Breakers.consecutive(1).build())
                .policy());
        failing.begin(0);
        after(failing, status(503), 0);

        session().begin(1);

        assertThat(events).containsExactly("FAILED after 1", "REJECTED after 0");
    }

    private static Outcome.Failure timeout() {
        return new Outcome.Failure(new SocketTimeoutException("timeout"), ErrorKind.READ_TIMEOUT, false);
    }

    private Session use(Policy policy) {
        target = new PolicyTarget(policy, new Origin("http", "localhost", 80), null, new Recorder(), 0);
        return session();
    }

    private Session session() {
        return new Session(target, new SessionTest.Call("GET"), new CallEnvironment(new Random(1), () -> 0));
    }

    private final class Recorder implements Observer {
        @Override
        public void retrySent(PolicyTarget t, CallInfo call, Outcome because, long delayNanos) {
            events.add("retry sent after "
                    + (because instanceof Outcome.Response response ? response.status() : "failure"));
        }

        @Override
        public void waited(PolicyTarget t, CallInfo call, Rejection limit, long nanos) {
            events.add("waited " + nanos / MS + " for " + limit);
        }

        @Override
        public void rejected(PolicyTarget t, CallInfo call, Rejection reason) {
            if (t.policy().mode() == Mode.OBSERVE) {
                events.add("rejected " + reason);
            }
        }

        @Override
        public void ended(PolicyTarget t, CallInfo call, Result result, int attempts, long nanos) {
            events.add(result + " after " + attempts);
        }
    }
}
