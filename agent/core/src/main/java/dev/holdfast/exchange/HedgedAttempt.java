package dev.holdfast.exchange;

import dev.holdfast.call.Step;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A first attempt that a second one is sent beside if it takes long: a hedged request (Dean and Barroso, "The Tail at
 * Scale", 2013). The session decides which of the two counts; the loser is cancelled. Holds no thread. Thread-safe.
 *
 * @param <A> an attempt of the client's
 */
public final class HedgedAttempt<A> {
    /** The side of a client in a hedged call. */
    public interface Transport<A> {
        /** Runs something that may block, and that the timer has come to, with the rights of the application's call. */
        void execute(Runnable task);

        /**
         * Returns how much longer the first attempt is to stay alone, since it has waited for something of the
         * program's own.
         *
         * @param nanos how long it is to stay alone, without such waits
         */
        default long stillAlone(A first, long nanos) {
            return 0;
        }

        /** Asks the session for a second attempt, where the client can send one; null: there is none. */
        Step.@Nullable Send hedge();

        /** Tells the session that the second attempt was not sent. See {@link FailOpenSession#withdraw}. */
        Step withdraw(int attempt);

        /** Makes the second attempt, without sending it; null: that is not possible, which was reported. */
        @Nullable
        A second(Step.Send send);

        /**
         * Sends the second attempt. May come back before its end, or at it.
         *
         * @param then hears, once and on whatever thread, what follows from it
         */
        void start(A second, Consumer<Step> then);

        /**
         * Cancels an attempt because the other one decided, or because nobody wants either.
         *
         * @param winner what follows from the other one, which has been given up where this is {@link Step.Drop}
         */
        void lose(A attempt, Step winner);

        /** Returns whether the application gave the call up. */
        boolean isOver();

        /**
         * Returns whether the client did not carry an attempt out: what the first one gave is then what the call gives.
         */
        boolean isRefused(A attempt);
    }

    /**
     * The end of both.
     *
     * @param attempt the attempt that counts
     * @param step what follows from it
     */
    public record Result<A>(A attempt, Step step) {}

    private final FailOpenSession session;
    private final Transport<A> transport;
    private final A first;
    private final CompletableFuture<Result<A>> result = new CompletableFuture<>();
    /** The attempt that counts; null: that is not decided. */
    private final AtomicReference<@Nullable A> winner = new AtomicReference<>();

    private volatile boolean abandoned;
    private volatile @Nullable A second;
    private volatile @Nullable Future<?> timer;

    /**
     * An attempt that stays alone until {@link #arm}.
     *
     * @param first the first attempt, which the caller sends; its end goes to {@link #ended}
     */
    public HedgedAttempt(FailOpenSession session, Transport<A> transport, A first) {
        this.session = session;
        this.transport = transport;
        this.first = first;
    }

    /**
     * Sends a second attempt after a while, unless it is decided then.
     *
     * @param nanos how long the first one stays alone
     */
    public void arm(long nanos) {
        arm(nanos, nanos);
    }

    private void arm(long nanos, long afterNanos) {
        timer = session.engine().schedule(() -> transport.execute(() -> hedge(nanos)), afterNanos);
        if (winner.get() != null || abandoned) {
            stop();
        }
    }

    /** Completes, on whatever thread, with the attempt that counts; never where the call is abandoned. */
    public CompletableFuture<Result<A>> result() {
        return result;
    }

    /** The application gave the call up: neither attempt is wanted. The caller cancels the first one. */
    public void abandon() {
        abandoned = true;
        stop();
        A beside = second;
        if (beside != null) {
            transport.lose(beside, Step.Drop.INSTANCE);
        }
    }

    private void hedge(long nanos) {
        boolean over = abandoned || winner.get() != null;
        long more = over ? 0 : transport.stillAlone(first, nanos);
        if (more > 0) {
            arm(nanos, more);
            return;
        }
        Step.Send send = over ? null : transport.hedge();
        if (send == null) {
            return;
        }
        try {
            A beside = transport.second(send);
            second = beside;
            if (beside != null && isWanted(beside)) {
                transport.start(beside, step -> ended(beside, step));
                if (!isWanted(beside)) {
                    transport.lose(beside, Step.Drop.INSTANCE); // it was decided between the look and the sending
                }
                return;
            }
        } catch (RuntimeException | Error e) {
            session.report(e);
        }
        ended(first, transport.withdraw(send.attempt())); // nothing was sent: the first attempt stays alone
    }

    private boolean isWanted(A beside) {
        A counts = winner.get();
        return (counts == null || counts == beside) && !abandoned && !transport.isOver();
    }

    /** An attempt has ended, and the session said what follows. */
    public void ended(A attempt, Step step) {
        if (step instanceof Step.Drop || !winner.compareAndSet(null, attempt)) {
            return;
        }
        stop();
        A other = attempt == first ? second : first;
        if (other != null) {
            transport.lose(other, step);
        }
        result.complete(new Result<>(transport.isRefused(attempt) ? first : attempt, step));
    }

    private void stop() {
        Future<?> task = timer;
        if (task != null) {
            task.cancel(false);
        }
    }
}
