package dev.holdfast.call;

import static dev.holdfast.call.SessionTest.after;
import static dev.holdfast.call.SessionTest.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Fallbacks;
import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryPolicy;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests what is told of a call, and how long that took: once each, with times counted from the beginning. */
class ObserverTest {
    private static final long BEGIN = 5_000_000_000L;

    private final List<String> events = new ArrayList<>();
    private PolicyTarget target;

    @Test
    void everyAttemptAndTheEndWithTheirTimes() {
        Session session = use(Policies.retry().maxRetries(1).policy());
        session.begin(BEGIN);
        after(session, status(503), BEGIN + 30);
        session.resume(BEGIN + 1000);
        after(session, status(200), BEGIN + 1050);
        assertThat(events)
                .containsExactly("attempt 503 in 30", "retry", "attempt 200 in 50", "SAVED_BY_RETRY after 2 in 1050");
    }

    @Test
    void theEndOfEachKind() {
        end(use(Policies.retry().policy()), status(200));
        end(use(Policies.retry().policy()), status(404));
        end(use(Policies.retry().policy()), status(500 + 1));
        end(use(Policies.retry().policy()), failure(new IllegalStateException(), ErrorKind.OTHER));
        end(use(Policies.retry().policy()), Outcome.Cancelled.INSTANCE);
        assertThat(events.stream().filter(event -> event.contains("after")))
                .containsExactly(
                        "FIRST_TRY after 1 in 7",
                        "FIRST_TRY after 1 in 7",
                        "FAILED after 1 in 7",
                        "FAILED after 1 in 7",
                        "CANCELLED after 1 in 7");
    }

