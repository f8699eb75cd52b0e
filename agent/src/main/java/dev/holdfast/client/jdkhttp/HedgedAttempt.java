package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Step;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that another one is sent beside if it takes long (hedging). Which of the two counts is the session's
 * decision; the loser is cancelled, and its connection with it. No thread is held meanwhile. Thread-safe.
 *
 * @param <T> the application's body type
 */
final class HedgedAttempt<T> {
    private final JdkCall<T> call;
    private final Attempt<T> first;
    private final long hedgeNanos;
    private final BiConsumer<Attempt<T>, Step> then;
    private final AtomicBoolean decided = new AtomicBoolean();
    private volatile @Nullable Attempt<T> second;
    private volatile @Nullable Future<?> timer;

    /**
     * A race that has not begun.
     *
     * @param call the call
     * @param first the first attempt, not yet sent
     * @param hedgeNanos how long it stays alone
     * @param then hears, once and on whatever thread, which attempt counts and what follows from it
     */
    HedgedAttempt(JdkCall<T> call, Attempt<T> first, long hedgeNanos, BiConsumer<Attempt<T>, Step> then) {
        this.call = call;
        this.first = first;
        this.hedgeNanos = hedgeNanos;
        this.then = then;
    }

    /**
     * Sends the first attempt and comes back.
     *
     * @throws RuntimeException where the client does not take the request
     */
    void start() {
        first.start(step -> ended(first, step));
        timer = call.engine.schedule(() -> call.pool.execute(this::hedge), hedgeNanos);
        if (decided.get()) {
            stop();
        }
    }

    /** The application gave the call up: neither attempt is wanted. */
    void abandon() {
        stop();
        Attempt<T> beside = second;
        if (beside != null) {
            beside.lose();
        }
    }

    private void hedge() {
        Step.Send send = decided.get() || first.cannotBeRepeated() ? null : call.hedge();
        if (send == null) {
            return;
        }
        Attempt<T> beside;
        try {
            beside = first.beside(send);
            second = beside;
            beside.start(step -> ended(beside, step));
        } catch (RuntimeException | Error e) {
            call.failedInside(e);
            ended(first, call.withdraw(send.attempt())); // nothing was sent: the first attempt stays alone
            return;
        }
        if (decided.get() || call.isOver()) {
            beside.lose(); // it was decided between the look and the sending
        }
    }

    private void ended(Attempt<T> attempt, Step step) {
        if (step instanceof Step.Drop || !decided.compareAndSet(false, true)) {
            return;
        }
        stop();
        Attempt<T> rival = attempt == first ? second : first;
        if (rival != null) {
            rival.lose();
        }
        // Where the client takes no second request, what the first gave is what the call gives.
        then.accept(attempt.refused() ? first : attempt, step);
    }

    private void stop() {
        Future<?> task = timer;
        if (task != null) {
            task.cancel(false);
        }
    }
}
