package dev.holdfast.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Engine;
import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.call.Timer;
import dev.holdfast.exchange.InMemoryClient.Response;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.PolicyTable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The driver of library clients, on a client without a network. */
@Timeout(30)
class BlockingLibraryCallTest {
    private static final Backoff SHORT = new Backoff(1_000, 1_000, 1, Jitter.NONE);
    private static final Backoff LONG = new Backoff(60_000_000_000L, 60_000_000_000L, 1, Jitter.NONE);

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<Throwable> defects = new CopyOnWriteArrayList<>();
    private final ErrorReporter reporter =
            (consequence, defect) -> defects.add(new AssertionError(consequence, defect));
    private final PolicyTargets targets = new PolicyTargets(new Observer() {
        @Override
        public void ended(PolicyTarget target, CallInfo call, Result result, int attempts, long nanos) {
            events.add(result + " after " + attempts);
        }

        @Override
        public void firstTry(PolicyTarget target, CallInfo call, Outcome outcome, long nanos) {
            events.add("FIRST_TRY after 1");
        }

        @Override
        public void bodyFailed(PolicyTarget target, CallInfo call, Outcome.Failure failure) {
            events.add("body failed: " + failure.kind());
        }
    });
    private final InMemoryClient client = new InMemoryClient();

    @AfterEach
    void nothingIsLeft() {
        assertThat(Thread.interrupted()).isFalse();
        assertThat(client.leased).as("connections that were not given back").hasValue(0);
        assertThat(defects).isEmpty();
        assertThat(client.released).hasValue(1);
        await().untilAsserted(() -> assertThat(targets.all())
                .allSatisfy(target -> assertThat(
                                target.concurrency() == null
                                        ? 0
                                        : target.concurrency().taken())
                        .isZero()));
    }

    @Test
    void theConnectionOfADiscardedResponseIsGivenBackBeforeTheWait() throws Exception {
        client.reply(503, "busy").reply(502, "x".repeat(40_000)).reply(200, "good");

        assertThat(run(Policies.retry().backoff(SHORT)).text()).isEqualTo("good");

        assertThat(client.sent)
                .containsExactly("attempt 1 with 0 leased", "attempt 2 with 0 leased", "attempt 3 with 0 leased");
        assertThat(events).containsExactly("SAVED_BY_RETRY after 3");
    }

    @Test
    void aLongBodyThatIsDiscardedIsCutOffAndNotRead() throws Exception {
        AtomicReference<InMemoryClient.SentAttempt> first = new AtomicReference<>();
        Endless body = new Endless();
        client.reply(attempt -> {
                    first.set(attempt);
                    return client.respond(503, body, -1);
                })
                .reply(200, "good");

        assertThat(run(Policies.retry().backoff(SHORT)).text()).isEqualTo("good");

        assertThat(first.get().cancelled.getCount()).isZero();
        assertThat(body.count).isLessThan(100_000);
    }

    @Test
    void theLastResponseIsDeliveredUnread() throws Exception {
        client.reply(503, "first").reply(503, "last");

        Response response = run(Policies.retry().maxRetries(1).backoff(SHORT));

        assertThat(response.status).isEqualTo(503);
        assertThat(client.leased).hasValue(1);
        assertThat(response.text()).isEqualTo("last");
        assertThat(events).containsExactly("FAILED after 2");
    }

    @Test
    void theLibrarysOwnExceptionIsThrownWithEarlierOnesSuppressed() {
        IOException first = new SocketException("first");
        IOException last = new SocketException("last");
        client.fail(first).fail(last);

        assertThatThrownBy(() -> run(Policies.retry().maxRetries(1).backoff(SHORT)))
                .isSameAs(last)
                .hasSuppressedException(first);
    }

    @Test
    void whatIsNoFailureOfTheOriginEndsTheCallAndCountsAsNothing() {
        IllegalStateException own = new IllegalStateException("Connection pool shut down");
        client.fail(own);

        assertThatThrownBy(() -> run(Policies.retry()
                        .backoff(SHORT)
                        .breaker(Breakers.consecutive(1).build())))
                .isSameAs(own);

        assertThat(events).containsExactly("CANCELLED after 1");
        assertThat(targets.all())
                .allSatisfy(
                        target -> assertThat(target.breaker().state().name()).isEqualTo("CLOSED"));
    }

    @Test
    void anAttemptWhoseTimeIsUpIsCancelledAndTheNextOneIsSent() throws Exception {
        client.hang().reply(200, "good");

        Response response = run(
                Policies.retry().backoff(SHORT).errors(ErrorKind.READ_TIMEOUT).attemptTimeout(Duration.ofMillis(50)));

        assertThat(response.text()).isEqualTo("good");
        assertThat(events).containsExactly("GOOD_AFTER_TIMEOUT after 2");
    }

