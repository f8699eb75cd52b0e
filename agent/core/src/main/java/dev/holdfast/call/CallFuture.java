package dev.holdfast.call;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The future of an asynchronous call, as {@code HttpClient.sendAsync} documents it: {@code cancel(true)} on it, or on
 * any future derived from it, stops the call. Thread-safe.
 *
 * @param <T> the result
 */
public final class CallFuture<T> extends CompletableFuture<T> {
    private final boolean derived;
    // The root of a chain of dependents cancels the call; set before the future is handed out.
    private volatile @Nullable Stop canceller;

    private CallFuture(boolean derived, @Nullable Stop canceller) {
        this.derived = derived;
        this.canceller = canceller;
    }

    /** Stops a call. */
    @FunctionalInterface
    public interface Stop {
        /**
         * Stops it.
         *
         * @param derived whether the future that was cancelled is not the call's own, but derived from it
         */
        void stop(boolean derived);
    }

    /** A future that cancels nothing yet. */
    public static <T> CallFuture<T> create() {
        return new CallFuture<>(false, null);
    }

    /** Sets what stops the call. */
    public void onCancel(Stop stop) {
        canceller = stop;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CallFuture<>(true, canceller);
    }

    /**
     * Completes this future as cancelled; with {@code true}, stops the call too. In the order of the client's own
     * futures: the call is stopped first, and where it ends at once, the future says how the call ended. Programs look
     * at that: Spring shows its message.
     */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        Stop stop = canceller;
        if (!mayInterruptIfRunning || stop == null || isDone()) {
            return super.cancel(mayInterruptIfRunning);
        }
        stop.stop(derived);
        boolean unused = super.cancel(true);
        return true;
    }

    /** Not supported, as with the client's own futures. */
    @Override
    public void obtrudeValue(T value) {
        throw new UnsupportedOperationException();
    }

    /** Not supported, as with the client's own futures. */
    @Override
    public void obtrudeException(Throwable ex) {
        throw new UnsupportedOperationException();
    }
}
