package dev.holdfast.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.BreakerPolicy;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FaultInjector;
import dev.holdfast.policy.FaultPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests that an injected fault has the consequences of a real one, and that its attempt is not sent. */
class SessionFaultTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long UNTIL = 1_000_000;
    private static final Origin ORIGIN = new Origin("http", "localhost", 80);

    private final List<String> told = new ArrayList<>();
    private final Observer observer = new Observer() {
        @Override
        public void faultInjected(PolicyTarget target, CallInfo call) {
            told.add("fault " + target.policy().fault().kind());
        }

        @Override
        public void attempt(PolicyTarget target, CallInfo call, Outcome outcome, long nanos) {
            told.add("attempt "
                    + (outcome instanceof Outcome.Failure failure
                            ? failure.kind().configName()
                            : Outcome.statusOf(outcome))
                    + " in " + nanos);
        }

        @Override
        public void ended(PolicyTarget target, CallInfo call, Result result, int attempts, long nanos) {
            told.add(result + " after " + attempts);
        }
    };
    private long wallClock;
    private long responseTimeout = Long.MAX_VALUE;
    private @Nullable PolicyTarget target;

    private static FaultPolicy fault(double share, int status, @Nullable ErrorKind error, Duration delay) {
        return new FaultPolicy(share, status, error, delay.toNanos(), 0, 1, UNTIL);
    }

    private static FaultPolicy status(int status) {
        return fault(1, status, null, Duration.ZERO);
    }

    private static FaultPolicy error(ErrorKind kind) {
        return fault(1, 0, kind, Duration.ZERO);
    }

    private static FaultPolicy delay(Duration delay) {
        return fault(1, 0, null, delay);
    }

    private Session session(Policy policy) {
        return session(policy, "GET");
    }

    private Session session(Policy policy, String method) {
        PolicyTarget made = new PolicyTarget(policy, ORIGIN, null, observer, 0);
        target = made;
        SessionTest.Call call = new SessionTest.Call(method);
        call.responseTimeout = responseTimeout;
        return new Session(made, call, new CallEnvironment(new Random(1), () -> wallClock, () -> 0));
    }

    @Test
    void anErrorIsRetriedAndTheFirstRequestThatIsSentIsNumberOne() {
        Session session = session(Policies.retry().policy().withFault(error(ErrorKind.CONNECTION_RESET)));

        assertThat(session.begin(0)).isEqualTo(new Step.Wait(SECOND));
        wallClock = UNTIL;
        assertThat(session.resume(SECOND)).isEqualTo(Step.Send.FIRST);
        assertThat(session.after(1, SessionTest.status(200), SECOND + 7)).isSameAs(Step.Deliver.INSTANCE);

        assertThat(told)
                .containsExactly(
                        "fault error", "attempt connection_reset in 0", "attempt 200 in 7", "SAVED_BY_RETRY after 2");
        assertThat(session.attempts()).isEqualTo(2);
    }

    @Test
    void anErrorThatIsTheLastOutcomeIsThrownWithTheOnesBefore() {
        Session session = session(Policies.retry().maxRetries(1).policy().withFault(error(ErrorKind.CONNECTION_RESET)));

        session.begin(0);
        Step end = session.resume(SECOND);

        assertThat(end).isInstanceOfSatisfying(Step.Reject.class, reject -> {
            assertThat(reject.error())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("Holdfast injected this fault (connection_reset)")
                    .hasMessageContaining("http://localhost:80")
                    .hasMessageContaining("1970-01-01T00:16:40Z");
            assertThat(reject.error().getSuppressed()).hasSize(1);
        });
        assertThat(told).endsWith("FAILED after 2");
    }

    @Test
    void aFailureAfterWhichTheRequestMayHaveBeenAppliedIsNotRetried() {
        Policy policy = Policies.retry().policy();

        assertThat(session(policy.withFault(error(ErrorKind.CONNECTION_RESET)), "POST")
                        .begin(0))
                .isInstanceOf(Step.Reject.class);
        assertThat(session(policy.withFault(error(ErrorKind.CONNECTION_REFUSED)), "POST")
                        .begin(0))
                .isInstanceOf(Step.Wait.class);
    }

    @Test
    void aStatusIsGivenAsAResponseThatNoStrategyIsAskedFor() {
        Session session = session(Policies.retry().maxRetries(0).policy().withFault(status(503)));

        assertThat(session.begin(0)).isEqualTo(new Step.FallBack(null, new Step.Respond(503)));
        assertThat(told).containsExactly("fault status", "attempt 503 in 0");
        session.fallbackFailed(0);
        assertThat(told).endsWith("FAILED after 1");
    }

    @Test
    void aStatusThatIsNotRetriedIsTheEnd() {
        Session session = session(Policies.retry().policy().withFault(status(404)));

        assertThat(session.begin(0)).isEqualTo(new Step.FallBack(null, new Step.Respond(404)));
        session.fallbackFailed(0);
        assertThat(told).endsWith("FIRST_TRY after 1");
    }

    @Test
    void theFallbackIsAskedBeforeAnInjectedStatusIsGiven() {
        Policies policies = Policies.retry().maxRetries(0).fallback(SessionFallbackTest.FALLBACK);

        assertThat(session(policies.policy().withFault(status(503))).begin(0))
                .isEqualTo(new Step.FallBack(FallbackReason.RETRIES_USED_UP, new Step.Respond(503)));
    }

    @Test
    void aFaultAfterARealFailureIsTheEndAndNotThatFailure() {
        Policy policy = Policies.retry().maxRetries(1).policy().withFault(chosen(false, true));
        Session session = session(policy);

        assertThat(session.begin(0)).isEqualTo(Step.Send.FIRST);
        assertThat(session.after(1, SessionTest.status(503), 5)).isEqualTo(new Step.Wait(SECOND));

        assertThat(session.resume(SECOND)).isEqualTo(new Step.FallBack(null, new Step.Respond(500)));
    }

    @Test
    void aRealFailureAfterAFaultIsTheClientsToDeliver() {
        Session session = session(Policies.retry().maxRetries(1).policy().withFault(chosen(true, false)));

        assertThat(session.begin(0)).isEqualTo(new Step.Wait(SECOND));
        assertThat(session.resume(SECOND)).isEqualTo(Step.Send.FIRST);

        assertThat(session.after(1, SessionTest.status(503), SECOND)).isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void aFaultBetweenTwoRequestsTakesNoNumberFromThem() {
        Session session = session(Policies.retry().policy().withFault(chosen(false, true, false)));

        session.begin(0);
        session.after(1, SessionTest.status(503), 0);
        assertThat(session.resume(SECOND)).isEqualTo(new Step.Wait(2 * SECOND));
        assertThat(session.resume(3 * SECOND)).isEqualTo(new Step.Send(2, Long.MAX_VALUE));
        assertThat(session.after(2, SessionTest.status(200), 3 * SECOND)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(told).endsWith("SAVED_BY_RETRY after 3");
    }

    /** Status 500 for some of the first attempts, by a seed that chooses just these. */
    private static FaultPolicy chosen(boolean... faults) {
        for (long seed = 0; seed < 10_000; seed++) {
            FaultPolicy policy = new FaultPolicy(0.5, 500, null, 0, 0, seed, UNTIL);
            PolicyTarget target =
                    new PolicyTarget(Policies.retry().policy().withFault(policy), ORIGIN, null, Observer.NONE, 0);
            FaultInjector injector = target.faults();
            boolean same = injector != null;
            for (boolean fault : faults) {
                same = same && injector.draw(0) == fault;
            }
            if (same) {
                return policy;
            }
        }
        throw new AssertionError("no seed");
    }

    @Test
    void whatTheDeadlineCutsShortEndsInTheFaultBefore() {
        Policies policies = Policies.retry().deadline(Duration.ofSeconds(3));
        Session session = session(policies.policy().withFault(error(ErrorKind.CONNECTION_RESET)));

        session.begin(0);
        wallClock = UNTIL;
        assertThat(session.resume(SECOND)).isEqualTo(new Step.Send(1, 2 * SECOND));
        Step end = session.after(
                1, new Outcome.Failure(new SocketTimeoutException(), ErrorKind.READ_TIMEOUT, false), 3 * SECOND);

        assertThat(end)
                .isInstanceOfSatisfying(
                        Step.Reject.class, reject -> assertThat(reject.error()).isInstanceOf(SocketException.class));
    }

    @Test
    void aDelayThatTheDeadlineCutsShortEndsInTheResponseBefore() {
        Policies policies = Policies.retry().deadline(Duration.ofSeconds(3));
        FaultPolicy chosen = chosen(false, true);
        Session session = session(
                policies.policy().withFault(new FaultPolicy(0.5, 0, null, 10 * SECOND, 0, chosen.seed(), UNTIL)));

        session.begin(0);
        assertThat(session.after(1, SessionTest.status(503), 0)).isEqualTo(new Step.Wait(SECOND));
        assertThat(session.resume(SECOND)).isEqualTo(new Step.Wait(2 * SECOND));

        assertThat(session.resume(3 * SECOND)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(session.deliversPrevious())
                .as("the response is of the last attempt that the client sent")
                .isFalse();
    }

    @Test
    void aWaitThatTookTooLongEndsInTheFaultBefore() {
        Policies policies = Policies.retry().deadline(Duration.ofSeconds(3));
        Session session = session(policies.policy().withFault(status(503)));

        session.begin(0);

        assertThat(session.resume(4 * SECOND)).isEqualTo(new Step.FallBack(null, new Step.Respond(503)));
    }

    @Test
    void theBreakerOpensOnFaultsAndEndsInTheLastOfThem() {
        BreakerPolicy breaker = Breakers.consecutive(2).build();
        Session session = session(Policies.retry().breaker(breaker).policy().withFault(status(503)));

        assertThat(session.begin(0)).isEqualTo(new Step.Wait(SECOND));
        assertThat(session.resume(SECOND)).isEqualTo(new Step.FallBack(null, new Step.Respond(503)));

        assertThat(target.breaker().state()).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void aDelayIsPartOfTheAttemptsTime() {
        Policies policies = Policies.retry().attemptTimeout(Duration.ofSeconds(5));
        Session session = session(policies.policy().withFault(delay(Duration.ofSeconds(2))));

        assertThat(session.begin(0)).isEqualTo(new Step.Wait(2 * SECOND));
        assertThat(session.resume(2 * SECOND)).isEqualTo(new Step.Send(1, 3 * SECOND));
        assertThat(session.after(1, SessionTest.status(200), 2 * SECOND + 4)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(told).containsExactly("fault delay", "attempt 200 in 2000000004", "FIRST_TRY after 1");
    }

    @Test
    void aDelayLongerThanAnAttemptMayTakeIsATimeoutAndNothingIsSent() {
        Policies policies = Policies.retry().maxRetries(0).attemptTimeout(Duration.ofSeconds(1));
        Session session = session(policies.policy().withFault(delay(Duration.ofSeconds(2))));

        assertThat(session.begin(0)).isEqualTo(new Step.Wait(SECOND));
        assertThat(session.resume(SECOND))
                .isInstanceOfSatisfying(
                        Step.Reject.class,
                        reject -> assertThat(reject.error()).isInstanceOf(SocketTimeoutException.class));
        assertThat(told).containsExactly("fault delay", "attempt read_timeout in 1000000000", "TIMED_OUT after 1");
    }

    @Test
    void aDelayEndsWithTheFaultsAtTheLatest() {
        wallClock = UNTIL - 1_500;
        Session session = session(Policies.retry().policy().withFault(delay(Duration.ofHours(1))));

        assertThat(session.begin(0)).isEqualTo(new Step.Wait(SECOND + SECOND / 2));
        wallClock = UNTIL;
        assertThat(session.resume(SECOND + SECOND / 2)).isEqualTo(Step.Send.FIRST);
    }

    @Test
    void aDelayLongerThanTheProgramWaitsForAResponseIsItsTimeout() {
        Policies policies = Policies.retry().maxRetries(0);
        responseTimeout = SECOND;
        Session session = session(policies.policy().withFault(delay(Duration.ofSeconds(2))));

        assertThat(session.begin(0)).isEqualTo(new Step.Wait(SECOND));
        assertThat(session.resume(SECOND))
                .isInstanceOfSatisfying(
                        Step.Reject.class,
                        reject -> assertThat(reject.error()).isInstanceOf(SocketTimeoutException.class));

        responseTimeout = 3 * SECOND;
        session = session(policies.policy().withFault(delay(Duration.ofSeconds(2))));
        assertThat(session.begin(0)).isEqualTo(new Step.Wait(2 * SECOND));
        assertThat(session.resume(2 * SECOND)).isEqualTo(Step.Send.FIRST);
    }

    @Test
    void retriesOfFaultsAreChargedToTheBudgetAsThoseOfRealFailures() {
        Policy policy = Policies.retry().budget(0.2, 1).policy();
        PolicyTarget real = new PolicyTarget(policy, ORIGIN, null, observer, 0);
        PolicyTarget faulty =
                new PolicyTarget(policy.withFault(error(ErrorKind.CONNECTION_RESET)), ORIGIN, null, observer, 0);
        int retries = 0;
        for (int i = 0; i < 100; i++) {
            Session failing = sessionOf(real);
            assertThat(failing.begin(0)).isEqualTo(Step.Send.FIRST);
            Step ofReal =
                    failing.after(1, new Outcome.Failure(new SocketException(), ErrorKind.CONNECTION_RESET, false), 0);
            Step ofFault = sessionOf(faulty).begin(0);

            assertThat(ofFault instanceof Step.Wait).isEqualTo(ofReal instanceof Step.Wait);
            retries += ofFault instanceof Step.Wait ? 1 : 0;
        }

        assertThat(retries).isBetween(1, 50);
        assertThat(faulty.budget().balance(0)).isEqualTo(real.budget().balance(0));
    }

    private Session sessionOf(PolicyTarget of) {
        return new Session(
                of, new SessionTest.Call("GET"), new CallEnvironment(new Random(1), () -> wallClock, () -> 0));
    }

    @Test
    void aCallThatIsCancelledDuringADelayIsNeverSent() {
        Session session = session(Policies.retry().policy().withFault(delay(Duration.ofSeconds(2))));

        session.begin(0);
        session.cancel(SECOND);

        assertThat(session.resume(2 * SECOND)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(told).endsWith("CANCELLED after 1");
    }

    @Test
    void observeModeTellsOfFaultsAndInjectsNone() {
        for (FaultPolicy fault : List.of(status(503), error(ErrorKind.TLS), delay(Duration.ofSeconds(2)))) {
            Session session = session(Policies.retry().policy(Mode.OBSERVE).withFault(fault));
            told.clear();

            assertThat(session.begin(0)).isEqualTo(Step.Send.FIRST);
            assertThat(told).containsExactly("fault " + fault.kind());
        }
    }

    @Test
    void nothingIsInjectedFromTheEndOn() {
        wallClock = UNTIL;
        Session session = session(Policies.retry().policy().withFault(status(503)));

        assertThat(session.begin(0)).isEqualTo(Step.Send.FIRST);
        assertThat(told).isEmpty();
    }

    @Test
    void theShareOfFaultsIsTheOneThatIsAskedForAndTheSeedRepeatsIt() {
        FaultPolicy policy = new FaultPolicy(0.3, 503, null, 0, 0, 42, UNTIL);
        FaultInjector first = new FaultInjector(policy, 7);
        FaultInjector second = new FaultInjector(policy, 7);
        int faults = 0;
        for (int i = 0; i < 100_000; i++) {
            boolean fault = first.draw(0);
            assertThat(second.draw(0)).isEqualTo(fault);
            faults += fault ? 1 : 0;
        }

        assertThat(faults).isBetween(29_000, 31_000);
    }
}
