package dev.holdfast.exchange;

import dev.holdfast.call.Engine;
import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.Privileges;
import dev.holdfast.call.Step;
import dev.holdfast.fallback.FallbackStrategies;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call of a library on the program's thread. Waits interruptibly, and ends a wait when the program cancels the call;
 * holds no lock. A second attempt of a hedged call has a thread of its own.
 *
 * @param <R> the library's response
 */
public final class BlockingLibraryCall<R> extends LibraryCall<R> implements BlockingExchange.Transport {
    private volatile boolean cancelled;
    private volatile boolean waits;
    /** True if the program has ended what was under way, and not the call: there was nothing under way. */
    private volatile boolean endedNothing;

    private BlockingLibraryCall(
            Engine engine,
            PolicyTarget target,
            LibraryTransport<R> transport,
            FallbackStrategies fallbackStrategies,
            ErrorReporter errorReporter) {
        super(engine, target, transport, fallbackStrategies, errorReporter);
    }

    /**
     * Carries a call out.
     *
     * @param target what holds for it
     * @param transport the library's side of this call
     * @return the response that the program gets; null: nothing was sent, run the original
     * @throws Exception what the program gets in place of a response: as the library threw it, or of the library's
     *     types
     */
    public static <R> @Nullable R run(
            Engine engine,
            PolicyTarget target,
            LibraryTransport<R> transport,
            FallbackStrategies fallbackStrategies,
            ErrorReporter errorReporter)
            throws Exception {
        BlockingLibraryCall<R> call;
        try {
            call = new BlockingLibraryCall<>(engine, target, transport, fallbackStrategies, errorReporter);
        } catch (RuntimeException | LinkageError e) {
            errorReporter.report("a call runs without its policy", e);
            return null;
        }
        try {
            return call.ended();
        } finally {
            transport.release();
        }
    }

    private @Nullable R ended() throws Exception {
        Throwable defect = null;
        try {
            BlockingExchange.run(session(), this);
        } catch (InterruptedException e) {
            giveUp();
            throw transport().interrupted(e);
        } catch (RuntimeException | LinkageError e) {
            giveUp();
            if (last() == null) {
                session().report("a call runs without its policy", e);
                return null;
            }
            session().report(e);
            defect = e;
        }
        if (cancelled) {
            giveUp();
            throw transport().cancelled();
        }
        try {
            return result(defect);
        } catch (Throwable e) {
            throw BlockingLibraryCall.<RuntimeException>sneaky(e);
        }
    }

    // ---- between two attempts

    @Override
    public void waiting(Runnable end) {
        letGo();
        endedNothing = false;
        waits = true;
        transport().onCancel(() -> {
            if (waits) { // an attempt that is cancelled ends by itself, as the library ends it
                if (transport().isCancelled()) {
                    cancelled = true;
                } else {
                    endedNothing = true;
                }
                end.run();
            }
        });
    }

    @Override
    public boolean waitsOn() {
        return endedNothing && !cancelled;
    }

    @Override
    public boolean isStopped() {
        return cancelled;
    }

    @Override
    public Step fallBack(Step.FallBack step) throws InterruptedException {
        try {
            return resolved(step).get() == step ? Step.Deliver.INSTANCE : step.otherwise();
        } catch (ExecutionException e) {
            session().report(e);
            return step.otherwise();
        }
    }

    // ---- attempts

    @Override
    public Step send(Step.Send send) throws InterruptedException {
        if (waits) {
            waits = false;
        }
        LibraryAttempt<R> attempt = next(send);
        Step step = send.hedgeNanos() >= 0 ? hedged(attempt, send.hedgeNanos()) : attempt.send();
        if (step instanceof Step.Wait && Thread.currentThread().isInterrupted()) {
            // It would get nothing of what there is.
            giveUp();
            return Step.Deliver.INSTANCE;
        }
        return step;
    }

    /** Sends the first attempt on this thread, and a second one on another if it takes long. */
    private Step hedged(LibraryAttempt<R> first, long nanos) throws InterruptedException {
        HedgedAttempt<LibraryAttempt<R>> hedged = new HedgedAttempt<>(session(), new Hedge(), first);
        hedged.arm(nanos);
        try {
            Step step = first.send();
            hedged.ended(first, step);
            if (!(step instanceof Step.Drop)) {
                return step;
            }
            HedgedAttempt.Result<LibraryAttempt<R>> result = hedged.result().get();
            decided(result.attempt());
            return result.step();
        } catch (InterruptedException | RuntimeException | Error e) {
            giveUp();
            hedged.abandon();
            throw e;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // nobody completes it so
        }
    }

    /** The second attempt of a hedged call. */
    private final class Hedge implements HedgedAttempt.Transport<LibraryAttempt<R>> {
        private final @Nullable ClassLoader context = Thread.currentThread().getContextClassLoader();
        private final Executor rights = Privileges.withCallerPrivileges(Runnable::run);

        @Override
        public void execute(Runnable task) {
            session().engine().onThread(() -> {
                // Interceptors of the program may look at it.
                Thread.currentThread().setContextClassLoader(context);
                rights.execute(task);
            });
        }

        @Override
        public long stillAlone(LibraryAttempt<R> first, long nanos) {
            return first.stillAlone(nanos);
        }

        @Override
        public Step.@Nullable Send hedge() {
            return BlockingLibraryCall.this.isOver() || !transport().canHedge()
                    ? null
                    : session().hedge();
        }

        @Override
        public Step withdraw(int attempt) {
            return session().withdraw(attempt);
        }

        @Override
        public LibraryAttempt<R> second(Step.Send send) {
            return new LibraryAttempt<>(BlockingLibraryCall.this, send);
        }

        @Override
        public void start(LibraryAttempt<R> second, Consumer<Step> then) {
            then.accept(second.send());
        }

        @Override
        public void lose(LibraryAttempt<R> attempt, Step winner) {
            attempt.lose();
        }

        @Override
        public boolean isOver() {
            return BlockingLibraryCall.this.isOver();
        }

        @Override
        public boolean isRefused(LibraryAttempt<R> attempt) {
            return attempt.isRefused();
        }
    }

    /** Throws the library's exception unchanged, whatever its type. */
    // The cast is not checked, which is the point: the exception passes untouched.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E sneaky(Throwable error) throws E {
        throw (E) error;
    }
}
