package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Engine;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes the body of a response that will be retried. The attempt ends at once; the body goes on arriving in the
 * background, so that its connection can be used again, up to {@value #MAX_BYTES} bytes and {@link #MAX_NANOS}: past
 * that the connection is given up, which is cheaper than the rest.
 *
 * <p>A body of at most {@value #MAX_KEPT} bytes is kept until the next attempt has ended, for the one case in which the
 * response is wanted after all: the client was closed meanwhile and sends nothing more ({@link DiscardedResponse}).
 *
 * @param <T> the application's body type, of which none is made
 */
final class DiscardedBody<T> implements BodySubscriber<T> {
    private static final long MAX_BYTES = 64 * 1024;
    private static final long MAX_KEPT = 16 * 1024;
    private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Engine engine;
    private final ResponseInfo head;
    private final List<List<ByteBuffer>> kept = new ArrayList<>();
    private Flow.@Nullable Subscription subscription;
    private @Nullable Future<?> limit;
    private long bytes;
    /** Written behind the last part, read before the first: orders the two. */
    private volatile boolean whole;

    /** Takes the body behind a head. */
    DiscardedBody(Engine engine, ResponseInfo head) {
        this.engine = engine;
        this.head = head;
    }

    /** The head before it, as the client shows it to handlers. */
    ResponseInfo head() {
        return head;
    }

    /** The body's parts, null: it was too large, or has not arrived. */
    @Nullable
    List<List<ByteBuffer>> kept() {
        return whole ? kept : null;
    }

    @Override
    public CompletionStage<T> getBody() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        this.subscription = subscription;
        // Not on the timer's thread: an executor of the application's may come to run what follows from it.
        limit = engine.schedule(() -> AsyncPool.INSTANCE.execute(subscription::cancel), MAX_NANOS);
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> part) {
        bytes += BackpressureRelay.size(part);
        if (bytes <= MAX_KEPT) {
            kept.add(part);
        } else {
            kept.clear();
        }
        Flow.Subscription current = subscription;
        if (bytes > MAX_BYTES && current != null) {
            current.cancel();
            ended();
        }
    }

    @Override
    public void onError(Throwable failure) {
        kept.clear();
        ended();
    }

    @Override
    public void onComplete() {
        whole = bytes <= MAX_KEPT;
        ended();
    }

    private void ended() {
        Future<?> timer = limit;
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
