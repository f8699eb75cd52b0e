package dev.holdfast.client.jdkhttp;

import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Hands the parts of a body that were held back, and those that follow, to the application's subscriber: as many as it
 * asked for, in order, from one thread at a time, whichever threads signal and ask. Its monitor is never held while
 * anybody else's code runs. Upstream is asked for one part at a time, so a slow reader holds the sender back as it
 * would without us.
 */
final class BackpressureRelay implements Flow.Subscription {
    private final Flow.@Nullable Subscription upstream;
    private final ArrayDeque<List<ByteBuffer>> parts = new ArrayDeque<>();
    private @Nullable BodySubscriber<?> to;
    private long demand;
    private boolean asked;
    private boolean serving;
    private boolean complete;
    private boolean ended;
    private @Nullable Throwable failure;

    /**
     * A relay of the parts in {@code first}, and of those that then come from {@code upstream}.
     *
     * @param upstream null: no more come
     */
    BackpressureRelay(Flow.@Nullable Subscription upstream, List<List<ByteBuffer>> first) {
        this.upstream = upstream;
        this.parts.addAll(first);
    }

    /**
     * Gives a response whose body is at hand to the application's handler, as the client gives it one that arrives.
     *
     * @return what the handler makes of it, or fails with
     */
    static <T> CompletableFuture<T> through(
            BodyHandler<T> application, ResponseInfo head, List<List<ByteBuffer>> parts) {
        try {
            BodySubscriber<T> subscriber = application.apply(head);
            BackpressureRelay whole = new BackpressureRelay(null, parts);
            whole.complete();
            whole.connect(subscriber);
            return subscriber.getBody().toCompletableFuture();
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Subscribes the application's subscriber and gives it what it asks for. */
    void connect(BodySubscriber<?> subscriber) {
        // What it asks for in here is served below, so that no part comes before onSubscribe has returned.
        subscriber.onSubscribe(this);
        synchronized (this) {
            to = subscriber;
        }
        serve();
    }

    /** A part that upstream gave. */
    void next(List<ByteBuffer> part) {
        synchronized (this) {
            asked = false;
            if (!ended) {
                parts.add(part);
            }
        }
        serve();
    }

    /** Upstream has no more. */
    void complete() {
        synchronized (this) {
            complete = true;
        }
        serve();
    }

    /** Upstream failed: what came before is still handed over. */
    void fail(Throwable error) {
        synchronized (this) {
            if (failure == null) {
                failure = error;
            }
        }
        serve();
    }

    private void abort(Throwable error) {
        synchronized (this) {
            parts.clear();
            failure = error;
        }
        serve();
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            cancelUpstream();
            abort(new IllegalArgumentException("non-positive subscription request: " + n));
            return;
        }
        synchronized (this) {
            demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
        }
        serve();
    }

    @Override
    public void cancel() {
        synchronized (this) {
            ended = true;
            parts.clear();
        }
        cancelUpstream();
    }

    private void cancelUpstream() {
        if (upstream != null) {
            upstream.cancel();
        }
    }

    private void serve() {
        while (true) {
            BodySubscriber<?> subscriber;
            List<ByteBuffer> part;
            synchronized (this) {
                subscriber = to;
                if (subscriber == null || serving || ended) {
                    return;
                }
                part = demand > 0 ? parts.poll() : null;
                if (part != null) {
                    demand = demand == Long.MAX_VALUE ? demand : demand - 1;
                } else if (parts.isEmpty() && (failure != null || complete)) {
                    ended = true;
                } else if (parts.isEmpty() && demand > 0 && !asked) {
                    asked = true;
                    break;
                } else {
                    return;
                }
                serving = true;
            }
            try {
                signal(subscriber, part);
            } finally {
                synchronized (this) {
                    serving = false;
                }
            }
        }
        if (upstream != null) {
            upstream.request(1);
        }
    }

    private void signal(BodySubscriber<?> subscriber, @Nullable List<ByteBuffer> part) {
        if (part != null) {
            subscriber.onNext(part);
            return;
        }
        Throwable error;
        synchronized (this) {
            error = failure;
        }
        if (error != null) {
            subscriber.onError(error);
        } else {
            subscriber.onComplete();
        }
    }

    /** Returns the number of bytes of a part. */
    static long size(List<ByteBuffer> part) {
        long size = 0;
        for (ByteBuffer buffer : part) {
            size += buffer.remaining();
        }
        return size;
    }
}