    @Test
    void ofAnAttemptThatTheApplicationEndedNothingIsCounted() {
        end(use(Policies.retry().policy()), Outcome.Cancelled.INSTANCE);
        assertThat(events).containsExactly("CANCELLED after 1 in 7");
        events.clear();
        Session session = use(Policies.retry().policy());
        session.begin(BEGIN);
        session.cancel(BEGIN + 150);
        session.cancel(BEGIN + 160);
        assertThat(after(session, status(200), BEGIN + 170)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(session.bodyLost(failure(new IOException(), ErrorKind.PREMATURE_EOF), BEGIN + 180))
                .isSameAs(Step.Deliver.INSTANCE);
        session.bodyFailed(failure(new IOException(), ErrorKind.PREMATURE_EOF), BEGIN + 190);
        assertThat(events).containsExactly("CANCELLED after 1 in 150");
    }

    @Test
    void aRejectionAndItsTime() {
        Session failing =
                use(Policies.retry().breaker(Breakers.consecutive(1).build()).policy());
        failing.begin(BEGIN);
        after(failing, status(503), BEGIN);
        events.clear();
        Session rejected = session();
        assertThat(rejected.begin(BEGIN + 10)).isInstanceOf(Step.Reject.class);
        assertThat(events).containsExactly("rejected BREAKER", "REJECTED after 0 in 0");
    }

    @Test
    void aRejectedAttemptHoldsNoPlace() {
        Session failing = use(Policies.retry()
                .breaker(Breakers.consecutive(1).build())
                .limits(new LimitPolicy(1, 0, 1, 0))
                .policy());
        failing.begin(BEGIN);
        after(failing, status(503), BEGIN);
        for (int i = 0; i < 3; i++) {
            assertThat(session().begin(BEGIN + 10)).isInstanceOf(Step.Reject.class);
        }
        assertThat(target.concurrency().taken()).isZero();
    }

    @Test
    void aBodyThatBreaksLater() {
        Session session =
                use(Policies.retry().breaker(Breakers.consecutive(1).build()).policy());
        assertThatThrownBy(() -> session.bodyFailed(failure(new IOException(), ErrorKind.PREMATURE_EOF), BEGIN))
                .isInstanceOf(IllegalStateException.class);
        end(session, status(200));
        session.bodyFailed(failure(new IOException(), ErrorKind.PREMATURE_EOF), BEGIN + 9);
        assertThat(events).endsWith("body failed");
        assertThat(target.breaker().state()).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void anAnswerThatIsTakenBackBeforeAnybodySawIt() {
        Session session = use(Policies.retry()
                .breaker(Breakers.consecutive(1).build())
                .maxRetries(0)
                .policy());
        end(session, status(200));
        assertThat(session.bodyLost(failure(new IOException(), ErrorKind.PREMATURE_EOF), BEGIN + 9))
                .isSameAs(Step.Deliver.INSTANCE);
        assertThat(events)
                .containsExactly("attempt 200 in 7", "FIRST_TRY after 1 in 7", "taken back", "FAILED after 1 in 9");
        assertThat(target.breaker().state()).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void anAnswerThatIsTakenBackLeavesTheDecisionToTheAttemptBesideIt() {
        Session session = use(Policies.retry()
                .limits(new LimitPolicy(2, 0, 1, 0))
                .hedge(new HedgePolicy(true, 10))
                .policy());
        session.begin(BEGIN);
        assertThat(session.hedge(BEGIN + 10)).isNotNull();
        session.after(1, status(200), BEGIN + 20);
        assertThat(target.concurrency().taken()).isEqualTo(1);
        assertThat(session.bodyLost(failure(new IOException(), ErrorKind.PREMATURE_EOF), BEGIN + 30))
                .isSameAs(Step.Drop.INSTANCE);
        assertThat(target.concurrency().taken()).as("it is still at the origin").isEqualTo(1);
        assertThat(session.after(2, status(200), BEGIN + 40)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(target.concurrency().taken()).isZero();
    }

    @Test
    void aSecondAttemptBesideTheFirst() {
        IOException reset = new IOException("reset");
        IllegalStateException last = new IllegalStateException("mistake");
        Session session = use(
                Policies.retry().hedge(new HedgePolicy(true, 10)).maxRetries(1).policy());
        session.begin(BEGIN);
        assertThat(session.hedge(BEGIN + 10)).isEqualTo(new Step.Send(2, Long.MAX_VALUE));
        assertThat(events).containsExactly("hedged");
        assertThat(session.after(1, failure(reset, ErrorKind.CONNECTION_RESET), BEGIN + 20))
                .isSameAs(Step.Drop.INSTANCE);
        assertThat(session.after(1, status(200), BEGIN + 21)).as("told twice").isSameAs(Step.Drop.INSTANCE);
        assertThat(session.after(2, failure(last, ErrorKind.OTHER), BEGIN + 22)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(session.finalError(last).getSuppressed()).containsExactly(reset);
    }

    @Test
    void noSecondAttemptWhereTheTimeIsUpAndNoneThatWouldBeTheLast() {
        Session session = use(Policies.retry()
                .hedge(new HedgePolicy(true, 100))
                .deadline(Duration.ofNanos(100))
                .policy());
        assertThat(session.begin(BEGIN)).as("as long as there is time").isEqualTo(new Step.Send(1, 100, -1));
        assertThat(session.hedge(BEGIN + 100)).isNull();
        assertThat(session.hedge(BEGIN + 99)).isNotNull();
    }

    @Test
    void aFallback() {
        Session session =
                use(Policies.retry().maxRetries(0).fallback(Fallbacks.cache()).policy());
        session.begin(BEGIN);
        after(session, status(503), BEGIN + 7);
        events.clear();

        session.fellBack(FallbackPolicy.Strategy.CACHE, FallbackReason.BREAKER_OPEN, BEGIN + 9);

        assertThat(events).containsExactly("fallback CACHE breaker_open", "SAVED_BY_FALLBACK after 1 in 9");
    }

    @Test
    void underObservationARejectionIsToldAndNotCarriedOut() {
        Policies policies = Policies.retry().breaker(Breakers.consecutive(1).build());
        Session session = use(policies.policy(Mode.OBSERVE));
        session.begin(BEGIN);
        assertThat(after(session, status(503), BEGIN + 7)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(events).noneMatch(event -> event.startsWith("rejected"));
        assertThat(session().begin(BEGIN + 8)).isInstanceOf(Step.Send.class);
        assertThat(events).contains("rejected BREAKER");
    }

    @Test
    void aProbeThatTheApplicationEndedMakesRoomForTheNext() {
        use(Policies.retry().breaker(Breakers.consecutive(1).build()).policy());
        Session failing = session();
        failing.begin(BEGIN);
        after(failing, status(503), BEGIN);
        long later = BEGIN + Duration.ofMinutes(2).toNanos();
        Session probe = session();
        assertThat(probe.begin(later)).isInstanceOf(Step.Send.class);
        assertThat(session().begin(later)).isInstanceOf(Step.Reject.class);
        after(probe, Outcome.Cancelled.INSTANCE, later);
        assertThat(session().begin(later)).isInstanceOf(Step.Send.class);
    }

    @Test
    void aTargetKnowsWhenItWasUsedLast() {
        Session session = use(Policies.retry().policy());
        session.begin(BEGIN);
        assertThat(target.lastUsed()).isEqualTo(BEGIN);
        assertThat(target.toString()).isEqualTo("* for http://localhost:80");
        assertThatThrownBy(() -> session.begin(BEGIN)).isInstanceOf(IllegalStateException.class);
        assertThat(session.policy()).isSameAs(target.policy());
    }

    @Test
    void whereRetriesAreOffNothingIsRetriedHoweverManyThereMayBe() {
        RetryPolicy on = Policies.retry().build();
        RetryPolicy off = new RetryPolicy(
                false,
                3,
                on.backoff(),
                on.statuses(),
                on.errors(),
                Set.of(),
                List.of(),
                on.methods(),
                on.oneTimeHeaders(),
                true,
                0,
                0,
                0,
                0,
                0,
                0);
        Session session = use(Policies.retry().around(off));
        session.begin(BEGIN);
        assertThat(after(session, status(503), BEGIN)).isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void aRejectionIsAConnectExceptionWhateverTheApplicationExpects() {
        Session session =
                use(Policies.retry().limits(new LimitPolicy(1, 0, 1, 0)).policy());
        session.begin(BEGIN);
        assertThat(((Step.Reject) session().begin(BEGIN)).error())
                .isExactlyInstanceOf(ConnectException.class)
                .hasMessageContaining("1 attempts are under way");
    }

    private static void end(Session session, Outcome outcome) {
        session.begin(BEGIN);
        after(session, outcome, BEGIN + 7);
    }

    @Test
    void aCallWhoseFirstAttemptIsGoodIsReportedOnce() {
        List<String> reports = new ArrayList<>();
        Observer once = new Observer() {
            @Override
            public void began(PolicyTarget t, CallInfo call) {
                reports.add("began");
            }

            @Override
            public void firstTry(PolicyTarget t, CallInfo call, Outcome outcome, long nanos) {
                reports.add("first try in " + nanos);
            }

            @Override
            public void attempt(PolicyTarget t, CallInfo call, Outcome outcome, long nanos) {
                reports.add("attempt in " + nanos);
            }

            @Override
            public void ended(PolicyTarget t, CallInfo call, Result result, int attempts, long nanos) {
                reports.add(result + " in " + nanos);
            }
        };
        Session good = new Session(
                new PolicyTarget(Policies.retry().policy(), new Origin("http", "localhost", 80), null, once, 0),
                new SessionTest.Call("GET"),
                new CallEnvironment(new Random(1), () -> 0));
        good.begin(5);
        assertThat(after(good, status(200), 15)).isSameAs(Step.Deliver.INSTANCE);
        // One attempt at a time, and the call waits for its turn: the call takes longer than its attempt.
        PolicyTarget limited = new PolicyTarget(
                Policies.retry()
                        .limits(new LimitPolicy(0, 1, 100, 1_000_000_000L))
                        .policy(),
                new Origin("http", "localhost", 80),
                null,
                once,
                0);
        Session before = new Session(limited, new SessionTest.Call("GET"), new CallEnvironment(new Random(1), () -> 0));
        before.begin(100);
        after(before, status(200), 100);
        Session waited = new Session(limited, new SessionTest.Call("GET"), new CallEnvironment(new Random(1), () -> 0));
        Step.Wait wait = (Step.Wait) waited.begin(100);
        waited.resume(100 + wait.nanos());
        after(waited, status(200), 110 + wait.nanos());

        assertThat(reports)
                .containsExactly(
                        "began",
                        "first try in 10",
                        "began",
                        "first try in 0",
                        "began",
                        "attempt in 10",
                        "FIRST_TRY in " + (10 + wait.nanos()));
    }

    private static Outcome.Failure failure(Exception error, ErrorKind kind) {
        return new Outcome.Failure(error, kind, false);
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
        public void attempt(PolicyTarget t, CallInfo call, Outcome outcome, long nanos) {
            String what = outcome instanceof Outcome.Response response ? "" + response.status() : "failure";
            events.add("attempt " + what + " in " + nanos);
        }

        @Override
        public void retry(PolicyTarget t, CallInfo call, Outcome because, int attempt, long delayNanos) {
            events.add("retry");
        }

        @Override
        public void hedged(PolicyTarget t, CallInfo call) {
            events.add("hedged");
        }

        @Override
        public void rejected(PolicyTarget t, CallInfo call, Rejection reason) {
            events.add("rejected " + reason);
        }

        @Override
        public void bodyFailed(PolicyTarget t, CallInfo call, Outcome.Failure failure) {
            events.add("body failed");
        }

        @Override
        public void takenBack(
                PolicyTarget t, CallInfo call, Outcome.Failure failure, Result result, int attempts, long nanos) {
            events.add("taken back");
        }

        @Override
        public void fallback(PolicyTarget t, CallInfo call, FallbackPolicy.Strategy strategy, FallbackReason reason) {
            events.add("fallback " + strategy + " " + reason.label());
        }

        @Override
        public void ended(PolicyTarget t, CallInfo call, Result result, int attempts, long nanos) {
            events.add(result + " after " + attempts + " in " + nanos);
        }
    }
}
