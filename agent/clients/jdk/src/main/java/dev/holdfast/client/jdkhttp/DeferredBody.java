package dev.holdfast.client.jdkhttp;

import dev.holdfast.exchange.FailureClassifier;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * Holds a response before the first byte of its body until it is known who is to get that. Asks for nothing meanwhile,
 * so that the sender waits; whatever the body's size, it is still whole then.
 *
 * @param <T> the application's body type
 */
final class DeferredBody<T> implements BodySubscriber<T> {
    private final CompletableFuture<BodySubscriber<T>> taker;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private volatile BackpressureRelay backpressureRelay = new BackpressureRelay(null, List.of());

    /** A body for whoever {@code taker} says; where that fails, so does the body. */
    DeferredBody(CompletableFuture<BodySubscriber<T>> taker) {
        this.taker = taker;
    }

    @Override
    public CompletionStage<T> getBody() {
        return result;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        BackpressureRelay waiting = new BackpressureRelay(subscription, List.of());
        backpressureRelay = waiting;
        // Not on the thread that brought the news: what takes the body may be the application's code.
        CompletableFuture<?> unused = taker.whenCompleteAsync(
                (subscriber, error) -> {
                    if (error == null) {
                        handOver(waiting, subscriber);
                    } else {
                        subscription.cancel();
                        result.completeExceptionally(FailureClassifier.unwrap(error));
                    }
                },
                AsyncPool.INSTANCE);
    }

    private void handOver(BackpressureRelay waiting, BodySubscriber<T> subscriber) {
        try {
            waiting.connect(subscriber);
            CompletionStage<T> unused = subscriber.getBody().whenComplete((body, error) -> {
                if (error != null) {
                    result.completeExceptionally(error);
                } else {
                    result.complete(body);
                }
            });
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e); // the application's own code failed, as it would have without us
        }
    }

    @Override
    public void onNext(List<ByteBuffer> part) {
        backpressureRelay.next(part);
    }

    @Override
    public void onError(Throwable error) {
        backpressureRelay.fail(error);
    }

    @Override
    public void onComplete() {
        backpressureRelay.complete();
    }
}
