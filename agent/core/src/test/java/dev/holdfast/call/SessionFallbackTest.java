package dev.holdfast.call;

import static dev.holdfast.call.SessionTest.after;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.CachePolicy;
import dev.holdfast.policy.DegradedPolicy;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests when a call asks for a fallback, and why. */
class SessionFallbackTest {
    static final FallbackPolicy FALLBACK = new FallbackPolicy(
            List.of(Strategy.DEFAULT_VALUE),
            Set.of(500, 418),
            Set.of(ErrorKind.READ_TIMEOUT),
            Set.of("java.io.EOFException"),
            CachePolicy.NONE,
            List.of(),
            DegradedPolicy.NONE);

    private final List<String> ended = new ArrayList<>();
    private final Observer observer = new Observer() {
        @Override
        public void ended(PolicyTarget target, CallInfo call, Result result, int attempts, long nanos) {
            ended.add(result.name() + " in " + nanos);
        }

        @Override
        public void fallback(PolicyTarget target, CallInfo call, Strategy strategy, FallbackReason reason) {
            ended.add("fallback " + strategy);
        }

        @Override
        public void wouldFallBack(PolicyTarget target, CallInfo call) {
            ended.add("would fall back");
        }
    };

    @Test
    void oneThatUsedItsRetriesUpDoes() {
        Session session = session("GET", Policies.retry().maxRetries(1));

        session.begin(0);
        assertThat(after(session, status(503), 0)).isInstanceOf(Step.Wait.class);
        session.resume(0);

        assertThat(after(session, status(503), 0)).isEqualTo(fallBack(FallbackReason.RETRIES_USED_UP));
    }

    @Test
    void theCallEndsOnceAndNotBeforeTheFallbackHasAnswered() {
        Session session = session("GET", Policies.retry().maxRetries(0));
        session.begin(10);
        after(session, status(503), 20);
        assertThat(ended).isEmpty();

        session.fellBack(Strategy.DEGRADED, FallbackReason.RETRIES_USED_UP, 70);

        assertThat(ended).containsExactly("fallback DEGRADED", "SAVED_BY_FALLBACK in 60");
        session.fallbackFailed(80);
        session.fellBack(Strategy.CACHE, FallbackReason.RETRIES_USED_UP, 200, 90);
        session.cancel(100);
        assertThat(ended).as("nothing ends it a second time").hasSize(2);
    }

    @Test
    void theCallEndsOnceAndNotBeforeTheFallbackHasFailed() {
        Session session = session("GET", Policies.retry().maxRetries(0));
        session.begin(10);
        after(session, status(503), 20);

        session.fallbackFailed(70);

        assertThat(ended).containsExactly("FAILED in 60");
        session.fellBack(Strategy.DEGRADED, FallbackReason.RETRIES_USED_UP, 80);
        session.fallbackFailed(90);
        session.cancel(100);
        assertThat(ended).as("nothing ends it a second time").hasSize(1);
    }

    @Test
    void oneThatIsCancelledWhileItsFallbackRunsIsCancelledWhateverThatGives() {
        Session session = session("GET", Policies.retry().maxRetries(0));
        session.begin(10);
        after(session, status(503), 20);

        session.cancel(40);

        assertThat(ended).containsExactly("CANCELLED in 30");
        session.fellBack(Strategy.DEGRADED, FallbackReason.RETRIES_USED_UP, 80);
        session.fallbackFailed(90);
        assertThat(ended).hasSize(1);
    }

    @Test
    void oneThatWasRejectedEndsWithItsFallbackToo() {
        for (boolean answered : new boolean[] {true, false}) {
            ended.clear();
            Policies limited = Policies.retry()
                    .limits(new LimitPolicy(0, 1, 3_600_000_000_000L, 0))
                    .fallback(FALLBACK);
            PolicyTarget target = new PolicyTarget(limited.policy(), new Origin("http", "h", 80), null, observer, 0);
            session(target, "GET").begin(0);
            Session rejected = session(target, "GET");
            assertThat(rejected.begin(10)).isInstanceOf(Step.FallBack.class);
            assertThat(ended).isEmpty();

            if (answered) {
                rejected.fellBack(Strategy.CACHE, FallbackReason.LIMIT, 200, 30);
            } else {
                rejected.fallbackFailed(30);
            }

            assertThat(ended).last().isEqualTo(answered ? "ANSWERED_BY_FALLBACK in 20" : "REJECTED in 20");
        }
    }

    @Test
    void anAttemptBesideItThatTheClientDidNotTakeLeavesTheFallbackAlone() {
        Session session = session("GET", Policies.retry().hedge(new HedgePolicy(true, 5)));
        session.begin(0);
        session.hedge(5);
        assertThat(session.after(1, status(418), 10)).isEqualTo(fallBack(FallbackReason.LISTED));

        assertThat(session.withdraw(2, 20)).isSameAs(Step.Drop.INSTANCE);

        session.fallbackFailed(30);
        assertThat(ended).containsExactly("FAILED in 30");
    }

