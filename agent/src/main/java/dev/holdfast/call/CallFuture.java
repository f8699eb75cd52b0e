package dev.holdfast.call;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The future of an asynchronous call, as {@code HttpClient.sendAsync} documents it: {@code cancel(true)} on it, or on any
 * future derived from it, stops the call. Thread-safe.
 *
 * @param <T> the result
 */
public final class CallFuture<T> extends CompletableFuture<T> {
    // The root of a chain of dependents cancels the call; set before the future is handed out.
    private volatile @Nullable Runnable canceller;

    private CallFuture(@Nullable Runnable canceller) {
        this.canceller = canceller;
    }

    /** A future that cancels nothing yet. */
    public static <T> CallFuture<T> create() {
        return new CallFuture<>(null);
    }

    /** Sets what stops the call. */
    public void onCancel(Runnable stop) {
        canceller = stop;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CallFuture<>(canceller);
    }

    /** Completes this future as cancelled; with {@code true}, stops the call too. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        Runnable stop = canceller;
        boolean done = isDone();
        boolean result = super.cancel(mayInterruptIfRunning);
        if (mayInterruptIfRunning && !done && stop != null) {
            stop.run();
        }
        return result;
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
