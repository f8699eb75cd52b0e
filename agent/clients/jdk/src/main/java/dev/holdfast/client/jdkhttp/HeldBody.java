package dev.holdfast.client.jdkhttp;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A response's body that is held back until it is whole, it breaks, or it is too large to be held. What takes it then
 * gets all of it, from the first byte on.
 *
 * <p>All signals come from one thread at a time, one behind the other.
 *
 * @param <T> the application's body type
 */
abstract class HeldBody<T> implements BodySubscriber<T> {
    private final long limit;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final List<List<ByteBuffer>> held = new ArrayList<>();
    private long bytes;
    private Flow.@Nullable Subscription upstream;
    private @Nullable BackpressureRelay relay;
    private boolean ended;

    /**
     * A body of which nothing has arrived.
     *
     * @param limit the number of bytes that are held back
     */
    HeldBody(long limit) {
        this.limit = limit;
    }

    /** The body is whole: it is to be {@link #handOver handed over}. */
    abstract void whole();

    /** The body broke: it is to be handed over, or the result to be completed. */
    abstract void broke(Throwable error);

    /**
     * Opens what takes a body that is too large to be held back, and flows to it.
     *
     * @return null: that failed, and the result was completed
     */
    abstract @Nullable BodySubscriber<T> flowsTo(BackpressureRelay flow);

    @Override
    public final CompletionStage<T> getBody() {
        return result;
    }

    /** The result of {@link #getBody}. */
    final CompletableFuture<T> result() {
        return result;
    }

    @Override
    public final void onSubscribe(Flow.Subscription subscription) {
        upstream = subscription;
        subscription.request(1);
    }

    @Override
    public final void onNext(List<ByteBuffer> part) {
        BackpressureRelay open = relay;
        Flow.Subscription more = upstream;
        if (open != null) {
            open.next(part);
        } else if (!ended && more != null) {
            held.add(part);
            bytes += BackpressureRelay.size(part);
            if (bytes > limit) {
                flowThrough(more);
            } else {
                more.request(1);
            }
        }
    }

    @Override
    public final void onError(Throwable error) {
        BackpressureRelay open = relay;
        if (open != null) {
            open.fail(error);
        } else if (!ended) {
            ended = true;
            broke(error);
        }
    }

    @Override
    public final void onComplete() {
        BackpressureRelay open = relay;
        if (open != null) {
            open.complete();
        } else if (!ended) {
            ended = true;
            whole();
        }
    }

    private void flowThrough(Flow.Subscription from) {
        BackpressureRelay flow = new BackpressureRelay(from, held);
        BodySubscriber<T> taker = flowsTo(flow);
        if (taker != null) {
            relay = flow;
            // getBody may wait for bytes that only this thread can bring.
            AsyncPool.INSTANCE.execute(() -> follow(taker));
        } else {
            ended = true;
            from.cancel();
        }
    }

    /**
     * The parts that were held back, and their end.
     *
     * @param error how the body broke; null: it is whole
     */
    final BackpressureRelay parts(@Nullable Throwable error) {
        BackpressureRelay parts = new BackpressureRelay(null, held);
        if (error == null) {
            parts.complete();
        } else {
            parts.fail(error);
        }
        return parts;
    }

    /** A copy of the bytes that were held back. */
    final byte[] bytes() {
        byte[] body = new byte[(int) bytes];
        ByteBuffer copy = ByteBuffer.wrap(body);
        for (List<ByteBuffer> part : held) {
            for (ByteBuffer buffer : part) {
                copy.put(buffer.duplicate());
            }
        }
        return body;
    }

    /**
     * Follows what has taken the body.
     *
     * @param taker null: there is none, and the result was completed
     */
    final void handOver(@Nullable BodySubscriber<T> taker) {
        if (taker != null) {
            follow(taker);
        }
    }

    private void follow(BodySubscriber<T> taker) {
        try {
            CompletionStage<T> unused = taker.getBody().whenComplete((body, error) -> {
                if (error != null) {
                    result.completeExceptionally(error);
                } else {
                    result.complete(body);
                }
            });
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }
}
