package dev.holdfast.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Engine;
import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.FakeTime;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.exchange.InMemoryClient.Response;
import dev.holdfast.exchange.InMemoryClient.SentAttempt;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.Policies;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The time of an attempt and of what is done with its response, and attempts that a library does not take. */
@Timeout(30)
class LibraryAttemptTest {
    private static final Backoff SHORT = new Backoff(1_000, 1_000, 1, Jitter.NONE);

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final ErrorReporter reporter = (consequence, defect) -> events.add(consequence + ": " + defect);
    private final PolicyTargets targets = new PolicyTargets(new Observer() {
        @Override
        public void attempt(PolicyTarget target, CallInfo call, Outcome outcome, long nanos) {
            took(nanos);
        }

        @Override
        public void firstTry(PolicyTarget target, CallInfo call, Outcome outcome, long nanos) {
            took(nanos);
            events.add("FIRST_TRY at once");
        }

        private void took(long nanos) {
            if (nanos > 0) {
                events.add("attempt took " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms");
            }
        }

        @Override
        public void ended(PolicyTarget target, CallInfo call, Result result, int attempts, long nanos) {
            events.add(result + " after " + attempts);
        }
    });
    private final InMemoryClient client = new InMemoryClient();
    private final FakeTime time = new FakeTime();

    @AfterEach
    void no_timer_runs_on() {
        assertThat(time.waiting()).isZero();
        assertThat(client.leased).hasValue(0);
        assertThat(Thread.interrupted()).isFalse();
    }

    // ---- time

    @Test
    void a_response_that_is_let_go_of_may_take_200_ms_to_its_end() throws Exception {
        CountDownLatch reads = new CountDownLatch(1);
        AtomicReference<SentAttempt> first = new AtomicReference<>();
        client.reply(attempt -> {
                    first.set(attempt);
                    return client.respond(503, new Silent(attempt, reads), 8);
                })
                .reply(200, "good");
        CompletableFuture<Response> call =
                started(Policies.retry().maxRetries(1).backoff(SHORT));
        assertThat(reads.await(20, TimeUnit.SECONDS)).isTrue();

        time.pass(Duration.ofMillis(199));
        assertThat(time.waiting()).isEqualTo(1);
        time.pass(Duration.ofMillis(1));

        assertThat(call.get(20, TimeUnit.SECONDS).text()).isEqualTo("good");
        assertThat(first.get().cancelled.getCount()).isZero();
        assertThat(client.sent).containsExactly("attempt 1 with 0 leased", "attempt 2 with 0 leased");
    }

    @Test
    void an_attempt_that_does_not_feel_its_cancel_is_cancelled_again_every_50_ms() {
        CountDownLatch end = new CountDownLatch(1);
        AtomicReference<SentAttempt> only = new AtomicReference<>();
        client.reply(attempt -> {
            only.set(attempt);
            end.await();
            throw new SocketException("Socket closed");
        });
        CompletableFuture<Response> call =
                started(Policies.retry().maxRetries(0).attemptTimeout(Duration.ofSeconds(1)));
        await().until(() -> only.get() != null);

        time.pass(Duration.ofMillis(999));
        assertThat(only.get().cancels).hasValue(0);
        time.pass(Duration.ofMillis(1));
        await().until(() -> only.get().cancels.get() == 1);
        time.pass(Duration.ofMillis(100));
        await().until(() -> only.get().cancels.get() == 3);
        end.countDown();

        assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS)).hasRootCauseInstanceOf(SocketException.class);
        assertThat(call).isCompletedExceptionally();
        assertThatThrownBy(call::join).hasStackTraceContaining(SocketTimeoutException.class.getName());
    }

    @Test
    void an_attempt_that_is_interrupted_ends_its_time_and_counts_as_nothing() throws Exception {
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        client.reply(attempt -> {
            Thread.currentThread().interrupt();
            throw interrupted;
        });

        assertThatThrownBy(() -> run(Policies.retry()
                        .backoff(SHORT)
                        .errors(ErrorKind.READ_TIMEOUT, ErrorKind.CONNECTION_RESET)
                        .attemptTimeout(Duration.ofSeconds(1))))
                .isSameAs(interrupted);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(time.waiting()).isZero();
        assertThat(events).containsExactly("CANCELLED after 1");
    }

    @Test
    void an_attempt_that_is_interrupted_when_its_time_is_up_is_not_sent_again() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        client.reply(attempt -> {
            sent.countDown();
            attempt.cancelled.await();
            Thread.currentThread().interrupt();
            throw new SocketException("Socket closed");
        });
        CompletableFuture<Response> call = started(
                Policies.retry().backoff(SHORT).errors(ErrorKind.READ_TIMEOUT).attemptTimeout(Duration.ofSeconds(1)));
        assertThat(sent.await(20, TimeUnit.SECONDS)).isTrue();

        time.pass(Duration.ofSeconds(1));

        assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
                .hasStackTraceContaining(SocketTimeoutException.class.getName());
        assertThat(client.sent).hasSize(1);
        assertThat(events).containsExactly("CANCELLED after 1");
    }

    // ---- waits for something of the program's own

    @Test
    void a_wait_for_a_place_of_the_programs_own_is_no_time_of_the_attempt() throws Exception {
        Queued queued = new Queued();
        CompletableFuture<Response> call = started(Policies.retry()
                .maxRetries(0)
                .attemptTimeout(Duration.ofSeconds(1))
                .breaker(Breakers.consecutive(1).build()));
        queued.awaitQueued();

        time.pass(Duration.ofSeconds(60));
        assertThat(queued.attempt().cancels).hasValue(0);
        queued.isServed();
        time.pass(Duration.ofMillis(999));
        assertThat(queued.attempt().cancels).hasValue(0);
        queued.ends(200, "good");

        assertThat(call.get(20, TimeUnit.SECONDS).text()).isEqualTo("good");
        assertThat(events).containsExactly("attempt took 999 ms", "FIRST_TRY after 1");
    }

    @Test
    void behind_such_a_wait_an_attempt_has_the_time_that_it_had_before() throws Exception {
        Queued queued = new Queued();
        CompletableFuture<Response> call = started(Policies.retry()
                .maxRetries(0)
                .attemptTimeout(Duration.ofSeconds(1))
                .deadline(Duration.ofSeconds(100)));
        queued.awaitQueued();
        time.pass(Duration.ofSeconds(60));
        queued.isServed();

        time.pass(Duration.ofMillis(999));
        assertThat(queued.attempt().cancels).hasValue(0);
        time.pass(Duration.ofMillis(1));
        await().until(() -> queued.attempt().cancels.get() == 1);
        queued.breaks();

        assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
                .hasStackTraceContaining(SocketTimeoutException.class.getName());
        assertThat(events).containsExactly("attempt took 1000 ms", "TIMED_OUT after 1");
    }

    @Test
    void an_attempt_whose_time_is_up_during_a_wait_too_short_to_count_is_cut_off_behind_it() throws Exception {
        AtomicReference<SentAttempt> only = new AtomicReference<>();
        CountDownLatch goesOn = new CountDownLatch(1);
        client.reply(attempt -> {
            only.set(attempt);
            goesOn.await();
            attempt.clock.resume();
            attempt.cancelled.await();
            throw new SocketException("Socket closed");
        });
        CompletableFuture<Response> call =
                started(Policies.retry().maxRetries(0).attemptTimeout(Duration.ofSeconds(1)));
        await().until(() -> only.get() != null);

        time.pass(Duration.ofNanos(999_999_900));
        only.get().clock.pause();
        time.pass(Duration.ofNanos(200));
        goesOn.countDown();
        await().until(() -> !only.get().clock.isPaused());
        time.pass(Duration.ofMillis(50));

        assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
                .hasStackTraceContaining(SocketTimeoutException.class.getName());
    }

    @Test
    void the_deadline_ends_such_a_wait_which_is_no_failure_of_the_origin() throws Exception {
        Queued queued = new Queued();
        Policies policies = Policies.retry()
                .maxRetries(0)
                .attemptTimeout(Duration.ofSeconds(1))
                .deadline(Duration.ofSeconds(5))
                .breaker(Breakers.consecutive(1).build());
        Engine engine = time.engine(policies.policy(), targets);
        CompletableFuture<Response> call = started(() -> run(engine));
        queued.awaitQueued();

        time.pass(Duration.ofMillis(4_999));
        assertThat(queued.attempt().cancels).hasValue(0);
        time.pass(Duration.ofMillis(1));
        await().until(() -> queued.attempt().cancels.get() == 1);
        queued.breaks();

        assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
                .hasStackTraceContaining(SocketTimeoutException.class.getName());
        client.clearReplies();
        client.reply(200, "let through");
        assertThat(run(engine).text()).isEqualTo("let through");
    }

    @Test
    void the_deadline_that_ends_the_wait_of_a_retry_leaves_the_response_before_it() throws Exception {
        client.reply(503, "before");
        Queued queued = new Queued();
        CompletableFuture<Response> call = started(Policies.retry()
                .maxRetries(1)
                .backoff(new Backoff(1, 1, 1, Jitter.NONE))
                .deadline(Duration.ofSeconds(5)));
        queued.awaitQueued();

        time.pass(Duration.ofSeconds(5));
        await().until(() -> queued.attempt().cancels.get() == 1);
        queued.breaks();

        assertThat(call.get(20, TimeUnit.SECONDS).text()).isEqualTo("before");
    }

    @Test
    void no_second_attempt_is_sent_beside_one_that_waits_so() throws Exception {
        Queued queued = new Queued();
        client.reply(200, "second");
        CompletableFuture<Response> call =
                started(Policies.retry().maxRetries(1).hedge(new HedgePolicy(true, 1_000_000_000L)));
        queued.awaitQueued();

        time.pass(Duration.ofSeconds(60));
        assertThat(client.sent).hasSize(1);
        queued.isServed();
        time.pass(Duration.ofMillis(940)); // 50 ms may pass between two looks
        assertThat(client.sent).hasSize(1);
        time.pass(Duration.ofMillis(110));

        await().until(() -> client.sent.size() == 2);
        await().until(() -> queued.attempt().cancels.get() == 1);
        queued.breaks();
        assertThat(call.get(20, TimeUnit.SECONDS).text()).isEqualTo("second");
    }

    @Test
    void where_the_call_is_ended_from_outside_the_attempt_that_it_cancels_gives_no_other_end() {
        InterruptedIOException limit = new InterruptedIOException("timeout");
        List<Throwable> ends = new CopyOnWriteArrayList<>();
        AtomicReference<BiConsumer<Response, Throwable>> attemptEnd = new AtomicReference<>();
        client.starts = attemptEnd::set;
        client.cancels = () -> attemptEnd.get().accept(null, new IOException("Canceled"));
        client.reply(200, "never");
        Engine engine = time.engine(Policies.retry().maxRetries(0).policy(), targets);
        AsyncLibraryCall<Response> call = AsyncLibraryCall.of(
                engine,
                engine.target("http", "localhost", 80),
                client,
                new FallbackStrategies((what, why) -> {}),
                reporter,
                Runnable::run,
                (response, error) -> ends.add(error));
        call.start();

        call.end(limit);

        assertThat(ends).containsExactly(limit);
        assertThat(client.released).hasValue(1);
    }

    /** An attempt that waits for a place of the program's own, until the test says so, and then for its end. */
    private final class Queued {
        private final AtomicReference<SentAttempt> attempt = new AtomicReference<>();
        private final CompletableFuture<Object> place = new CompletableFuture<>();
        private final CountDownLatch served = new CountDownLatch(1);
        private final CompletableFuture<Response> end = new CompletableFuture<>();

        Queued() {
            client.reply(sent -> {
                sent.clock.pause();
                attempt.set(sent);
                CompletableFuture.anyOf(place, end).exceptionally(broken -> "").join();
                if (place.isDone()) {
                    sent.clock.resume();
                    served.countDown();
                }
                try {
                    return end.join();
                } catch (CompletionException e) {
                    throw (Exception) e.getCause();
                }
            });
        }

        void awaitQueued() {
            await().until(() -> attempt.get() != null);
        }

        SentAttempt attempt() {
            return attempt.get();
        }

        void isServed() throws InterruptedException {
            place.complete("");
            assertThat(served.await(20, TimeUnit.SECONDS)).isTrue();
        }

        void ends(int status, String body) {
            end.complete(client.respond(status, body));
        }

        void breaks() {
            end.completeExceptionally(new SocketException("Socket closed"));
        }
    }

    // ---- refused

    @Test
    void a_retry_that_the_library_refuses_leaves_the_response_before_it() throws Exception {
        client.reply(503, "before").fail(new RejectedExecutionException("closed"));

        Response response = run(Policies.retry().backoff(SHORT));

        assertThat(response.text()).isEqualTo("before");
        assertThat(client.sent).hasSize(2);
    }

    @Test
    void a_retry_that_the_library_refuses_leaves_the_failure_before_it() {
        SocketException before = new SocketException("before");
        client.fail(before).fail(new RejectedExecutionException("closed"));

        assertThatThrownBy(() -> run(Policies.retry().backoff(SHORT).errors(ErrorKind.CONNECTION_RESET)))
                .isSameAs(before);
    }

    @Test
    void a_first_attempt_that_the_library_refuses_ends_in_its_own_exception() {
        RejectedExecutionException refusal = new RejectedExecutionException("closed");
        client.fail(refusal);

        assertThatThrownBy(() -> run(Policies.retry().backoff(SHORT))).isSameAs(refusal);
    }

    @Test
    void an_asynchronous_retry_that_cannot_be_started_leaves_the_response_before_it() throws Exception {
        client.reply(503, "before").reply(200, "never");
        CompletableFuture<Response> call =
                enqueued(Policies.retry().backoff(new Backoff(1_000_000_000L, 1_000_000_000L, 1, Jitter.NONE)));
        assertThat(call).isNotDone();

        client.closed = true;
        time.pass(Duration.ofSeconds(1));

        assertThat(call.get(20, TimeUnit.SECONDS).text()).isEqualTo("before");
        assertThat(client.sent).hasSize(1);
        assertThat(events).containsExactly("CANCELLED after 2");
        assertThat(client.released).hasValue(1);
    }

    // ---- running calls

    private Response run(Policies policies) throws Exception {
        return run(time.engine(policies.policy(), targets));
    }

    private Response run(Engine engine) throws Exception {
        return BlockingLibraryCall.run(
                engine,
                engine.target("http", "localhost", 80),
                client,
                new FallbackStrategies((what, why) -> {}),
                reporter);
    }

    private CompletableFuture<Response> started(Policies policies) {
        return started(() -> run(policies));
    }

    private CompletableFuture<Response> started(Callable<Response> called) {
        CompletableFuture<Response> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(called.call());
            } catch (Throwable e) {
                result.completeExceptionally(new ExecutionException(e));
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private CompletableFuture<Response> enqueued(Policies policies) {
        Engine engine = time.engine(policies.policy(), targets);
        CompletableFuture<Response> result = new CompletableFuture<>();
        AsyncLibraryCall<Response> call = AsyncLibraryCall.of(
                engine,
                engine.target("http", "localhost", 80),
                client,
                new FallbackStrategies((what, why) -> {}),
                reporter,
                Runnable::run,
                (response, error) -> {
                    if (response == null) {
                        result.completeExceptionally(error);
                    } else {
                        result.complete(response);
                    }
                });
        call.start();
        return result;
    }

    /** A body that gives no byte before its attempt is cancelled, and an exception then. */
    private static final class Silent extends InputStream {
        private final SentAttempt attempt;
        private final CountDownLatch reads;

        Silent(SentAttempt attempt, CountDownLatch reads) {
            this.attempt = attempt;
            this.reads = reads;
        }

        @Override
        public int read() throws IOException {
            reads.countDown();
            try {
                attempt.cancelled.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            throw new SocketException("Socket closed");
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
        }
    }
}
