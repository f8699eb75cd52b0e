package dev.holdfast.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.Fallbacks;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryCondition;
import dev.holdfast.policy.TextPattern;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

public class SessionTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Outcome RESET = new Outcome.Failure(new IOException(), ErrorKind.CONNECTION_RESET, false);

    private final Call call = new Call("GET");

    @Test
    void triesAgainUntilItGoesWell() {
        Session session = session(Policies.retry().policy());

        assertThat(session.begin(0)).isEqualTo(new Step.Send(1, Long.MAX_VALUE));
        assertThat(after(session, status(503), 1)).isEqualTo(new Step.Wait(SECOND));
        assertThat(session.resume(2)).isEqualTo(new Step.Send(2, Long.MAX_VALUE));
        assertThat(after(session, RESET, 3)).isEqualTo(new Step.Wait(2 * SECOND));
        assertThat(session.resume(4)).isEqualTo(new Step.Send(3, Long.MAX_VALUE));
        assertThat(after(session, status(200), 5)).isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void deliversTheLastOutcomeWhenTheRetriesAreUsedUp() {
        Session session = session(Policies.retry().maxRetries(1).policy());

        session.begin(0);
        after(session, status(503), 0);
        session.resume(0);

        assertThat(after(session, status(503), 0)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(session.attempts()).isEqualTo(2);
    }

    @Test
    void waitsAsLongAsRetryAfterAsksIfThatIsLonger() {
        assertThat(first(status(429, "7"))).isEqualTo(new Step.Wait(7 * SECOND));
        assertThat(first(status(429, "0"))).isEqualTo(new Step.Wait(SECOND));
    }

    @Test
    void spreadsThoseWhoAreAskedTogetherBehindWhatIsAskedFor() {
        Policy policy = Policies.retry()
                .backoff(new Backoff(SECOND / 10, SECOND / 10, 1, Jitter.PROPORTIONAL))
                .maxRetryAfter(Duration.ofSeconds(30))
                .policy();
        Set<Long> waits = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            Session session = session(policy, call, new Random(i), () -> 0);
            session.begin(0);
            waits.add(((Step.Wait) after(session, status(429, "8"), 0)).nanos());
        }

        assertThat(waits).hasSizeGreaterThan(90).allMatch(wait -> wait >= 8 * SECOND && wait <= 12 * SECOND);
        assertThat(Collections.max(waits) - Collections.min(waits)).isGreaterThan(3 * SECOND);
    }

    @Test
    void spreadsNobodyPastTheDeadlineOrTheCap() {
        Policies policies = Policies.retry().backoff(new Backoff(SECOND, SECOND, 1, Jitter.FULL));
        for (int i = 0; i < 100; i++) {
            Session late = session(policies.deadline(Duration.ofSeconds(9)).policy(), call, new Random(i), () -> 0);
            late.begin(0);
            assertThat(((Step.Wait) after(late, status(429, "8"), 0)).nanos()).isBetween(8 * SECOND, 9 * SECOND - 1);
            Session capped = session(
                    Policies.retry().maxRetryAfter(Duration.ofSeconds(9)).policy(), call, new Random(i), () -> 0);
            capped.begin(0);
            assertThat(((Step.Wait) after(capped, status(429, "8"), 0)).nanos()).isBetween(8 * SECOND, 9 * SECOND);
        }
    }

    @Test
    void countsADateFromTheResponsesOwn() {
        Outcome.Response response = new Outcome.Response() {
            @Override
            public int status() {
                return 503;
            }

            @Override
            public String header(String name) {
                return switch (name.equals("Date") ? name : name.toLowerCase(Locale.ROOT)) {
                    case "retry-after" -> "Sunday, 06-Nov-94 08:49:42 GMT";
                    case "Date" -> "Sun, 06 Nov 1994 08:49:37 GMT";
                    default -> null;
                };
            }
        };

        assertThat(first(response)).isEqualTo(new Step.Wait(5 * SECOND));
    }

    /** The head of a response with headers. */
    private static Outcome.Response response(int status, String... headers) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            map.put(headers[i], headers[i + 1]);
        }
        return new Outcome.Response() {
            @Override
            public int status() {
                return status;
            }

            @Override
            public String header(String name) {
                return map.get(name.toLowerCase(Locale.ROOT));
            }
        };
    }

    @Test
    void waitsForTheMillisecondsThatAServerAsksFor() {
        assertThat(first(response(429, "retry-after-ms", "5500", "retry-after", "6")))
                .isEqualTo(new Step.Wait(5 * SECOND + SECOND / 2));
        assertThat(first(response(503, "x-ms-retry-after-ms", "7000"))).isEqualTo(new Step.Wait(7 * SECOND));
        assertThat(first(response(429, "retry-after-ms", "31000"))).isSameAs(Step.Deliver.INSTANCE);
    }

    private Step after(Outcome outcome, String method, RetryCondition... conditions) {
        Session session =
                session(Policies.retry().conditions(conditions).policy(), new Call(method), new Random(1), () -> 0);
        session.begin(0);
        return session.after(1, outcome, 0);
    }

    private static RetryCondition when(
            RetryCondition.Action action, boolean even, Set<Integer> statuses, Set<String> methods, String... header) {
        List<RetryCondition.HeaderPattern> headers = header.length == 0
                ? List.of()
                : List.of(new RetryCondition.HeaderPattern(header[0], List.of(TextPattern.of(header[1]))));
        return new RetryCondition(statuses, methods, headers, null, action, even);
    }

    @Test
    void theFirstConditionThatHoldsDecides() {
        RetryCondition never = when(RetryCondition.Action.NO_RETRY, false, Set.of(503), Set.of("DELETE"));
        RetryCondition limited =
                when(RetryCondition.Action.RETRY, false, Set.of(403), Set.of(), "x-ratelimit-remaining", "0");

        assertThat(after(response(503), "DELETE", never, limited)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(after(response(503), "GET", never, limited)).isInstanceOf(Step.Wait.class);
        assertThat(after(response(403), "GET", never, limited)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(after(response(403, "x-ratelimit-remaining", "0"), "GET", never, limited))
                .isInstanceOf(Step.Wait.class);
        assertThat(after(response(403, "x-ratelimit-remaining", "0"), "POST", never, limited))
                .isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void aSuccessIsRepeatedOnlyWhereAConditionSaysSo() {
        Outcome.Response success = response(200, "x-ratelimit-remaining", "0");
        RetryCondition byHeader =
                when(RetryCondition.Action.RETRY, false, Set.of(), Set.of(), "x-ratelimit-remaining", "0");
        RetryCondition evenIf =
                when(RetryCondition.Action.RETRY, true, Set.of(200), Set.of("PUT"), "x-ratelimit-remaining", "0");

        assertThat(after(success, "PUT", byHeader)).isSameAs(Step.Deliver.INSTANCE);
        assertThat(after(success, "PUT", byHeader, evenIf)).isInstanceOf(Step.Wait.class);
        assertThat(after(success, "GET", byHeader, evenIf)).isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void anEndWithoutARetryThatAConditionAsksForIsAFailure() {
        RetryCondition limited =
                when(RetryCondition.Action.RETRY, true, Set.of(), Set.of(), "x-ratelimit-remaining", "0");
        Policy policy = Policies.retry()
                .maxRetries(0)
                .conditions(limited)
                .fallback(Fallbacks.cache())
                .policy();

        for (int status : new int[] {200, 403}) {
            Session session = session(policy, new Call("GET"), new Random(1), () -> 0);
            session.begin(0);
            assertThat(session.after(1, response(status, "x-ratelimit-remaining", "0"), 0))
                    .isInstanceOfSatisfying(
                            Step.FallBack.class,
                            step -> assertThat(step.reason()).isEqualTo(FallbackReason.RETRIES_USED_UP));
        }
    }

    @Test
    void aConditionAsksForAFallback() {
        RetryCondition gone =
                when(RetryCondition.Action.FALLBACK, false, Set.of(), Set.of(), "x-error", "maintenance*");
        Policy policy =
                Policies.retry().conditions(gone).fallback(Fallbacks.cache()).policy();
        Session session = session(policy, new Call("GET"), new Random(1), () -> 0);
        session.begin(0);

        assertThat(session.after(1, response(404, "x-error", "Maintenance until noon"), 0))
                .isInstanceOf(Step.FallBack.class);
        Session good = session(policy, new Call("GET"), new Random(1), () -> 0);
        good.begin(0);
        assertThat(good.after(1, response(200, "x-error", "maintenance"), 0)).isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void deliversAResponseWhoseRetryAfterIsOverTheCap() {
        assertThat(first(status(429, "31"))).isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void deliversRatherThanWaitPastTheDeadline() {
        Session session =
                session(Policies.retry().deadline(Duration.ofSeconds(2)).policy());

        assertThat(session.begin(0)).isEqualTo(new Step.Send(1, 2 * SECOND));
        assertThat(after(session, status(503), SECOND / 4)).isEqualTo(new Step.Wait(SECOND));
        assertThat(session.resume(SECOND * 5 / 4)).isEqualTo(new Step.Send(2, SECOND * 3 / 4));
        assertThat(after(session, status(503), SECOND * 5 / 4 + 1)).isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void sendsAPostAgainThatAProxyDidNotLetThroughAndNamesTheProxy() {
        Session session = session(Policies.retry().maxRetries(1).policy(), new Call("POST"), new Random(1), () -> 0);
        IOException first = new IOException("first");
        IOException last = new IOException("last");

        session.begin(0);
        assertThat(after(session, Outcome.Failure.ofProxy(first, "proxy.example:3128"), 0))
                .isEqualTo(new Step.Wait(SECOND));
        session.resume(SECOND);
        assertThat(after(session, Outcome.Failure.ofProxy(last, "proxy.example:3128"), SECOND))
                .isSameAs(Step.Deliver.INSTANCE);

        assertThat(session.finalError(last).getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("first", "the proxy proxy.example:3128 did not open a tunnel to http://localhost:80");
    }

    @Test
    void asksForANameAgainWhenTheJvmHasForgottenThatItFailed() {
        Outcome unknown = new Outcome.Failure(new UnknownHostException(), ErrorKind.DNS_RESOLUTION, true);
        Session session = remembering(Policies.retry().maxRetries(3).policy(), 10 * SECOND);
        session.begin(0);
        // 1 s, 2 s and 4 s are over before the memory is: the last retry alone is made, when that is over.
        assertThat(after(session, unknown, 0)).isEqualTo(new Step.Wait(10 * SECOND));
        session.resume(10 * SECOND);
        assertThat(after(session, unknown, 10 * SECOND)).isSameAs(Step.Deliver.INSTANCE);

        Session longer = remembering(Policies.retry().maxRetries(5).policy(), 10 * SECOND);
        longer.begin(0);
        assertThat(after(longer, unknown, 0)).as("1 + 2 + 4 + 8 s").isEqualTo(new Step.Wait(15 * SECOND));
        longer.resume(15 * SECOND);
        assertThat(after(longer, unknown, 15 * SECOND)).as("16 s").isEqualTo(new Step.Wait(16 * SECOND));
        longer.resume(31 * SECOND);
        assertThat(after(longer, unknown, 31 * SECOND)).isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void keepsItsWaitsWhereNoLookupIsRememberedOrTheMemoryIsLongerThanAnyWait() {
        Outcome unknown = new Outcome.Failure(new UnknownHostException(), ErrorKind.DNS_RESOLUTION, true);
        for (long memory : new long[] {0, 31 * SECOND, NegativeDnsCache.FOREVER}) {
            Session session = remembering(Policies.retry().policy(), memory);
            session.begin(0);
            assertThat(after(session, unknown, 0)).isEqualTo(new Step.Wait(SECOND));
        }
    }

    @Test
    void waitsForTheMemoryOfAFailedLookUpNoLongerThanMaxDelay() {
        Backoff backoff = new Backoff(6 * SECOND, 11 * SECOND, 1, Jitter.NONE);
        Outcome unknown = new Outcome.Failure(new UnknownHostException(), ErrorKind.DNS_RESOLUTION, true);
        Session session = remembering(Policies.retry().backoff(backoff).policy(), 10 * SECOND);

        session.begin(0);

        assertThat(after(session, unknown, 0)).isEqualTo(new Step.Wait(11 * SECOND));
    }

    private Session remembering(Policy policy, long memory) {
        PolicyTarget target = new PolicyTarget(policy, new Origin("http", "localhost", 80), null, Observer.NONE, 0);
        return new Session(target, call, new CallEnvironment(new Random(1), () -> 0, () -> memory));
    }

    @Test
    void sendsNoProofTwiceThatIsGoodForOneRequest() {
        call.headers.put("dpop", "proof");
        Session answered = session(Policies.retry().policy());
        answered.begin(0);
        assertThat(after(answered, status(503), 0)).isSameAs(Step.Deliver.INSTANCE);

        Session refused = session(Policies.retry().policy());
        refused.begin(0);
        Outcome unsent = new Outcome.Failure(new ConnectException(), ErrorKind.CONNECTION_REFUSED, true);
        assertThat(after(refused, unsent, 0)).isInstanceOf(Step.Wait.class);
    }

    @Test
    void addsNothingToTheExceptionOfAProxyWhereNothingWasRetried() {
        Session session = session(Policies.retry().maxRetries(0).policy());
        IOException only = new IOException("only");

        session.begin(0);
        after(session, Outcome.Failure.ofProxy(only, "proxy.example:3128"), 0);

        assertThat(session.finalError(only).getSuppressed()).isEmpty();
    }

    @Test
    void trimsAnAttemptToTheShorterOfItsOwnTimeAndTheDeadline() {
        Session session = session(Policies.retry()
                .attemptTimeout(Duration.ofSeconds(5))
                .deadline(Duration.ofSeconds(7))
                .policy());

        assertThat(session.begin(0)).isEqualTo(new Step.Send(1, 5 * SECOND));
        after(session, RESET, 5 * SECOND);
        assertThat(session.resume(6 * SECOND)).isEqualTo(new Step.Send(2, SECOND));
    }

    @Test
    void doesNotSendAPostAgainThatTheOriginMayHaveApplied() {
        call.method = "POST";

        assertThat(first(status(503))).isSameAs(Step.Deliver.INSTANCE);
        assertThat(first(RESET)).isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void sendsAPostAgainThatNeverLeftOrCarriesAKey() {
        call.method = "POST";
        assertThat(first(new Outcome.Failure(new ConnectException(), ErrorKind.CONNECTION_REFUSED, true)))
                .isInstanceOf(Step.Wait.class);

        call.headers.put("Idempotency-Key", "1");
        assertThat(first(status(503))).isInstanceOf(Step.Wait.class);
    }

    @Test
    void doesNotSendABodyAgainThatIsGone() {
        call.replayable = false;

        assertThat(first(status(503))).isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void changesNothingWhileItOnlyObserves() {
        Session session =
                session(Policies.retry().attemptTimeout(Duration.ofSeconds(1)).policy(Mode.OBSERVE));

        assertThat(session.begin(0)).isEqualTo(new Step.Send(1, Long.MAX_VALUE));
        assertThat(after(session, status(503), 0)).isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void neverRetriesWhatTheApplicationCancelled() {
        Session session = session(Policies.retry().policy());

        session.begin(0);

        assertThat(after(session, Outcome.Cancelled.INSTANCE, 0)).isSameAs(Step.Deliver.INSTANCE);
    }

    @Test
    void addsTheEarlierFailuresToTheLastOne() {
        Session session = session(Policies.retry().maxRetries(1).policy());
        IOException first = new IOException("first");
        IOException last = new IOException("last");

        session.begin(0);
        after(session, new Outcome.Failure(first, ErrorKind.CONNECTION_RESET, false), 0);
        session.resume(0);
        after(session, new Outcome.Failure(last, ErrorKind.CONNECTION_RESET, false), 0);

        assertThat(session.finalError(last)).isSameAs(last).hasSuppressedException(first);
        assertThat(session.finalError(last).getSuppressed()).hasSize(1);
    }

    @Test
    void neverSuppressesAnExceptionInItself() {
        Session session = session(Policies.retry().maxRetries(1).policy());
        IOException same = new IOException("same");

        session.begin(0);
        after(session, new Outcome.Failure(same, ErrorKind.CONNECTION_RESET, false), 0);
        session.resume(0);
        after(session, new Outcome.Failure(same, ErrorKind.CONNECTION_RESET, false), 0);

        assertThat(session.finalError(same).getSuppressed()).isEmpty();
    }

    @Test
    void decidesAnewWhenABodyBreaksThatWasHeldBack() {
        Session session =
                session(Policies.retry().errors(ErrorKind.PREMATURE_EOF).policy());

        session.begin(0);
        assertThat(after(session, status(200), 0)).isSameAs(Step.Deliver.INSTANCE);

        assertThat(session.bodyLost(new Outcome.Failure(new IOException(), ErrorKind.PREMATURE_EOF, false), 0))
                .isInstanceOf(Step.Wait.class);
    }

    @Test
    void refusesADriverThatLosesItsPlace() {
        Session session = session(Policies.retry().policy());

        assertThatThrownBy(() -> after(session, status(200), 0)).isInstanceOf(IllegalStateException.class);
        session.begin(0);
        assertThatThrownBy(() -> session.resume(0)).isInstanceOf(IllegalStateException.class);
    }

    private Step first(Outcome outcome) {
        Session session = session(Policies.retry().policy());
        session.begin(0);
        return after(session, outcome, 0);
    }

    private Session session(Policy policy) {
        return session(policy, call, new Random(1), () -> 0);
    }

    static Session session(Policy policy, CallInfo call, Random random, LongSupplier epochMillis) {
        PolicyTarget target = new PolicyTarget(policy, new Origin("http", "localhost", 80), null, Observer.NONE, 0);
        return new Session(target, call, new CallEnvironment(random, epochMillis));
    }

    /** The head of a response with no headers. */
    /** Tells a session what the attempt gave that was begun last. */
    public static Step after(Session session, Outcome outcome, long now) {
        return session.after(session.attempts(), outcome, now);
    }

    public static Outcome.Response status(int status) {
        return new Answer(status, null);
    }

    static Outcome.Response status(int status, String retryAfter) {
        return new Answer(status, retryAfter);
    }

    record Answer(int status, String retryAfter) implements Outcome.Response {
        @Override
        public String header(String name) {
            return name.equalsIgnoreCase("Retry-After") ? retryAfter : null;
        }
    }

    /** A call without a client. */
    public static final class Call implements CallInfo {
        String method;
        final Map<String, String> headers = new HashMap<>();
        boolean replayable = true;
        long responseTimeout = Long.MAX_VALUE;

        /** A call of a method. */
        public Call(String method) {
            this.method = method;
        }

        @Override
        public Client client() {
            return Client.of("java.net.http");
        }

        @Override
        public String method() {
            return method;
        }

        @Override
        public String requestHeader(String name) {
            return headers.get(name);
        }

        @Override
        public boolean bodyReplayable() {
            return replayable;
        }

        @Override
        public long responseTimeoutNanos() {
            return responseTimeout;
        }

        @Override
        public IOException faultError(ErrorKind kind, String message) {
            return kind == ErrorKind.READ_TIMEOUT ? new SocketTimeoutException(message) : new SocketException(message);
        }
    }
}
