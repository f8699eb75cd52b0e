package dev.holdfast.observe;

import static dev.holdfast.call.SessionTest.after;
import static dev.holdfast.observe.ObservedCalls.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.holdfast.call.FallbackReason;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Fallbacks;
import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policies;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CountersTest {
    private static final String ORIGIN = "http://shop.example:80";
    private static final Policies RETRY =
            Policies.retry().backoff(new Backoff(1_000_000_000L, 30_000_000_000L, 2.0, Jitter.NONE));

    @Test
    void calls_are_counted_by_how_they_ended() {
        ObservedCalls observedCalls = new ObservedCalls(RETRY.policy());

        observedCalls.call("shop.example", status(200));
        observedCalls.call("shop.example", status(200));
        observedCalls.call("shop.example", status(503), status(200));
        observedCalls.call("shop.example", status(503), status(503), status(503), status(503));
        observedCalls.session("shop.example").begin(observedCalls.now());
        Session cancelled = observedCalls.session("shop.example");
        cancelled.begin(observedCalls.now());
        cancelled.cancel(observedCalls.now());

        OriginStats stats = observedCalls.stats(ORIGIN);
        assertThat(stats.clients()).singleElement().satisfies(client -> {
            assertThat(client.client()).isEqualTo("java.net.http");
            assertThat(client.calls())
                    .containsExactly(
                            entry("first_try", 2L),
                            entry("saved_by_retry", 1L),
                            entry("saved_by_fallback", 0L),
                            entry("failed", 1L),
                            entry("hedged", 0L),
                            entry("good_after_timeout", 0L),
                            entry("answered_by_fallback", 0L),
                            entry("timed_out", 0L),
                            entry("rejected", 0L),
                            entry("cancelled", 1L));
            assertThat(client.retries()).containsExactly(entry("503", 4L));
            assertThat(client.retriesLost()).isEqualTo(1);
        });
        assertThat(stats.attempts()).isEqualTo(2 + 2 + 4 + 1);
        assertThat(stats.attemptSeconds()).isEqualTo(0.08, within(1e-9));
        assertThat(stats.retrySuccessRate()).isEqualTo(0.5);
        assertThat(stats.notRetried()).containsExactly(entry("used_up", 1L));
    }

    @Test
    void calls_that_are_made_again_by_the_layer_above_are_counted() {
        ObservedCalls observedCalls =
                new ObservedCalls(Policies.retry().maxRetries(1).policy());

        for (int i = 0; i < 3; i++) {
            Session session = observedCalls.session("shop.example", 7);
            session.begin(observedCalls.now());
            after(session, status(503), observedCalls.now());
            session.resume(observedCalls.now());
            after(session, status(503), observedCalls.now());
        }

        assertThat(observedCalls.stats(ORIGIN).nestedRetries()).isEqualTo(2);
        assertThat(observedCalls.stats(ORIGIN).calls("failed")).isEqualTo(3);
    }

    @Test
    void the_success_rate_is_undefined_where_nothing_was_sent_again() {
        ObservedCalls observedCalls = new ObservedCalls(RETRY.policy());

        observedCalls.call("shop.example", status(200));

        assertThat(observedCalls.stats(ORIGIN).retrySuccessRate()).isNaN();
    }

    @Test
    void delays_fall_into_their_buckets() {
        ObservedCalls observedCalls = new ObservedCalls(RETRY.policy());

        observedCalls.call("shop.example", status(503), status(502), status(200));

        OriginStats.Delays delays = observedCalls.stats(ORIGIN).delays();
        assertThat(delays.count()).isEqualTo(2);
        assertThat(delays.seconds()).isEqualTo(3.0, within(1e-9));
        assertThat(delays.mean()).isEqualTo(1.5, within(1e-9));
        assertThat(delays.counts().get(Counters.DELAY_BOUNDS.indexOf(1.0))).isEqualTo(1);
        assertThat(delays.counts().get(Counters.DELAY_BOUNDS.indexOf(2.5))).isEqualTo(1);
    }

    @Test
    void the_duration_of_a_call_includes_its_retries_and_waits() {
        ObservedCalls observedCalls = new ObservedCalls(RETRY.policy());

        observedCalls.call("shop.example", status(200));
        observedCalls.call("shop.example", status(503), status(200));
        observedCalls.call("shop.example", status(503), status(503), status(503), status(503));

        OriginStats stats = observedCalls.stats(ORIGIN);
        assertThat(stats.callDuration().counts()).isEqualTo(counts(0.01, 1, 2.5, 1, 10.0, 1));
        assertThat(stats.callDuration().seconds()).isEqualTo(0.01 + 1.02 + 7.04, within(1e-9));
        assertThat(stats.attemptDuration().counts()).isEqualTo(counts(0.01, 7));
        assertThat(stats.attemptDuration().seconds()).isEqualTo(0.07, within(1e-9));
    }

    @Test
    void a_wait_for_a_limit_belongs_to_the_call_and_not_to_its_attempt() {
        ObservedCalls observedCalls = new ObservedCalls(Policies.retry()
                .limits(new LimitPolicy(0, 1, 10_000_000_000L, 20_000_000_000L))
                .policy());

        observedCalls.call("shop.example", status(200));
        Session waiting = observedCalls.session("shop.example");
        Step.Wait wait = (Step.Wait) waiting.begin(observedCalls.now());
        observedCalls.pass(Duration.ofNanos(wait.nanos()));
        waiting.resume(observedCalls.now());
        observedCalls.pass(Duration.ofMillis(10));
        after(waiting, status(200), observedCalls.now());

        OriginStats stats = observedCalls.stats(ORIGIN);
        assertThat(stats.calls("first_try")).isEqualTo(2);
        assertThat(stats.attempts()).isEqualTo(2);
        assertThat(stats.attemptDuration().counts()).isEqualTo(counts(0.01, 2));
        assertThat(stats.callDuration().counts()).isEqualTo(counts(0.01, 1, 30.0, 1));
        assertThat(stats.callDuration().seconds()).isEqualTo(0.02 + wait.nanos() / 1e9, within(1e-9));
    }

    @Test
    void every_call_that_ended_has_a_duration() {
        ObservedCalls observedCalls = new ObservedCalls(Policies.retry()
                .maxRetries(0)
                .breaker(Breakers.consecutive(1).open(Duration.ofSeconds(60)).build())
                .policy());
        observedCalls.call("shop.example", status(200));
        Session cancelled = observedCalls.session("shop.example");
        cancelled.begin(observedCalls.now());
        observedCalls.pass(Duration.ofSeconds(3));
        cancelled.cancel(observedCalls.now());
        observedCalls.call("shop.example", status(503));
        observedCalls.call("shop.example", status(200));

        OriginStats stats = observedCalls.stats(ORIGIN);
        assertThat(stats.calls("rejected")).isEqualTo(1);
        assertThat(stats.callDuration().count()).isEqualTo(stats.calls()).isEqualTo(4);
        assertThat(stats.callDuration().counts()).isEqualTo(counts(0.005, 1, 0.01, 2, 5.0, 1));
    }

    @Test
    void a_share_of_the_durations_is_found_within_its_bucket() {
        OriginStats.Durations durations = new OriginStats.Durations(counts(0.01, 90, 0.1, 9, 60.0, 1), 0);

        assertThat(durations.quantile(0)).isEqualTo(0.005);
        assertThat(durations.quantile(0.45)).isEqualTo(0.0075, within(1e-9));
        assertThat(durations.quantile(0.9)).isEqualTo(0.01, within(1e-9));
        assertThat(durations.quantile(0.99)).isEqualTo(0.1, within(1e-9));
        assertThat(durations.quantile(1)).isEqualTo(60, within(1e-9));
        assertThat(new OriginStats.Durations(counts(), 0).quantile(0.5)).isNaN();
        List<Long> endless = new ArrayList<>(counts());
        endless.set(endless.size() - 1, 7L);
        assertThat(new OriginStats.Durations(endless, 0).quantile(0.5)).isEqualTo(60);
    }

    /** So many in the bucket that ends with a bound, for pairs of both. */
    private static List<Long> counts(double... boundsAndCounts) {
        List<Long> counts = new ArrayList<>(Collections.nCopies(Counters.DURATION_BOUNDS.size() + 1, 0L));
        for (int i = 0; i < boundsAndCounts.length; i += 2) {
            counts.set(Counters.DURATION_BOUNDS.indexOf(boundsAndCounts[i]), (long) boundsAndCounts[i + 1]);
        }
        return counts;
    }

    @Test
    void a_hedged_attempt_to_no_avail_is_no_lost_retry() {
        ObservedCalls observedCalls = new ObservedCalls(Policies.retry()
                .maxRetries(1)
                .hedge(new HedgePolicy(true, 50_000_000))
                .policy());
        Session session = observedCalls.session("shop.example");
        session.begin(observedCalls.now());
        observedCalls.pass(Duration.ofMillis(50));
        session.hedge(observedCalls.now());
        session.after(1, status(503), observedCalls.now());
        session.after(2, status(503), observedCalls.now());

        OriginStats stats = observedCalls.stats(ORIGIN);
        assertThat(stats.hedges()).isEqualTo(1);
        assertThat(stats.calls("failed")).isEqualTo(1);
        assertThat(stats.retriesLost()).isZero();
        assertThat(stats.retrySuccessRate()).isNaN();
    }

    @Test
    void a_failed_call_that_a_fallback_saves_is_counted_once() {
        ObservedCalls observedCalls = new ObservedCalls(Policies.retry()
                .maxRetries(1)
                .backoff(new Backoff(1_000_000_000L, 1_000_000_000L, 1.0, Jitter.NONE))
                .fallback(Fallbacks.cache())
                .policy());
        Session session = observedCalls.call("shop.example", status(503), status(503));
        assertThat(observedCalls.stats(ORIGIN).calls())
                .as("before the fallback has answered")
                .isZero();

        observedCalls.pass(Duration.ofSeconds(2));
        session.fellBack(FallbackPolicy.Strategy.DEFAULT_VALUE, FallbackReason.RETRIES_USED_UP, observedCalls.now());

        OriginStats stats = observedCalls.stats(ORIGIN);
        assertThat(stats.calls("failed")).isZero();
        assertThat(stats.calls("saved_by_fallback")).isEqualTo(1);
        assertThat(stats.calls()).isEqualTo(1);
        assertThat(stats.retriesLost()).as("the retry was to no avail").isEqualTo(1);
        assertThat(stats.callDuration().seconds()).isEqualTo(3.02, within(1e-9));
        assertThat(stats.fallbacks())
                .containsExactly(new OriginStats.FallbackCount("default_value", "retries_used_up", 1));
    }

    @Test
    void what_was_reported_never_gets_less() {
        ObservedCalls observedCalls = new ObservedCalls(RETRY.policy());
        Session first = observedCalls.call("shop.example", status(200));
        assertThat(observedCalls.stats(ORIGIN).calls("first_try")).isEqualTo(1);

        first.bodyLost(
                new Outcome.Failure(new IOException("cut short"), ErrorKind.CONNECTION_RESET, false),
                observedCalls.now());
        assertThat(observedCalls.stats(ORIGIN).calls("first_try")).isEqualTo(1);

        observedCalls.call("shop.example", status(200));
        assertThat(observedCalls.stats(ORIGIN).calls("first_try")).isEqualTo(1);
    }

    @Test
    void an_end_that_was_taken_back_does_not_count() {
        ObservedCalls observedCalls = new ObservedCalls(RETRY.policy());
        Session session = observedCalls.call("shop.example", status(200));
        session.bodyLost(
                new Outcome.Failure(new IOException("cut short"), ErrorKind.CONNECTION_RESET, false),
                observedCalls.now());
        observedCalls.pass(Duration.ofSeconds(1));
        session.resume(observedCalls.now());
        after(session, status(200), observedCalls.now());

        OriginStats stats = observedCalls.stats(ORIGIN);
        assertThat(stats.calls("first_try")).isZero();
        assertThat(stats.calls("saved_by_retry")).isEqualTo(1);
        assertThat(stats.attempts()).isEqualTo(2);
        assertThat(stats.callDuration().counts()).isEqualTo(counts(2.5, 1));
        assertThat(stats.callDuration().seconds()).isEqualTo(1.01, within(1e-9));
    }

    @Test
    void a_reported_duration_stays_reported_until_the_call_ends_again() {
        ObservedCalls observedCalls = new ObservedCalls(RETRY.policy());
        Session session = observedCalls.call("shop.example", status(200));
        assertThat(observedCalls.stats(ORIGIN).callDuration().counts()).isEqualTo(counts(0.01, 1));

        session.bodyLost(
                new Outcome.Failure(new IOException("cut short"), ErrorKind.CONNECTION_RESET, false),
                observedCalls.now());

        assertThat(observedCalls.stats(ORIGIN).callDuration().counts()).isEqualTo(counts(0.01, 1));
        assertThat(observedCalls.stats(ORIGIN).callDuration().seconds()).isEqualTo(0.01, within(1e-9));
    }

    @Test
    void a_breaker_shows_its_state_its_times_and_its_transitions() {
        ObservedCalls observedCalls = new ObservedCalls(Policies.retry()
                .maxRetries(0)
                .breaker(Breakers.consecutive(2).open(Duration.ofSeconds(60)).build())
                .policy());
        observedCalls.pass(Duration.ofSeconds(5));
        observedCalls.call("shop.example", status(503));
        observedCalls.call("shop.example", status(503));
        long openedAt = observedCalls.epochMillis();
        observedCalls.call("shop.example", status(200));
        observedCalls.pass(Duration.ofSeconds(20));

        OriginStats stats = observedCalls.stats(ORIGIN);
        assertThat(stats.breaker()).isNotNull();
        assertThat(stats.breaker().state()).isEqualTo("open");
        assertThat(stats.breaker().sinceEpochMillis()).isEqualTo(openedAt);
        assertThat(stats.breaker().reason()).isEqualTo("too many failures in a row");
        assertThat(stats.breaker().secondsToProbe()).isEqualTo(40, within(1e-6));
        assertThat(stats.breaker().secondsIn().get("open")).isEqualTo(20, within(1e-6));
        assertThat(stats.breaker().transitions()).containsEntry("open", 1L);
        assertThat(stats.rejections()).containsExactly(entry("breaker", 1L));
        assertThat(stats.calls("rejected")).isEqualTo(1);
        assertThat(observedCalls.status.get().transitions())
                .containsExactly(
                        new Snapshot.Transition(openedAt, "*", ORIGIN, "closed", "open", "too many failures in a row"));
    }

    @Test
    void observe_mode_counts_what_it_would_have_done_apart() {
        ObservedCalls observedCalls = new ObservedCalls(RETRY.policy(Mode.OBSERVE));

        observedCalls.call("shop.example", status(503));

        OriginStats stats = observedCalls.stats(ORIGIN);
        assertThat(stats.mode()).isEqualTo("observe");
        assertThat(stats.retries()).isZero();
        assertThat(stats.wouldHave()).containsExactly(entry("retry", 1L));
        assertThat(stats.calls("failed")).isEqualTo(1);
    }

    @Test
    void origins_beyond_the_bound_are_counted_together_and_the_worst_of_their_breakers_shows() {
        ObservedCalls observedCalls = new ObservedCalls(Policies.retry()
                .maxRetries(0)
                .breaker(Breakers.consecutive(1).open(Duration.ofSeconds(60)).build())
                .policy());
        for (int i = 0; i < CounterRegistry.MAX_ORIGINS; i++) {
            observedCalls.call("h" + i + ".example", status(200));
        }
        observedCalls.call("late1.example", status(200));
        observedCalls.call("late2.example", status(503));

        Snapshot snapshot = observedCalls.status.get();
        assertThat(snapshot.origins()).hasSize(CounterRegistry.MAX_ORIGINS + 1);
        assertThat(snapshot.originsNotListed()).isEqualTo(2);
        OriginStats other = observedCalls.stats(CounterRegistry.OTHER);
        assertThat(other.calls("first_try")).isEqualTo(1);
        assertThat(other.calls("failed")).isEqualTo(1);
        assertThat(other.breaker().state()).isEqualTo("open");
    }

    @Test
    void policies_that_a_reload_took_away_are_forgotten_and_make_room() {
        ObservedCalls observedCalls = new ObservedCalls(RETRY.policy());
        observedCalls.call("shop.example", status(200));

        observedCalls.status.reloaded("c0ffee000001", Set.of("other.example"), Set.of("other.example"));

        assertThat(observedCalls.status.get().origins()).isEmpty();
        assertThat(observedCalls.status.get().reloads()).isEqualTo(1);
    }

    @Test
    void a_reload_that_failed_is_told_until_one_succeeds() {
        ObservedCalls observedCalls = new ObservedCalls(RETRY.policy());

        observedCalls.status.reloadFailed("line 3: no such key");
        assertThat(observedCalls.status.get().reloadError()).isEqualTo("line 3: no such key");
        assertThat(observedCalls.status.get().reloadFailures()).isEqualTo(1);

        observedCalls.status.reloaded("c0ffee000001", Set.of("*"), Set.of("*"));
        assertThat(observedCalls.status.get().reloadError()).isNull();
        assertThat(observedCalls.status.get().reloadFailures()).isEqualTo(1);
    }

    @Test
    void counting_a_success_allocates_nothing() {
        ObservedCalls observedCalls = new ObservedCalls(RETRY.policy());
        PolicyTarget target = observedCalls.target("shop.example");
        ObservedCalls.Get call = new ObservedCalls.Get(0);
        Outcome.Response response = status(200);
        Observer observer = target.observer();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        // Until the loop is compiled, which takes longer where other programs have the processors.
        boolean free = IntStream.range(0, 5_000).anyMatch(round -> {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                observer.began(target, call);
                observer.firstTry(target, call, response, 1_000);
                // After a wait for a limit, and in observe mode.
                observer.attempt(target, call, response, 1_000);
                observer.ended(target, call, Observer.Result.FIRST_TRY, 1, 1_000);
            }
            return threads.getCurrentThreadAllocatedBytes() - before < 10_000;
        });

        assertThat(free).isTrue();
    }
}