    @Test
    void theLastAttemptsTimeEndsInTheLibrarysTimeout() {
        client.hang();

        assertThatThrownBy(() -> run(Policies.retry().maxRetries(0).attemptTimeout(Duration.ofMillis(50))))
                .isInstanceOf(SocketTimeoutException.class)
                .hasCauseInstanceOf(SocketException.class);
    }

    @Test
    void aSmallResponseIsDeliveredWhereTheDeadlineCutsTheNextAttemptShort() throws Exception {
        client.reply(503, "what there is").hang();

        Response response = run(Policies.retry().backoff(SHORT).deadline(Duration.ofMillis(300)));

        assertThat(response.status).isEqualTo(503);
        assertThat(response.text()).isEqualTo("what there is");
        assertThat(client.sent).hasSize(2);
    }

    @Test
    void aCancelByTheProgramEndsTheWaitAtOnceInTheLibrarysException() throws Exception {
        client.reply(503, "busy");
        CompletableFuture<Response> call = started(Policies.retry().backoff(LONG));
        await().until(() -> !client.sent.isEmpty() && client.leased.get() == 0 && isWaiting());

        client.cancelByProgram();

        assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS)).rootCause().hasMessage("Canceled");
        assertThat(events).containsExactly("CANCELLED after 1");
    }

    @Test
    void aCancelDuringAnAttemptCountsAsNothing() {
        client.reply(attempt -> {
            client.cancelled = true;
            throw new SocketException("Socket closed");
        });

        assertThatThrownBy(() -> run(Policies.retry().backoff(SHORT))).isInstanceOf(SocketException.class);

        assertThat(events).containsExactly("CANCELLED after 1");
    }

    @Test
    void anInterruptDuringTheWaitEndsInTheLibrarysException() throws Exception {
        client.reply(503, "busy");
        CompletableFuture<Response> call = started(Policies.retry().backoff(LONG));
        await().until(() -> client.sent.size() == 1 && isWaiting());

        caller.get().interrupt();

        assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS)).hasRootCauseInstanceOf(InterruptedIOException.class);
        assertThat(events).containsExactly("CANCELLED after 1");
    }

    @Test
    void whoIsInterruptedBeforeTheWaitGetsWhatThereIs() throws Exception {
        client.reply(attempt -> {
            Thread.currentThread().interrupt();
            return client.respond(503, "there");
        });

        Response response = run(Policies.retry().backoff(LONG));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(response.text()).isEqualTo("there");
    }

    @Test
    void aSlowFirstAttemptIsOvertakenAndCancelled() throws Exception {
        client.hang().reply(200, "second");

        Response response = run(Policies.retry().backoff(SHORT).hedge(hedge()));

        assertThat(response.text()).isEqualTo("second");
        assertThat(events).containsExactly("HEDGED after 2");
    }

    @Test
    void theSecondAttemptIsCancelledWhereTheFirstIsGood() throws Exception {
        CountDownLatch secondIsSent = new CountDownLatch(1);
        CountDownLatch secondIsCancelled = new CountDownLatch(1);
        client.reply(attempt -> {
                    secondIsSent.await();
                    return client.respond(200, "first");
                })
                .reply(attempt -> {
                    secondIsSent.countDown();
                    attempt.cancelled.await();
                    secondIsCancelled.countDown();
                    throw new SocketException("Socket closed");
                });

        assertThat(run(Policies.retry().backoff(SHORT).hedge(hedge())).text()).isEqualTo("first");

        assertThat(secondIsCancelled.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(events).containsExactly("FIRST_TRY after 2");
    }

    @Test
    void aHedgedFailureLeavesTheDecisionToTheOther() throws Exception {
        CountDownLatch failed = new CountDownLatch(1);
        client.reply(attempt -> {
                    failed.await();
                    throw new SocketException("first");
                })
                .reply(attempt -> {
                    failed.countDown();
                    attempt.cancelled.await(200, TimeUnit.MILLISECONDS);
                    return client.respond(200, "second");
                });

        assertThat(run(Policies.retry().backoff(SHORT).hedge(hedge())).text()).isEqualTo("second");
    }

    @Test
    void aRequestThatCannotBeSentTwiceAtATimeIsNotHedged() throws Exception {
        client.canHedge = false;
        client.reply(attempt -> {
            assertThat(attempt.cancelled.await(100, TimeUnit.MILLISECONDS)).isFalse();
            return client.respond(200, "alone");
        });

        assertThat(run(Policies.retry().backoff(SHORT).hedge(hedge())).text()).isEqualTo("alone");
        assertThat(client.sent).hasSize(1);
    }

    @Test
    void aBodyThatIsHeldBackAndBreaksIsRetried() throws Exception {
        client.reply(attempt -> client.respond(200, new Breaking("half"), 8)).reply(200, "whole");

        Response response = run(Policies.retry().backoff(SHORT).bufferResponse(1000));

        assertThat(client.leased).as("it was read before the program sees it").hasValue(0);
        assertThat(response.text()).isEqualTo("whole");
        assertThat(client.sent).hasSize(2);
    }

    @Test
    void aBodyThatIsHeldBackHasTheAttemptsTime() throws Exception {
        client.reply(attempt -> client.respond(200, new Hanging(attempt), 8)).reply(200, "whole");

        Response response = run(Policies.retry()
                .backoff(SHORT)
                .errors(ErrorKind.READ_TIMEOUT)
                .bufferResponse(1000)
                .attemptTimeout(Duration.ofMillis(50)));

        assertThat(response.text()).isEqualTo("whole");
    }

    @Test
    void aBodyThatBreaksWhileTheProgramReadsItIsCounted() throws Exception {
        client.reply(attempt -> client.respond(200, new Breaking("half"), 8));
        Response response = run(Policies.retry().backoff(SHORT));

        assertThatThrownBy(response::text).hasMessage("broken");

        response.body.close();
        assertThat(events).containsExactly("FIRST_TRY after 1", "body failed: CONNECTION_RESET");
    }

    @Test
    void aRejectionSendsNothing() throws Exception {
        Policies policy =
                Policies.retry().maxRetries(0).breaker(Breakers.consecutive(1).build());
        client.reply(503, "bad");
        assertThat(run(policy).text()).isEqualTo("bad");
        client.released.set(0);
        client.sent.clear();

        assertThatThrownBy(() -> run(policy)).isInstanceOf(ConnectException.class);

        assertThat(client.sent).isEmpty();
    }

    @Test
    void aTransportThatCannotMakeTheFirstAttemptLeavesTheCallToTheLibrary() throws Exception {
        assertThat(run(Policies.retry().limits(new LimitPolicy(1, 0, 1, 1_000))))
                .isNull();

        assertThat(defects).hasSize(1);
        defects.clear();
    }

    @Test
    void aTransportThatCannotMakeALaterAttemptDeliversWhatThereIs() throws Exception {
        client.reply(503, "there");

        Response response = run(Policies.retry().backoff(SHORT));

        assertThat(response.text()).isEqualTo("there");
        assertThat(defects).hasSize(1);
        defects.clear();
    }

    // ---- running calls

    private final AtomicReference<Thread> caller = new AtomicReference<>();

    private boolean isWaiting() {
        Thread thread = caller.get();
        return thread != null && thread.getState() == Thread.State.TIMED_WAITING;
    }

    private CompletableFuture<Response> started(Policies policy) {
        CompletableFuture<Response> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(run(policy));
            } catch (Throwable e) {
                result.completeExceptionally(new ExecutionException(e));
            }
        });
        thread.setDaemon(true);
        caller.set(thread);
        thread.start();
        return result;
    }

    private @Nullable Response run(Policies policies) throws Exception {
        Engine engine = engine(policies.policy());
        return BlockingLibraryCall.run(
                engine,
                engine.target("http", "localhost", 80),
                client,
                new FallbackStrategies((what, why) -> {}),
                reporter);
    }

    private Engine engine(Policy policy) {
        return new Engine(new PolicyTable<>(Map.of(HostPattern.parse("*"), policy)), targets, new Timer());
    }

    private static HedgePolicy hedge() {
        return new HedgePolicy(true, 20_000_000L);
    }

    /** A body of some bytes, then an exception. */
    private static final class Breaking extends ByteArrayInputStream {
        Breaking(String text) {
            super(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public synchronized int read(byte[] bytes, int offset, int length) {
            int n = super.read(bytes, offset, length);
            if (n < 0) {
                throw BlockingLibraryCallTest.<RuntimeException>sneaky(new SocketException("broken"));
            }
            return n;
        }
    }

    // Unchecked, which is the point: it throws what the compiler does not expect.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E sneaky(Throwable thrown) throws E {
        throw (E) thrown;
    }

    /** A body that gives no byte before the attempt is cancelled, and an exception then. */
    private static final class Hanging extends InputStream {
        private final InMemoryClient.SentAttempt attempt;

        Hanging(InMemoryClient.SentAttempt attempt) {
            this.attempt = attempt;
        }

        @Override
        public int read() throws IOException {
            try {
                attempt.cancelled.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new SocketException("Socket closed");
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
        }
    }

    private static final class Endless extends InputStream {
        private long count;

        @Override
        public int read() {
            count++;
            return 'x';
        }
    }
}