    @Test
    void oneThatWentWellNeverDoes() {
        for (int status : new int[] {200, 204, 301, 304, 400, 401, 404, 409, 410}) {
            assertThat(first("GET", status(status))).as("%d", status).isSameAs(Step.Deliver.INSTANCE);
        }
        assertThat(first("GET", Outcome.Cancelled.INSTANCE)).isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void oneWhoseOutcomeIsListedDoesWithoutAnyRetry() {
        assertThat(first("POST", status(500))).isEqualTo(fallBack(FallbackReason.LISTED));
        assertThat(first("GET", status(418))).isEqualTo(fallBack(FallbackReason.LISTED));
        assertThat(first("GET", failure(new IOException(), ErrorKind.READ_TIMEOUT)))
                .isEqualTo(fallBack(FallbackReason.LISTED));
        assertThat(first("GET", failure(new java.io.EOFException(), ErrorKind.OTHER)))
                .isEqualTo(fallBack(FallbackReason.LISTED));
    }

    @Test
    void oneThatMayNotBeSentAgainAndIsNotListedDoesNot() {
        assertThat(first("POST", status(503))).isSameAs(Step.Deliver.INSTANCE);
        assertThat(first("GET", failure(new IOException(), ErrorKind.TLS))).isSameAs(Step.Deliver.INSTANCE);
        assertThat(first("GET", failure(new IllegalArgumentException(), ErrorKind.OTHER)))
                .isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void oneWhoseDeadlineLeavesNoRoomDoes() {
        Session session = session("GET", Policies.retry().deadline(Duration.ofMillis(500)));
        session.begin(0);

        assertThat(after(session, status(503), 0)).isEqualTo(fallBack(FallbackReason.DEADLINE));
    }

    @Test
    void oneThatALimitRejectsAfterAnAttemptDoesAndElseGetsWhatWasThere() {
        Session session = session("GET", Policies.retry().limits(new LimitPolicy(0, 1, 3_600_000_000_000L, 0)));
        session.begin(0);
        after(session, status(503), 0);

        Step step = session.resume(1);

        assertThat(step).isInstanceOfSatisfying(Step.FallBack.class, fallBack -> {
            assertThat(fallBack.reason()).isEqualTo(FallbackReason.LIMIT);
            assertThat(fallBack.otherwise()).isSameAs(Step.Deliver.INSTANCE);
        });
        session.fallbackFailed(1);
        assertThat(ended).containsExactly("FAILED in 1");
    }

    @Test
    void noneDoesWhereThePolicyOnlyObserves() {
        Session session =
                session("GET", Policies.retry().maxRetries(0).fallback(FALLBACK).policy(Mode.OBSERVE));
        session.begin(0);

        assertThat(after(session, status(500), 0)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(ended).containsExactly("FAILED in 0", "would fall back");
    }

    @Test
    void underObserveARetryThatWouldComeFirstLeavesItOpenWhetherOneWould() {
        Session session = session("GET", Policies.retry().fallback(FALLBACK).policy(Mode.OBSERVE));
        session.begin(0);

        assertThat(after(session, status(500), 0)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(ended).containsExactly("FAILED in 0");
    }

    private static Step fallBack(FallbackReason reason) {
        return new Step.FallBack(reason, Step.Deliver.INSTANCE);
    }

    private Step first(String method, Outcome outcome) {
        Session session = session(method, Policies.retry());
        session.begin(0);
        return after(session, outcome, 0);
    }

    private Session session(String method, Policies policies) {
        return session(method, policies.fallback(FALLBACK).policy());
    }

    private Session session(String method, Policy policy) {
        return session(new PolicyTarget(policy, new Origin("http", "h", 80), null, observer, 0), method);
    }

    private Session session(PolicyTarget target, String method) {
        CallInfo call = new CallInfo() {
            @Override
            public Client client() {
                return Client.of("java.net.http");
            }

            @Override
            public String method() {
                return method;
            }

            @Override
            public @Nullable String requestHeader(String name) {
                return null;
            }

            @Override
            public boolean bodyReplayable() {
                return true;
            }
        };
        return new Session(target, call, new CallEnvironment(new Random(1), () -> 0));
    }

    private static Outcome failure(Exception error, ErrorKind kind) {
        return new Outcome.Failure(error, kind, false);
    }

    private static Outcome status(int status) {
        return new Outcome.Response() {
            @Override
            public int status() {
                return status;
            }

            @Override
            public @Nullable String header(String name) {
                return null;
            }
        };
    }
}
