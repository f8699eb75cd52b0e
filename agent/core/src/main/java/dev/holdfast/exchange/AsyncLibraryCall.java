package dev.holdfast.exchange;

import dev.holdfast.call.Engine;
import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.Step;
import dev.holdfast.fallback.FallbackStrategies;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call of a library that holds no thread while it waits. Attempts are started, not sent: where the library's side
 * carries one out on the calling thread, that is for it to know. Thread-safe.
 *
 * @param <R> the library's response
 */
public final class AsyncLibraryCall<R> extends LibraryCall<R> {
    private final AsyncExchange exchange;
    private final Executor executor;
    private final BiConsumer<@Nullable R, @Nullable Throwable> end;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable HedgedAttempt<LibraryAttempt<R>> hedged;

    private AsyncLibraryCall(
            Engine engine,
            PolicyTarget target,
            LibraryTransport<R> transport,
            FallbackStrategies fallbackStrategies,
            ErrorReporter errorReporter,
            Executor executor,
            BiConsumer<@Nullable R, @Nullable Throwable> end) {
        super(engine, target, transport, fallbackStrategies, errorReporter);
        this.executor = executor;
        this.end = end;
        this.exchange = new AsyncExchange(session(), new Side(), executor);
    }

    /**
     * A call that has not begun.
     *
     * @param target what holds for it
     * @param transport the library's side of this call
     * @param executor on which the call goes on after a wait
     * @param end hears once, on whatever thread, what the program gets: the response, or what it gets in place of one
     * @return null: the call cannot be made; nothing was sent
     */
    public static <R> @Nullable AsyncLibraryCall<R> of(
            Engine engine,
            PolicyTarget target,
            LibraryTransport<R> transport,
            FallbackStrategies fallbackStrategies,
            ErrorReporter errorReporter,
            Executor executor,
            BiConsumer<@Nullable R, @Nullable Throwable> end) {
        try {
            return new AsyncLibraryCall<>(engine, target, transport, fallbackStrategies, errorReporter, executor, end);
        } catch (RuntimeException | LinkageError e) {
            errorReporter.report("a call runs without its policy", e);
            return null;
        }
    }

    /** Begins the call on the calling thread, and comes back at its first wait, or at its end. */
    public void start() {
        try {
            exchange.start();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /** The program gave the call up: ends it with the library's exception for that. */
    public void cancel() {
        end(transport().cancelled());
    }

    /** The program's own limit for the call is reached: ends it with this exception. */
    public void end(IOException error) {
        boolean first =
                ended.compareAndSet(false, true); // before the attempt that is cancelled by it gives another end
        try {
            giveUp();
            HedgedAttempt<LibraryAttempt<R>> running = hedged;
            if (running != null) {
                running.abandon();
            }
            exchange.cancel();
        } finally {
            if (first) {
                finished(null, error);
            }
        }
    }

    private void finish(@Nullable R response, @Nullable Throwable error) {
        if (ended.compareAndSet(false, true)) {
            finished(response, error);
        }
    }

    private void finished(@Nullable R response, @Nullable Throwable error) {
        transport().release();
        end.accept(response, error);
    }

    private void next(Step step, Consumer<Step> then) {
        if (ended.get()) {
            discard(); // the program has its end, and nobody gets this
            return;
        }
        try {
            if (step instanceof Step.Wait) {
                if (transport().isCancelled()) {
                    cancel(); // during the attempt, and nobody may say so again
                    return;
                }
                letGo();
            }
            then.accept(step);
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void deliver(@Nullable Throwable defect) {
        if (ended.get()) {
            discard();
            return;
        }
        R response;
        try {
            response = result(defect);
        } catch (Throwable e) {
            finish(null, e);
            return;
        }
        finish(response, null);
    }

    private void fail(Throwable defect) {
        if (ended.get()) {
            return;
        }
        session().report(defect);
        giveUp();
        if (last() == null) {
            original(defect);
        } else {
            deliver(defect);
        }
    }

    /** Nothing was sent: the call as it would be without a policy. */
    private void original(Throwable defect) {
        try {
            transport()
                    .attempt(Step.Send.FIRST)
                    .start((response, failure) -> finish(response, response == null ? failure : null));
        } catch (RuntimeException | Error e) {
            e.addSuppressed(defect);
            finish(null, e);
        }
    }

    /** The library's side of the exchange. */
    private final class Side implements AsyncExchange.Transport, Consumer<Step> {
        /** The attempt that stays alone has ended. */
        @Override
        public void accept(Step step) {
            AsyncLibraryCall.this.next(step, exchange);
        }

        @Override
        public void send(Step.Send send, Consumer<Step> then) {
            LibraryAttempt<R> attempt = AsyncLibraryCall.this.next(send);
            if (send.hedgeNanos() < 0) {
                attempt.start(this); // and goes on with the exchange, which is then
                return;
            }
            HedgedAttempt<LibraryAttempt<R>> begun = new HedgedAttempt<>(session(), new Hedge(), attempt);
            CompletableFuture<?> unused = begun.result().thenAccept(result -> {
                decided(result.attempt());
                next(result.step(), then);
            });
            hedged = begun;
            begun.arm(send.hedgeNanos());
            attempt.start(step -> begun.ended(attempt, step));
        }

        @Override
        public void fallBack(Step.FallBack step, Consumer<Step> then) {
            CompletableFuture<?> unused = resolved(step).thenAccept(resolved -> {
                try {
                    then.accept(resolved == step ? Step.Deliver.INSTANCE : resolved);
                } catch (RuntimeException | Error e) {
                    AsyncLibraryCall.this.fail(e);
                }
            });
        }

        @Override
        public void cancel() {
            LibraryAttempt<R> sent = last();
            if (sent != null) {
                sent.cancel();
            }
        }

        @Override
        public void deliver() {
            AsyncLibraryCall.this.deliver(null);
        }

        @Override
        public void reject(IOException error) {
            finish(null, error);
        }

        @Override
        public void fail(Throwable defect) {
            AsyncLibraryCall.this.fail(defect);
        }
    }

    /** The second attempt of a hedged call. */
    private final class Hedge implements HedgedAttempt.Transport<LibraryAttempt<R>> {
        @Override
        public void execute(Runnable task) {
            executor.execute(task);
        }

        @Override
        public long stillAlone(LibraryAttempt<R> first, long nanos) {
            return first.stillAlone(nanos);
        }

        @Override
        public Step.@Nullable Send hedge() {
            return AsyncLibraryCall.this.isOver() || !transport().canHedge()
                    ? null
                    : session().hedge();
        }

        @Override
        public Step withdraw(int attempt) {
            return session().withdraw(attempt);
        }

        @Override
        public LibraryAttempt<R> second(Step.Send send) {
            return new LibraryAttempt<>(AsyncLibraryCall.this, send);
        }

        @Override
        public void start(LibraryAttempt<R> second, Consumer<Step> then) {
            second.start(then);
        }

        @Override
        public void lose(LibraryAttempt<R> attempt, Step winner) {
            attempt.lose();
        }

        @Override
        public boolean isOver() {
            return AsyncLibraryCall.this.isOver();
        }

        @Override
        public boolean isRefused(LibraryAttempt<R> attempt) {
            return attempt.isRefused();
        }
    }
}
