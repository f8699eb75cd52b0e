package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Engine;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the time in which a response's body arrives. The client's own timeout ends with the head (JDK-8208693), which
 * would let an attempt hang in a body for ever. The watch ends when the application has the body that it asked for: a
 * stream it has at once, and what it reads of it is not limited.
 *
 * <p>The client signals from one thread at a time; the end of the time comes from another, and is put in order here.
 *
 * @param <T> the application's body type
 */
final class TimedBody<T> implements BodySubscriber<T> {
    private final BodySubscriber<T> inner;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    private volatile Flow.@Nullable Subscription upstream;

    // Guarded by this object's monitor, which is never held while anybody else's code runs.
    private boolean signalling;
    private boolean ended;
    private @Nullable Throwable late;

    TimedBody(BodySubscriber<T> inner, Engine engine, long nanosLeft) {
        this.inner = inner;
        Future<?> timer = engine.schedule(() -> AsyncCall.ASYNC_POOL.execute(this::timeIsUp), Math.max(0, nanosLeft));
        CompletableFuture<T> unused = result.whenComplete((body, error) -> timer.cancel(false));
    }

    @Override
    public CompletionStage<T> getBody() {
        CompletionStage<T> unused = inner.getBody().whenComplete((body, error) -> {
            if (error != null) {
                result.completeExceptionally(error);
            } else {
                result.complete(body);
            }
        });
        return result;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        synchronized (this) {
            upstream = subscription;
            signalling = true;
        }
        try {
            inner.onSubscribe(subscription);
        } finally {
            signalled();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> part) {
        if (mayNotSignal(false)) {
            return;
        }
        try {
            inner.onNext(part);
        } finally {
            signalled();
        }
    }

    @Override
    public void onError(Throwable error) {
        if (mayNotSignal(true)) {
            return;
        }
        inner.onError(error);
    }

    @Override
    public void onComplete() {
        if (mayNotSignal(true)) {
            return;
        }
        inner.onComplete();
    }

    private synchronized boolean mayNotSignal(boolean last) {
        if (ended) {
            return true;
        }
        ended = last;
        signalling = !last;
        return false;
    }

    private void signalled() {
        Throwable error;
        synchronized (this) {
            signalling = false;
            error = ended ? null : late;
            ended |= error != null;
        }
        if (error != null) {
            fail(error);
        }
    }

    private void timeIsUp() {
        if (result.isDone()) {
            return;
        }
        Throwable error = new HttpTimeoutException("request timed out");
        synchronized (this) {
            late = error;
            if (ended || signalling || upstream == null) {
                return; // whoever signals now, or first, takes it along
            }
            ended = true;
        }
        fail(error);
    }

    private void fail(Throwable error) {
        try {
            inner.onError(error);
        } finally {
            // Where the application's subscriber does not let the error through; without effect where it did.
            result.completeExceptionally(error);
            Flow.Subscription current = upstream;
            if (current != null) {
                // Last: the client makes an error of its own of a body that nobody wants any more.
                current.cancel();
            }
        }
    }
}
