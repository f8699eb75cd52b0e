package dev.holdfast.call;

import static dev.holdfast.call.SessionTest.after;
import static dev.holdfast.call.SessionTest.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.ResponseTimeEstimate;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Our own clock and queue take no outcome from the application, and are not held against the origin. */
class SessionClockTest {
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Backoff ONE_SECOND = new Backoff(1000 * MS, 1000 * MS, 1, Jitter.NONE);

    private final List<String> events = new ArrayList<>();
    private PolicyTarget target;

    // ---- what is in hand is delivered

    @Test
    void anAttemptThatCouldNotBeAnsweredInTimeIsNotEvenWaitedFor() {
        use(Policies.retry().backoff(ONE_SECOND).deadline(Duration.ofMillis(1300)));
        Session session = session();
        session.begin(0);

        assertThat(after(session, status(503), 200 * MS))
                .as("the wait leaves 100 ms of 200 that an answer takes")
                .isSameAs(Step.Deliver.INSTANCE);
        assertThat(events).containsExactly("not retried: DEADLINE", "ended: FAILED after 1");
    }

    @Test
    void oneThatCanBeIsSent() {
        use(Policies.retry().backoff(ONE_SECOND).deadline(Duration.ofMillis(1500)));
        Session session = session();
        session.begin(0);

        assertThat(after(session, status(503), 200 * MS)).isEqualTo(new Step.Wait(1000 * MS));
        assertThat(session.resume(1200 * MS)).isEqualTo(new Step.Send(2, 300 * MS));
    }

    @Test
    void afterAPauseOfTheProcessTheOutcomeBeforeTheWaitIsDelivered() {
        use(Policies.retry().backoff(ONE_SECOND).deadline(Duration.ofSeconds(3)));
        Session session = session();
        session.begin(0);
        after(session, status(503), MS);

        assertThat(session.resume(4400 * MS)).isSameAs(Step.Deliver.INSTANCE);

        assertThat(session.attempts()).isOne();
        assertThat(session.deliversPrevious())
                .as("it is that of the attempt sent last")
                .isFalse();
        assertThat(session.notSent())
                .isExactlyInstanceOf(SocketTimeoutException.class)
                .hasMessage(
                        "Holdfast did not send a request to https://api.example:443: the deadline of 3.0 s leaves no"
                                + " time for a response (attempt 1 before it gave status 503)");
        assertThat(events).endsWith("not retried: DEADLINE", "ended: FAILED after 1");
    }

    @Test
    void afterAPauseInAQueueNothingIsSentAndTheOutcomeBeforeItIsDelivered() {
        use(Policies.retry()
                .backoff(ONE_SECOND)
                .deadline(Duration.ofSeconds(3))
                .limits(new LimitPolicy(1, 0, 1, 60_000 * MS)));
        Session session = session();
        session.begin(0);
        after(session, status(503), MS);
        Session holder = session();
        holder.begin(2 * MS);
        Step.Wait queued = (Step.Wait) session.resume(1001 * MS);
        assertThat(queued.nanos())
                .as("what the deadline leaves beside an answer")
                .isEqualTo(1998 * MS);
        after(holder, status(200), 1100 * MS);

        assertThat(session.resume(3100 * MS)).isSameAs(Step.Deliver.INSTANCE);

        assertThat(target.concurrency().taken())
                .as("what was granted meanwhile")
                .isZero();
    }

    @Test
    void aFirstAttemptThatItsQueueHeldPastTheDeadlineIsRejectedAndLeavesNothingTaken() {
        use(Policies.retry().deadline(Duration.ofSeconds(1)).limits(new LimitPolicy(1, 0, 1, 60_000 * MS)));
        Session holder = session();
        holder.begin(0);
        Session queued = session();
        queued.begin(0);
        after(holder, status(200), 500 * MS);

        Step step = queued.resume(1200 * MS);

        assertThat(((Step.Reject) step).error()).hasMessageEndingWith("none ended in time for the deadline of 1.0 s");
        assertThat(queued.attempts()).isZero();
        assertThat(target.concurrency().taken()).isZero();
        assertThat(target.concurrency().queued()).isZero();
    }

    @Test
    void anAttemptThatTheDeadlineCutShortGivesWayToTheOutcomeBeforeIt() {
        use(Policies.retry().backoff(ONE_SECOND).deadline(Duration.ofMillis(1300)));
        Session session = session();
        session.begin(0);
        after(session, status(503), MS);
        Step.Send second = (Step.Send) session.resume(1001 * MS);

        assertThat(after(session, timeout(), 1001 * MS + second.timeoutNanos())).isSameAs(Step.Deliver.INSTANCE);

        assertThat(session.deliversPrevious()).isTrue();
        assertThat(events).endsWith("not retried: DEADLINE", "ended: FAILED after 2");
    }

