package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Step;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Holds a response's body back until it is complete ({@code buffer_response}), so that one cut short can still be
 * retried: the application has seen nothing of it. Past the limit the body flows through, as if it had never been held.
 *
 * <p>The client calls a subscriber from one thread at a time; the application's subscriber may ask for more from any
 * thread, so its demand is served under this object's monitor, which is never held across I/O.
 *
 * @param <T> the application's body type
 */
final class HeldBackBody<T> implements BodySubscriber<T> {
    private final JdkCall<T> call;
    private final AttemptHandler<T> attempt;
    private final ResponseInfo head;
    private final long limit;

    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final ArrayDeque<List<ByteBuffer>> held = new ArrayDeque<>();
    private long bytes;
    private Flow.@Nullable Subscription upstream;
    private @Nullable BodySubscriber<T> downstream;
    private long demand;
    private boolean serving;
    private boolean complete;
    private boolean ended;
    private @Nullable Throwable failure;

    HeldBackBody(JdkCall<T> call, AttemptHandler<T> attempt, ResponseInfo head, long limit) {
        this.call = call;
        this.attempt = attempt;
        this.head = head;
        this.limit = limit;
    }

    @Override
    public CompletionStage<T> getBody() {
        return result;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        upstream = subscription;
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> items) {
        boolean release;
        synchronized (this) {
            held.add(items);
            for (ByteBuffer item : items) {
                bytes += item.remaining();
            }
            release = downstream == null && bytes > limit;
        }
        if (release) {
            handOver();
        } else {
            serve();
        }
    }

    @Override
    public void onError(Throwable error) {
        if (downstream == null) {
            Step step = call.bodyLost(error);
            attempt.decide(step);
            if (step instanceof Step.Wait) {
                result.complete(null);
                return;
            }
            handOver();
        }
        synchronized (this) {
            failure = error;
        }
        serve();
    }

    @Override
    public void onComplete() {
        if (downstream == null) {
            handOver();
        }
        synchronized (this) {
            complete = true;
        }
        serve();
    }

    private void handOver() {
        BodySubscriber<T> subscriber;
        try {
            subscriber = call.application.apply(head);
            CompletionStage<T> unused = subscriber.getBody().whenComplete((body, error) -> {
                if (error != null) {
                    result.completeExceptionally(error);
                } else {
                    result.complete(body);
                }
            });
        } catch (RuntimeException | Error e) {
            // The application's own handler failed: the client reports it as it would without us.
            cancelUpstream();
            result.completeExceptionally(e);
            ended = true;
            return;
        }
        downstream = subscriber;
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                synchronized (HeldBackBody.this) {
                    if (n <= 0) {
                        failure = new IllegalArgumentException("non-positive request: " + n);
                        held.clear();
                        demand = Long.MAX_VALUE;
                    } else {
                        demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
                    }
                }
                serve();
            }

            @Override
            public void cancel() {
                synchronized (HeldBackBody.this) {
                    ended = true;
                    held.clear();
                }
                cancelUpstream();
            }
        });
    }

    private void cancelUpstream() {
        Flow.Subscription current = upstream;
        if (current != null) {
            current.cancel();
        }
    }

    /** Gives what is there to whoever asked for it; one thread at a time, signals in order. */
    private void serve() {
        BodySubscriber<T> to = downstream;
        if (to == null) {
            return;
        }
        while (true) {
            List<ByteBuffer> next;
            synchronized (this) {
                if (serving || ended) {
                    return;
                }
                next = demand > 0 ? held.poll() : null;
                if (next != null) {
                    demand = demand == Long.MAX_VALUE ? demand : demand - 1;
                } else if (!held.isEmpty() || (failure == null && !complete)) {
                    return;
                } else {
                    ended = true;
                }
                serving = true;
            }
            try {
                if (next != null) {
                    to.onNext(next);
                } else if (failure != null) {
                    to.onError(failure);
                } else {
                    to.onComplete();
                }
            } finally {
                synchronized (this) {
                    serving = false;
                }
            }
        }
    }
}
