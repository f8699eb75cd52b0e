package dev.holdfast.call;

import static dev.holdfast.call.SessionTest.after;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a server does and however long it takes: what a call never does. On a clock that the test moves. */
class SessionProperties {

    /** The outcome of one attempt, and the time that it takes. */
    record Event(Outcome outcome, long nanos) {}

    /** A run: everything that was sent, and when it ended. */
    private static final class Run {
        final long started;
        long now;
        int attempts;
        Outcome last;

        Run(Policy policy, SessionTest.Call call, List<Event> events, long start, long seed) {
            started = start;
            now = start;
            Session session = SessionTest.session(policy, call, new Random(seed), () -> 1_000_000L);
            RetryPolicy rule = policy.retry();
            Step step = session.begin(now);
            while (!(step instanceof Step.Deliver)) {
                if (step instanceof Step.Send send) {
                    attempts++;
                    assertThat(send.attempt()).isEqualTo(attempts);
                    assertThat(send.timeoutNanos()).isPositive();
                    if (attempts > 1) {
                        assertResendAllowed(rule, call, last);
                    }
                    Event event = events.get((attempts - 1) % events.size());
                    // A client keeps to the time that it is given.
                    now += Math.min(event.nanos(), send.timeoutNanos());
                    last = event.outcome();
                    step = after(session, last, now);
                } else if (step instanceof Step.Wait wait) {
                    assertThat(wait.nanos()).isBetween(0L, longestWait(rule, last));
                    now += wait.nanos();
                    step = session.resume(now);
                }
                assertThat(attempts).as("it ends").isLessThanOrEqualTo(rule.maxRetries() + 1);
            }
        }

        private static long longestWait(RetryPolicy rule, Outcome outcome) {
            long asked = outcome instanceof SessionTest.Answer response && response.retryAfter() != null
                    ? rule.maxRetryAfterNanos()
                    : 0;
            return Math.max(asked, rule.backoff().maxNanos());
        }

        private static void assertResendAllowed(RetryPolicy rule, SessionTest.Call call, Outcome before) {
            boolean nothingSent = before instanceof Outcome.Failure failure && failure.nothingSent();
            boolean safe = rule.methods().contains(call.method()) || call.headers.containsKey("Idempotency-Key");
            assertThat(nothingSent || (safe && call.replayable))
                    .as("%s after %s", call.method(), before)
                    .isTrue();
            assertThat(before).isNotInstanceOf(Outcome.Cancelled.class);
            if (before instanceof Outcome.Response response) {
                assertThat(rule.statuses()).contains(response.status());
            } else if (before instanceof Outcome.Failure failure) {
                assertThat(rule.errors()).contains(failure.kind());
            }
        }
    }

    @Property(tries = 2000)
    void aCallKeepsToItsRules(
            @ForAll("policies") RetryPolicy rule,
            @ForAll("calls") SessionTest.Call call,
            @ForAll("events") List<Event> events,
            @ForAll("starts") long start,
            @ForAll long seed) {
        Policy policy = Policies.retry().around(rule);

        Run run = new Run(policy, call, events, start, seed);

        assertThat(run.attempts).isBetween(1, rule.maxRetries() + 1);
        if (rule.deadlineNanos() > 0) {
            assertThat(run.now - run.started).isLessThanOrEqualTo(rule.deadlineNanos());
        }
    }

    @Property
    void anIdempotentCallToAnOriginThatAlwaysFailsUsesAllItsRetries(
            @ForAll("policies") RetryPolicy rule, @ForAll long seed) {
        Policy policy = Policies.retry().around(withoutDeadline(rule));

        Run run = new Run(policy, new SessionTest.Call("GET"), List.of(new Event(SessionTest.status(503), 1)), 0, seed);

        assertThat(run.attempts).isEqualTo(rule.maxRetries() + 1);
    }

    private static RetryPolicy withoutDeadline(RetryPolicy rule) {
        return Policies.retry()
                .maxRetries(rule.maxRetries())
                .backoff(rule.backoff())
                .build();
    }

    @Provide
    Arbitrary<Long> starts() {
        // nanoTime may be anything, and may overflow on the way.
        return Arbitraries.longs().injectDuplicates(0.1);
    }

    @Provide
    Arbitrary<RetryPolicy> policies() {
        Arbitrary<Backoff> backoffs = Combinators.combine(
                        Arbitraries.longs().between(0, 2_000_000_000L),
                        Arbitraries.longs().between(0, 20_000_000_000L),
                        Arbitraries.doubles().between(1, 5),
                        Arbitraries.of(Jitter.class))
                .as((initial, more, multiplier, jitter) -> new Backoff(initial, initial + more, multiplier, jitter));
        return Combinators.combine(
                        Arbitraries.integers().between(0, 8),
                        backoffs,
                        Arbitraries.longs().between(0, 60),
                        Arbitraries.longs().between(0, 20))
                .as((retries, backoff, deadline, attempt) -> Policies.retry()
                        .maxRetries(retries)
                        .backoff(backoff)
                        .deadline(Duration.ofSeconds(deadline))
                        .attemptTimeout(Duration.ofSeconds(attempt))
                        .build());
    }

    @Provide
    Arbitrary<SessionTest.Call> calls() {
        return Combinators.combine(
                        Arbitraries.of("GET", "HEAD", "PUT", "DELETE", "POST", "PATCH", "get", "LOCK"),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false))
                .as((method, key, replayable) -> {
                    SessionTest.Call call = new SessionTest.Call(method);
                    call.replayable = replayable;
                    if (key) {
                        call.headers.put("Idempotency-Key", "k");
                    }
                    return call;
                });
    }

    @Provide
    Arbitrary<List<Event>> events() {
        Arbitrary<Outcome> answers = Arbitraries.of(200, 204, 301, 404, 429, 500, 501, 502, 503, 504)
                .flatMap(status -> Arbitraries.of("", "0", "3", "29", "31", "x", "Sun, 06 Nov 1994 08:49:37 GMT")
                        .map(after -> new SessionTest.Answer(status, after.isEmpty() ? null : after)));
        Arbitrary<Outcome> failures = Arbitraries.of(ErrorKind.class)
                .map(kind -> new Outcome.Failure(new IOException(kind.name()), kind, kind.nothingSent()));
        return Arbitraries.oneOf(answers, failures, Arbitraries.just(Outcome.Cancelled.INSTANCE))
                .flatMap(outcome ->
                        Arbitraries.longs().between(0, 30_000_000_000L).map(nanos -> new Event(outcome, nanos)))
                .list()
                .ofMinSize(1)
                .ofMaxSize(6);
    }
}
