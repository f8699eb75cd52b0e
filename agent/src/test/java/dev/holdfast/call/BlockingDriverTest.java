package dev.holdfast.call;

import static dev.holdfast.call.SessionTest.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

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

class BlockingDriverTest {
    private static final Backoff SHORT = new Backoff(1_000, 1_000, 1, Jitter.NONE);
    private static final Backoff LONG = new Backoff(60_000_000_000L, 60_000_000_000L, 1, Jitter.NONE);

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
        Session session = session(engine);

        assertThatThrownBy(() -> BlockingDriver.run(engine, session, send -> {
                    sent.add(send);
                    Thread.currentThread().interrupt();
                    return session.after(status(503), engine.nanoTime());
                }))
                .isInstanceOf(InterruptedException.class);

        assertThat(sent).hasSize(1);
        assertThat(ends).containsExactly(Observer.Result.CANCELLED);
    }

    @Test
    void anInterruptWhileSendingEndsTheCallAndFreesItsPlace() {
        Engine engine = engine(onePlace());
        InterruptedException interrupt = new InterruptedException();

        assertThatThrownBy(() -> BlockingDriver.run(engine, session(engine), send -> {
                    throw interrupt;
                }))
                .isSameAs(interrupt);

        assertThat(ends).containsExactly(Observer.Result.CANCELLED);
        assertNoPlaceIsTaken();
    }

    @Test
    void aDefectOfTheAdapterIsNotKeptBackAndFreesThePlace() {
        Engine engine = engine(onePlace());

        assertThatThrownBy(() -> BlockingDriver.run(engine, session(engine), send -> {
                    throw new IllegalStateException("defect");
                }))
                .hasMessage("defect");

        assertNoPlaceIsTaken();
    }

    @Test
    void anErrorAndWhatNoSignatureSpeaksOfFreeThePlaceAtOnce() {
        for (Throwable thrown : List.of(new OutOfMemoryError("thrown by a test"), new Exception("checked"))) {
            Engine engine = engine(onePlace());

            assertThatThrownBy(() -> BlockingDriver.run(engine, session(engine), send -> {
                        throw BlockingDriverTest.<RuntimeException>sneaky(thrown);
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
        Session holder = holder(engine);
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<?> call = queued(pool, engine);
            holder.after(status(200), engine.nanoTime());
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
        Session holder = holder(engine);
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<?> call = queued(pool, engine);
            pool.shutdownNow();
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS)).hasRootCauseInstanceOf(InterruptedException.class);
        } finally {
            pool.shutdownNow();
        }
        holder.after(status(200), engine.nanoTime());

        assertThat(sent).isEmpty();
        assertNoPlaceIsTaken();
    }

    @Test
    void aQueueThatTakesTooLongEndsInARejection() {
        Policy policy = Policies.retry().limits(new LimitPolicy(1, 0, 1, 1_000)).policy();
        Engine engine = engine(policy);
        Session holder = holder(engine);

        assertThatThrownBy(() -> run(policy)).isInstanceOf(IOException.class);
        holder.after(status(200), engine.nanoTime());
        assertNoPlaceIsTaken();
    }

    private void run(Policy policy, int... statuses) throws IOException, InterruptedException {
        Engine engine = engine(policy);
        Session session = session(engine);
        BlockingDriver.run(engine, session, send -> {
            sent.add(send);
            return session.after(status(statuses[send.attempt() - 1]), engine.nanoTime());
        });
    }

    /** A call that waits for a place, on the pool's one thread. */
    private Future<?> queued(ExecutorService pool, Engine engine) {
        AtomicReference<Thread> thread = new AtomicReference<>();
        Session session = session(engine);
        Future<?> call = pool.submit(() -> {
            thread.set(Thread.currentThread());
            BlockingDriver.run(engine, session, send -> {
                sent.add(send);
                return session.after(status(200), engine.nanoTime());
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

    private static Session session(Engine engine) {
        return engine.session(engine.target("http", "localhost", 80), new SessionTest.Call("GET"));
    }

    private static Session holder(Engine engine) {
        Session holder = session(engine);
        assertThat(holder.begin(engine.nanoTime())).isInstanceOf(Step.Send.class);
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
