package dev.holdfast.exchange;

import static dev.holdfast.call.SessionTest.after;
import static dev.holdfast.call.SessionTest.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.call.Engine;
import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.FakeTime;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.call.SessionTest;
import dev.holdfast.call.Step;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class AsyncExchangeTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MOMENT = Duration.ofNanos(1);

    private static final ErrorReporter NO_DEFECT = (consequence, defect) -> {
        throw new AssertionError(consequence, defect);
    };

    private final FakeTime time = new FakeTime();
    private final PolicyTargets targets = new PolicyTargets(Observer.NONE);
    private final Deque<Runnable> executor = new ArrayDeque<>();
    private final Script script = new Script();

    @Test
    void deliversAGoodAnswerWithoutATimer() {
        start(Policies.retry().policy());
        script.gives(status(200));

        assertThat(script.events).containsExactly("send 1", "deliver");
        assertThat(time.waiting()).isZero();
        assertThat(executor).isEmpty();
    }

    @Test
    void sendsAgainAfterTheWaitAndNotOnTheTimersThread() {
        start(Policies.retry().policy());
        script.gives(status(503));

        time.pass(SECOND.minus(MOMENT));
        assertThat(executor).isEmpty();
        time.pass(MOMENT);
        assertThat(script.events).containsExactly("send 1");
        executor.remove().run();
        assertThat(script.events).containsExactly("send 1", "send 2");

        script.gives(status(200));
        assertThat(script.events).endsWith("deliver");
    }

    @Test
    void aCancelDuringAWaitLeavesNothingBehind() {
        AsyncExchange exchange = start(Policies.retry().policy());
        script.gives(status(503));
        exchange.cancel();

        assertThat(time.waiting()).isZero();
        time.pass(SECOND.multipliedBy(60));
        assertThat(executor).isEmpty();
        assertThat(script.events).containsExactly("send 1", "cancel");
    }

    @Test
    void aCancelThatMeetsTheEndOfAWaitWins() {
        AsyncExchange exchange = start(Policies.retry().policy());
        script.gives(status(503));
        time.pass(SECOND);
        exchange.cancel();
        executor.remove().run();

        assertThat(script.events).containsExactly("send 1", "cancel");
    }

    @Test
    void aCancelInFlightReachesTheAttemptAndNoOtherIsSent() {
        AsyncExchange exchange = start(Policies.retry().policy());
        exchange.cancel();
        assertThat(script.events).containsExactly("send 1", "cancel");

        script.gives(status(503));
        time.pass(SECOND.multipliedBy(60));
        assertThat(executor).isEmpty();
        assertThat(script.events).containsExactly("send 1", "cancel");
    }

    @Test
    void aCancelBeforeTheStartSendsNothing() {
        AsyncExchange exchange = exchange(Policies.retry().policy());
        exchange.cancel();
        exchange.start();

        assertThat(script.events).containsExactly("cancel");
    }

    @Test
    void aCancelWhileAnAttemptIsBeingSentReachesThatAttempt() {
        AsyncExchange exchange = exchange(Policies.retry().policy());
        script.whileSending = exchange::cancel;
        exchange.start();

        assertThat(script.events).containsExactly("cancel", "send 1", "cancel");
    }

    @Test
    void handsOverTheRejectionOfAnOpenBreaker() {
        Policy policy = Policies.retry()
                .maxRetries(0)
                .breaker(Breakers.consecutive(1).build())
                .policy();
        start(policy);
        script.gives(status(503));
        script.events.clear();

        start(policy);

        assertThat(script.events).containsExactly("reject " + ConnectException.class.getName());
    }

    @Test
    void aFreedPlaceIsTakenAtOnceAndOnTheExecutor() {
        FailOpenSession holder = holder();
        start(onePlace());
        assertThat(script.events).isEmpty();

        after(holder.session(), status(200), time.now());
        assertThat(script.events).isEmpty();
        executor.remove().run();
        assertThat(script.events).containsExactly("send 1");
        assertThat(time.waiting()).isZero();
    }

    @Test
    void aQueueThatTakesTooLongEndsInARejection() {
        FailOpenSession holder = holder();
        start(onePlace());
        time.pass(SECOND);
        executor.remove().run();
        assertThat(script.events).hasSize(1).first().asString().startsWith("reject ");

        after(holder.session(), status(200), time.now());
        assertThat(executor).isEmpty();
        assertNoPlaceIsTaken();
    }

    @Test
    void whoCancelsInAQueueHoldsNoPlace() {
        FailOpenSession holder = holder();
        AsyncExchange exchange = start(onePlace());
        exchange.cancel();
        after(holder.session(), status(200), time.now());

        assertThat(script.events).containsExactly("cancel");
        assertNoPlaceIsTaken();
    }

    @Test
    void whoCancelsWhenAPlaceWasJustGrantedGivesItBack() {
        FailOpenSession holder = holder();
        AsyncExchange exchange = start(onePlace());
        after(holder.session(), status(200), time.now());
        exchange.cancel();
        executor.remove().run();

        assertThat(script.events).containsExactly("cancel");
        assertNoPlaceIsTaken();
    }

    @Test
    void aWaitThatEndsInTwoWaysEndsOnce() {
        FailOpenSession holder = holder();
        start(onePlace());
        after(holder.session(), status(200), time.now());
        time.pass(SECOND);
        while (!executor.isEmpty()) {
            executor.remove().run();
        }

        assertThat(script.events).containsExactly("send 1");
    }

    @Test
    void aDefectAfterAWaitEndsTheCall() {
        start(Policies.retry().policy());
        script.gives(status(503));
        time.pass(SECOND);
        script.whileSending = () -> {
            throw new IllegalStateException("defect");
        };
        executor.remove().run();

        assertThat(script.events).containsExactly("send 1", "fail defect");
    }

    @Test
    void aDefectAfterAWaitGivesThePlaceBack() {
        FailOpenSession holder = holder();
        start(onePlace());
        script.whileSending = () -> {
            throw new IllegalStateException("defect");
        };
        after(holder.session(), status(200), time.now());
        executor.remove().run();

        assertThat(script.events).containsExactly("fail defect");
        assertNoPlaceIsTaken();
    }

    @Test
    void anErrorAtTheStartIsThrownOnAndGivesThePlaceBackAtOnce() {
        AsyncExchange exchange = exchange(onePlace());
        script.whileSending = () -> {
            throw new OutOfMemoryError("thrown by a test");
        };

        assertThatThrownBy(exchange::start).isInstanceOf(OutOfMemoryError.class);

        assertNoPlaceIsTaken();
    }

    @Test
    void anExecutorThatTakesNothingEndsTheCallRatherThanLoseIt() {
        Engine engine = time.engine(Policies.retry().policy(), targets);
        FailOpenSession session = session(engine);
        script.session = session;
        new AsyncExchange(session, script, task -> {
                    throw new RejectedExecutionException("full");
                })
                .start();
        script.gives(status(503));
        time.pass(SECOND);

        assertThat(script.events).containsExactly("send 1", "fail full");
    }

    @Test
    void aFreedPlaceThatNobodyCanTakeUpIsFreeAgain() {
        FailOpenSession holder = holder();
        Engine engine = time.engine(onePlace(), targets);
        FailOpenSession session = session(engine);
        script.session = session;
        new AsyncExchange(session, script, task -> {
                    throw new RejectedExecutionException("full");
                })
                .start();

        assertThat(after(holder.session(), status(200), time.now())).isSameAs(Step.Deliver.INSTANCE);
        assertThat(script.events).containsExactly("fail full");
        assertNoPlaceIsTaken();
    }

    private AsyncExchange start(Policy policy) {
        AsyncExchange exchange = exchange(policy);
        exchange.start();
        return exchange;
    }

    private AsyncExchange exchange(Policy policy) {
        Engine engine = time.engine(policy, targets);
        script.session = session(engine);
        return new AsyncExchange(script.session, script, executor::add);
    }

    private static FailOpenSession session(Engine engine) {
        return new FailOpenSession(
                engine, engine.target("http", "localhost", 80), new SessionTest.Call("GET"), NO_DEFECT);
    }

    private static Policy onePlace() {
        return Policies.retry()
                .limits(new LimitPolicy(1, 0, 1, SECOND.toNanos()))
                .policy();
    }

    /** A call that has the one place. */
    private FailOpenSession holder() {
        FailOpenSession holder = session(time.engine(onePlace(), targets));
        assertThat(holder.begin()).isInstanceOf(Step.Send.class);
        return holder;
    }

    private void assertNoPlaceIsTaken() {
        assertThat(targets.all())
                .allSatisfy(target -> assertThat(target.concurrency().taken()).isZero());
    }

    /** An adapter's side that notes what it is told, and tells what the test says. */
    private final class Script implements AsyncExchange.Transport {
        final List<String> events = new ArrayList<>();
        FailOpenSession session;
        Runnable whileSending = () -> {};
        private Consumer<Step> then;

        void gives(Outcome outcome) {
            then.accept(after(session.session(), outcome, time.now()));
        }

        @Override
        public void send(Step.Send send, Consumer<Step> next) {
            whileSending.run();
            events.add("send " + send.attempt());
            then = next;
        }

        @Override
        public void cancel() {
            events.add("cancel");
        }

        @Override
        public void deliver() {
            events.add("deliver");
        }

        @Override
        public void reject(IOException error) {
            events.add("reject " + error.getClass().getName());
        }

        @Override
        public void fail(Throwable defect) {
            events.add("fail " + defect.getMessage());
        }
    }
}
