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
 * Bounds the time in which a response's body arrives that the application gets as one whole. The client's own timeout
 * ends with the head (JDK-8208693), which would let an attempt hang in a body for ever. A body that may be a stream is
 * not limited: see {@link CollectingSubscribers}.
 *
 * <p>The client signals from one thread at a time; the end of the time comes from another, and is put in order here.
 *
 * @param <T> the application's body type
 */
final class TimedBody<T> implements BodySubscriber<T> {
    private final BodySubscriber<T> inner;
    private final Engine engine;
    private final long nanosLeft;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    private volatile Flow.@Nullable Subscription upstream;

    // Guarded by this object's monitor, which is never held while anybody else's code runs.
    private boolean signalling;
    private boolean ended;
    private boolean unlimited;
    private @Nullable Future<?> timer;
    private @Nullable Throwable late;

    private TimedBody(BodySubscriber<T> inner, Engine engine, long nanosLeft) {
        this.inner = inner;
        this.engine = engine;
        this.nanosLeft = Math.max(0, nanosLeft);
    }

    /** A body that must have arrived within this time, whoever takes it. */
    static <T> TimedBody<T> limited(BodySubscriber<T> inner, Engine engine, long nanosLeft) {
        TimedBody<T> timed = new TimedBody<>(inner, engine, nanosLeft);
        timed.begin();
        return timed;
    }

    /**
     * A body that must have arrived within this time if it is known to be collected.
     *
     * @param inner takes the body
     * @param application the application's subscriber, to which {@code inner} hands everything on
     * @return {@code inner} itself where the body may be a stream
     */
    static <T> BodySubscriber<T> limitedIfCollected(
            BodySubscriber<T> inner, BodySubscriber<T> application, Engine engine, long nanosLeft) {
        if (CollectingSubscribers.collects(application)) {
            return limited(inner, engine, nanosLeft);
        }
        return CollectingSubscribers.wraps(application) ? new TimedBody<>(inner, engine, nanosLeft) : inner;
    }

    private void begin() {
        Future<?> begun = engine.schedule(() -> AsyncPool.INSTANCE.execute(this::timeIsUp), nanosLeft);
        synchronized (this) {
            timer = begun;
        }
        CompletableFuture<T> unused = result.whenComplete((body, error) -> begun.cancel(false));
    }

    /** Lifts the limit: the body is a stream as far as is known, and its time ends at its head. */
    void lift() {
        Future<?> running;
        synchronized (this) {
            unlimited = true;
            late = null;
            running = timer;
        }
        if (running != null) {
            running.cancel(false);
        }
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
        boolean limited;
        synchronized (this) {
            limited = timer != null;
        }
        try {
            inner.onSubscribe(limited ? subscription : new Watched(subscription));
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
            late = unlimited ? null : error;
            if (unlimited || ended || signalling || upstream == null) {
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

    /** Notes who asks for the first part of the body; all else goes to the client as it is. */
    private final class Watched implements Flow.Subscription {
        private final Flow.Subscription to;
        private boolean asked;

        Watched(Flow.Subscription to) {
            this.to = to;
        }

        @Override
        public void request(long n) {
            if (!asked) {
                asked = true;
                if (CollectingSubscribers.collectsWhoAsks(TimedBody.class)) {
                    begin();
                }
            }
            to.request(n);
        }

        @Override
        public void cancel() {
            to.cancel();
        }
    }
}
