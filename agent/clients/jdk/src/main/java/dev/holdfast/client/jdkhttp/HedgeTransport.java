package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Step;
import dev.holdfast.exchange.HedgedAttempt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends the second attempt of a hedged call of this client.
 *
 * @param <T> the application's body type
 */
final class HedgeTransport<T> implements HedgedAttempt.Transport<Attempt<T>> {
    private final JdkCall<T> call;
    private final Attempt<T> first;

    private HedgeTransport(JdkCall<T> call, Attempt<T> first) {
        this.call = call;
        this.first = first;
    }

    /** A first attempt, not yet sent, that may get a second one. */
    static <T> HedgedAttempt<Attempt<T>> of(JdkCall<T> call, Attempt<T> first) {
        return new HedgedAttempt<>(call.session, new HedgeTransport<>(call, first), first);
    }

    /**
     * Sends the first attempt and comes back.
     *
     * @param nanos how long it stays alone
     * @throws RuntimeException where the client does not take the request
     */
    static <T> void start(HedgedAttempt<Attempt<T>> hedged, Attempt<T> first, long nanos) {
        first.start(step -> hedged.ended(first, step));
        hedged.arm(nanos);
    }

    @Override
    public void execute(Runnable task) {
        call.pool.execute(task);
    }

    @Override
    public Step.@Nullable Send hedge() {
        return first.cannotBeRepeated() ? null : call.hedge();
    }

    @Override
    public Step withdraw(int attempt) {
        return call.withdraw(attempt);
    }

    @Override
    public Attempt<T> second(Step.Send send) {
        return first.beside(send);
    }

    @Override
    public void start(Attempt<T> second, Consumer<Step> then) {
        second.start(then);
    }

    @Override
    public void lose(Attempt<T> attempt, Step winner) {
        attempt.lose();
    }

    @Override
    public boolean isOver() {
        return call.isOver();
    }

    @Override
    public boolean isRefused(Attempt<T> attempt) {
        return attempt.isRefused();
    }
}
