package dev.holdfast.exchange;

import static dev.holdfast.call.SessionTest.after;
import static dev.holdfast.call.SessionTest.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Engine;
import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.Observer;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.call.SessionTest;
import dev.holdfast.call.Step;
import dev.holdfast.call.Timer;
import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.PolicyTable;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockingExchangeTest {
    private static final Backoff SHORT = new Backoff(1_000, 1_000, 1, Jitter.NONE);
    private static final Backoff LONG = new Backoff(60_000_000_000L, 60_000_000_000L, 1, Jitter.NONE);

    private static final ErrorReporter NO_DEFECT = (consequence, defect) -> {
        throw new AssertionError(consequence, defect);
    };

    private final List<Observer.Result> ends = new ArrayList<>();
    private final PolicyTargets targets = new PolicyTargets(new Observer() {
        @Override
        public void ended(PolicyTarget target, CallInfo call, Result result, int attempts, long nanos) {
            ends.add(result);
        }
    });
    private final List<Step.Send> sent = new ArrayList<>();

    @AfterEach
    void noInterruptIsLeft() {
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void sendsUntilThereIsSomethingToDeliver() throws Exception {
        run(Policies.retry().backoff(SHORT).policy(), 503, 502, 200);

        assertThat(sent).extracting(Step.Send::attempt).containsExactly(1, 2, 3);
        assertThat(ends).containsExactly(Observer.Result.SAVED_BY_RETRY);
    }

    @Test
    void waitsAtLeastAsLongAsThePolicySays() throws Exception {
        long wait = TimeUnit.MILLISECONDS.toNanos(20);
        long start = System.nanoTime();
        run(Policies.retry().backoff(new Backoff(wait, wait, 1, Jitter.NONE)).policy(), 503, 200);

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(wait);
    }

    @Test
    void anInterruptDuringAWaitEndsTheCall() {
        Policy policy = Policies.retry().backoff(LONG).policy();
        Engine engine = engine(policy);
        FailOpenSession session = session(engine);

        assertThatThrownBy(() -> BlockingExchange.run(session, send -> {
                    sent.add(send);
                    Thread.currentThread().interrupt();
                    return session.after(send.attempt(), status(503));
                }))
                .isInstanceOf(InterruptedException.class);

        assertThat(sent).hasSize(1);
        assertThat(ends).containsExactly(Observer.Result.CANCELLED);
    }

    @Test
    void anInterruptWhileSendingEndsTheCallAndFreesItsPlace() {
        Engine engine = engine(onePlace());
        InterruptedException interrupt = new InterruptedException();

        assertThatThrownBy(() -> BlockingExchange.run(session(engine), send -> {
                    throw interrupt;
                }))
                .isSameAs(interrupt);

        assertThat(ends).containsExactly(Observer.Result.CANCELLED);
        assertNoPlaceIsTaken();
    }

    @Test
    void aDefectOfTheAdapterIsNotKeptBackAndFreesThePlace() {
        Engine engine = engine(onePlace());

        assertThatThrownBy(() -> BlockingExchange.run(session(engine), send -> {
                    throw new IllegalStateException("defect");
                }))
                .hasMessage("defect");

        assertNoPlaceIsTaken();
    }

    @Test
    void anErrorAndWhatNoSignatureSpeaksOfFreeThePlaceAtOnce() {
        for (Throwable thrown : List.of(new OutOfMemoryError("thrown by a test"), new Exception("checked"))) {
            Engine engine = engine(onePlace());

            assertThatThrownBy(() -> BlockingExchange.run(session(engine), send -> {
                        throw BlockingExchangeTest.<RuntimeException>sneaky(thrown);
                    }))
                    .isSameAs(thrown);

            assertNoPlaceIsTaken();
        }
        assertThat(ends).containsExactly(Observer.Result.CANCELLED, Observer.Result.CANCELLED);
    }

    // Unchecked, which is the point: it throws what the compiler does not expect.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E sneaky(Throwable thrown) throws E {
        throw (E) thrown;
    }

    @Test
    void throwsTheRejectionOfAnOpenBreakerAndSendsNothing() throws Exception {
        Policy policy = Policies.retry()
                .maxRetries(0)
                .breaker(Breakers.consecutive(1).build())
                .policy();
        run(policy, 503);
        sent.clear();

        assertThatThrownBy(() -> run(policy)).isInstanceOf(ConnectException.class);
        assertThat(sent).isEmpty();
    }

    @Test
    void goesOnAsSoonAsAPlaceIsFree() throws Exception {
        Engine engine = engine(onePlace());
        FailOpenSession holder = holder(engine);
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<?> call = queued(pool, engine);
            after(holder.session(), status(200), engine.nanoTime());
            call.get(30, TimeUnit.SECONDS);
        } finally {
            pool.shutdownNow();
        }

        assertThat(sent).hasSize(1);
        assertNoPlaceIsTaken();
    }

    @Test
    void anInterruptInAQueueLeavesNoPlaceTaken() throws Exception {
        Engine engine = engine(onePlace());
        FailOpenSession holder = holder(engine);
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<?> call = queued(pool, engine);
            pool.shutdownNow();
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS)).hasRootCauseInstanceOf(InterruptedException.class);
        } finally {
            pool.shutdownNow();
        }
        after(holder.session(), status(200), engine.nanoTime());

        assertThat(sent).isEmpty();
        assertNoPlaceIsTaken();
    }

    @Test
    void aQueueThatTakesTooLongEndsInARejection() {
        Policy policy = Policies.retry().limits(new LimitPolicy(1, 0, 1, 1_000)).policy();
        Engine engine = engine(policy);
        FailOpenSession holder = holder(engine);

        assertThatThrownBy(() -> run(policy)).isInstanceOf(IOException.class);
        after(holder.session(), status(200), engine.nanoTime());
        assertNoPlaceIsTaken();
    }

    private void run(Policy policy, int... statuses) throws IOException, InterruptedException {
        Engine engine = engine(policy);
        FailOpenSession session = session(engine);
        BlockingExchange.run(session, send -> {
            sent.add(send);
            return session.after(send.attempt(), status(statuses[send.attempt() - 1]));
        });
    }

    /** A call that waits for a place, on the pool's one thread. */
    private Future<?> queued(ExecutorService pool, Engine engine) {
        AtomicReference<Thread> thread = new AtomicReference<>();
        FailOpenSession session = session(engine);
        Future<?> call = pool.submit(() -> {
            thread.set(Thread.currentThread());
            BlockingExchange.run(session, send -> {
                sent.add(send);
                return session.after(send.attempt(), status(200));
            });
            return null;
        });
        await().until(() ->
                thread.get() != null && thread.get().getState() == Thread.State.TIMED_WAITING && !call.isDone());
        return call;
    }

    private Engine engine(Policy policy) {
        return new Engine(new PolicyTable<>(Map.of(HostPattern.parse("*"), policy)), targets, new Timer());
    }

    private static FailOpenSession session(Engine engine) {
        return new FailOpenSession(
                engine, engine.target("http", "localhost", 80), new SessionTest.Call("GET"), NO_DEFECT);
    }

    private static FailOpenSession holder(Engine engine) {
        FailOpenSession holder = session(engine);
        assertThat(holder.begin()).isInstanceOf(Step.Send.class);
        return holder;
    }

    private static Policy onePlace() {
        return Policies.retry()
                .limits(new LimitPolicy(1, 0, 1, Duration.ofMinutes(1).toNanos()))
                .policy();
    }

    private void assertNoPlaceIsTaken() {
        assertThat(targets.all())
                .isNotEmpty()
                .allSatisfy(target -> assertThat(target.concurrency().taken()).isZero());
    }
}
