package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Engine;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Takes the body of a response that will be retried. The attempt ends at once; the body goes on arriving in the
 * background, so that its connection can be used again, up to {@value #MAX_BYTES} bytes and {@link JdkCall#DRAIN_NANOS}:
 * past that the connection is given up, which is cheaper than the rest.
 *
 * @param <T> the application's body type, of which none is made
 */
final class Discarding<T> implements BodySubscriber<T> {
    private static final long MAX_BYTES = 64 * 1024;

    private final Engine engine;
    private Flow.@Nullable Subscription subscription;
    private @Nullable Future<?> limit;
    private long bytes;

    Discarding(Engine engine) {
        this.engine = engine;
    }

    @Override
    public CompletionStage<T> getBody() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        this.subscription = subscription;
        limit = engine.schedule(subscription::cancel, JdkCall.DRAIN_NANOS);
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> items) {
        for (ByteBuffer item : items) {
            bytes += item.remaining();
        }
        Flow.Subscription current = subscription;
        if (bytes > MAX_BYTES && current != null) {
            current.cancel();
            done();
        }
    }

    @Override
    public void onError(Throwable failure) {
        done();
    }

    @Override
    public void onComplete() {
        done();
    }

    private void done() {
        Future<?> timer = limit;
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