    @Test
    void oneThatTheProgramsOwnTimeoutEndedEndsAsThat() {
        use(Policies.retry().backoff(ONE_SECOND).deadline(Duration.ofMillis(1300)));
        Session session = session();
        session.begin(0);
        after(session, status(503), MS);
        session.resume(1001 * MS);

        assertThat(after(session, timeout(), 1031 * MS)).isSameAs(Step.Deliver.INSTANCE);

        assertThat(session.deliversPrevious()).isFalse();
    }

    @Test
    void anEarlierFailureIsDeliveredWithTheTimeoutSuppressed() {
        use(Policies.retry().backoff(ONE_SECOND).deadline(Duration.ofMillis(1300)));
        IOException reset = new IOException("reset");
        Session session = session();
        session.begin(0);
        after(session, new Outcome.Failure(reset, ErrorKind.CONNECTION_RESET, false), MS);
        session.resume(1001 * MS);
        Outcome.Failure timeout = timeout();
        after(session, timeout, 1300 * MS);

        assertThat(session.deliversPrevious()).isTrue();
        assertThat(session.finalError(reset).getSuppressed()).containsExactly(timeout.error());
    }

    @Test
    void aLimitThatRefusesARetryLeavesTheOutcomeThatIsThere() {
        use(Policies.retry().backoff(ONE_SECOND).limits(new LimitPolicy(0, 1, 60_000 * MS, 0)));
        Session session = session();
        session.begin(0);
        after(session, status(503), MS);

        assertThat(session.resume(1001 * MS)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(events).endsWith("rejected: RATE", "ended: FAILED after 1");
    }

    @Property(tries = 500)
    void noAttemptOfACallStartsWithLessTimeThanAnAnswerTakesButItsFirst(
            @ForAll @IntRange(min = 1, max = 2000) int response,
            @ForAll @IntRange(min = 1, max = 5000) int deadline,
            @ForAll @IntRange(min = 0, max = 3000) int pause) {
        use(Policies.retry().maxRetries(9).backoff(ONE_SECOND).deadline(Duration.ofMillis(deadline)));
        Session session = session();
        long now = 0;
        Step step = session.begin(now);
        while (!(step instanceof Step.Deliver)) {
            if (step instanceof Step.Send send) {
                if (send.attempt() > 1) {
                    assertThat(send.timeoutNanos()).isGreaterThan(response * MS - 1);
                }
                now += Math.min(response * MS, send.timeoutNanos());
                step = after(session, response * MS <= send.timeoutNanos() ? status(503) : timeout(), now);
            } else {
                now += ((Step.Wait) step).nanos() + pause * MS;
                step = session.resume(now);
            }
        }
    }

    // ---- evidence

    @Test
    void anOriginThatAnswersInTimeIsNotShutByTheQueueBeforeIt() {
        use(Policies.retry()
                .maxRetries(0)
                .deadline(Duration.ofMillis(500))
                .breaker(Breakers.consecutive(3).build())
                .limits(new LimitPolicy(1, 0, 1, 1000 * MS)));
        long now = 0;
        int sent = 0;
        // Four callers at a time, one place, and an origin that takes 200 ms: whoever is sent is answered.
        for (int round = 0; round < 50; round++) {
            List<Session> queue = new ArrayList<>();
            Session served = session();
            assertThat(served.begin(now)).isInstanceOf(Step.Send.class);
            for (int i = 0; i < 3; i++) {
                Session waiting = session();
                if (waiting.begin(now) instanceof Step.Wait) {
                    queue.add(waiting);
                }
            }
            long began = now;
            while (served != null) {
                sent++;
                now += 200 * MS;
                assertThat(now - began).as("within the deadline").isLessThanOrEqualTo(500 * MS);
                after(served, status(200), now);
                served = null;
                while (served == null && !queue.isEmpty()) {
                    Session next = queue.remove(0);
                    if (next.resume(now) instanceof Step.Send) {
                        served = next;
                    }
                }
            }
        }

        assertThat(target.breaker().state()).isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(sent).isGreaterThanOrEqualTo(100);
        assertThat(target.concurrency().taken()).isZero();
    }

    @Test
    void aProgramWithATimeoutOfItsOwnShutsAHealthyOriginForNobody() {
        use(Policies.retry().maxRetries(0).breaker(Breakers.consecutive(5).build()));
        impatient(50, 30 * MS);
        assertThat(state()).as("nothing is known yet").isEqualTo(CircuitBreaker.State.CLOSED);
        answered(20, 5 * MS);
        impatient(50, 30 * MS);
        assertThat(state()).as("quick answers").isEqualTo(CircuitBreaker.State.CLOSED);
        answered(200, 400 * MS);
        impatient(50, 300 * MS);
        assertThat(state()).as("slow answers").isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void anOriginThatHangsIsShut() {
        use(Policies.retry().maxRetries(0).breaker(Breakers.consecutive(5).build()));
        answered(20, 5 * MS);
        impatient(5, 300 * MS);

        assertThat(state()).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void anOriginThatHasNeverAnsweredIsShutByThoseWhoWaitedASecond() {
        use(Policies.retry().maxRetries(0).breaker(Breakers.consecutive(5).build()));
        impatient(5, 1000 * MS);

        assertThat(state()).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void whatThePolicyItselfGivesAnAttemptIsEnough() {
        use(Policies.retry()
                .maxRetries(0)
                .attemptTimeout(Duration.ofMillis(50))
                .breaker(Breakers.consecutive(5).build()));
        impatient(5, 50 * MS);
        assertThat(state()).as("attempt_timeout").isEqualTo(CircuitBreaker.State.OPEN);

        use(Policies.retry()
                .maxRetries(0)
                .deadline(Duration.ofMillis(50))
                .breaker(Breakers.consecutive(5).build()));
        impatient(5, 50 * MS);
        assertThat(state()).as("the whole deadline").isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void aProbeThatIsGivenUpTooSoonMakesRoomForTheNextAndDecidesNothing() {
        use(Policies.retry()
                .maxRetries(0)
                .breaker(Breakers.consecutive(1).open(Duration.ofSeconds(1)).build()));
        Session failing = session();
        failing.begin(0);
        after(failing, status(503), MS);
        Session probe = session();
        assertThat(probe.begin(2000 * MS)).isInstanceOf(Step.Send.class);

        after(probe, timeout(), 2030 * MS);

        assertThat(state()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
        assertThat(session().begin(2031 * MS)).isInstanceOf(Step.Send.class);
    }

    @Test
    void aBodyThatIsGivenUpTooSoonIsNoEvidenceEither() {
        use(Policies.retry().maxRetries(0).breaker(Breakers.consecutive(1).build()));
        Session session = session();
        session.begin(0);
        after(session, status(200), MS);
        session.bodyFailed(timeout(), 30 * MS);
        assertThat(state()).isEqualTo(CircuitBreaker.State.CLOSED);

        Session hanging = session();
        hanging.begin(0);
        after(hanging, status(200), MS);
        hanging.bodyFailed(timeout(), 5000 * MS);
        assertThat(state()).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Property
    void aTimeoutCountsExactlyWhereItLastedAsLongAsTheRuleSays(
            @ForAll @IntRange(min = 1, max = 3000) int usual,
            @ForAll @IntRange(min = 0, max = 20) int answers,
            @ForAll @IntRange(min = 0, max = 3000) int attemptTimeout,
            @ForAll @IntRange(min = 1, max = 5000) int lasted,
            @ForAll boolean connecting) {
        use(Policies.retry()
                .maxRetries(0)
                .attemptTimeout(Duration.ofMillis(attemptTimeout))
                .breaker(Breakers.consecutive(1).build()));
        ResponseTimeEstimate known = new ResponseTimeEstimate();
        for (int i = 0; i < answers; i++) {
            known.record(usual * MS);
        }
        answered(answers, usual * MS);
        Session session = session();
        session.begin(0);
        ErrorKind kind = connecting ? ErrorKind.CONNECTION_TIMEOUT : ErrorKind.READ_TIMEOUT;
        after(session, new Outcome.Failure(new IOException(), kind, connecting), lasted * MS);

        long needed = known.patienceNanos();
        needed = connecting ? Math.min(needed, 1000 * MS) : needed;
        needed = attemptTimeout > 0 ? Math.min(needed, attemptTimeout * MS) : needed;
        assertThat(state() == CircuitBreaker.State.OPEN).isEqualTo(lasted * MS >= needed - MS);
    }

    private void answered(int times, long took) {
        for (int i = 0; i < times; i++) {
            Session session = session();
            session.begin(0);
            after(session, status(200), took);
        }
    }

    private void impatient(int times, long lasted) {
        for (int i = 0; i < times; i++) {
            Session session = session();
            session.begin(0);
            after(session, timeout(), lasted);
        }
    }

    private CircuitBreaker.State state() {
        return target.breaker().state();
    }

    private static Outcome.Failure timeout() {
        return new Outcome.Failure(new SocketTimeoutException("late"), ErrorKind.READ_TIMEOUT, false);
    }

    private void use(Policies policies) {
        Policy policy = policies.policy();
        Observer observer = new Observer() {
            @Override
            public void notRetried(PolicyTarget t, CallInfo call, Outcome outcome, NotRetried reason) {
                events.add("not retried: " + reason);
            }

            @Override
            public void rejected(PolicyTarget t, CallInfo call, Rejection reason) {
                events.add("rejected: " + reason);
            }

            @Override
            public void ended(PolicyTarget t, CallInfo call, Result result, int attempts, long nanos) {
                events.add("ended: " + result + " after " + attempts);
            }
        };
        target = new PolicyTarget(policy, new Origin("https", "api.example", 443), null, observer, 0);
    }

    private Session session() {
        return new Session(target, new SessionTest.Call("GET"), new CallEnvironment(new Random(1), () -> 0));
    }
}
