package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Step;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Holds a response's body back until it is complete ({@code buffer_response}), so that one cut short can still be
 * retried: the application has seen nothing of it. Past the limit the body flows through, as if it had never been held.
 *
 * <p>All signals come from one thread at a time, one behind the other.
 *
 * @param <T> the application's body type
 */
final class BufferedBody<T> implements BodySubscriber<T> {
    private final JdkCall<T> call;
    private final BiConsumer<Step, Throwable> decidedAnew;
    private final ResponseInfo head;
    private final long limit;

    private volatile UnaryOperator<BodySubscriber<T>> flowing = UnaryOperator.identity();

    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final List<List<ByteBuffer>> held = new ArrayList<>();
    private long bytes;
    private Flow.@Nullable Subscription upstream;
    private @Nullable BackpressureRelay backpressureRelay;
    private boolean ended;

    /**
     * Holds a body back.
     *
     * @param decidedAnew hears what follows where it broke, and how it broke
     * @param limit how many bytes are held back
     */
    BufferedBody(JdkCall<T> call, BiConsumer<Step, Throwable> decidedAnew, ResponseInfo head, long limit) {
        this.call = call;
        this.decidedAnew = decidedAnew;
        this.head = head;
        this.limit = limit;
    }

    /** Sets the wrapper of the application's subscriber for a body that is larger than the buffer, and flows to it. */
    void whenFlowing(UnaryOperator<BodySubscriber<T>> around) {
        flowing = around;
    }

    @Override
    public CompletionStage<T> getBody() {
        return result;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        upstream = subscription;
        subscription.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> part) {
        BackpressureRelay open = backpressureRelay;
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
    public void onError(Throwable error) {
        BackpressureRelay open = backpressureRelay;
        if (open != null) {
            open.fail(error);
        } else if (!ended) {
            ended = true;
            lost(error);
        }
    }

    @Override
    public void onComplete() {
        BackpressureRelay open = backpressureRelay;
        if (open != null) {
            open.complete();
        } else if (!ended) {
            ended = true;
            BackpressureRelay whole = new BackpressureRelay(null, held);
            whole.complete();
            handOver(whole);
        }
    }

    private void lost(Throwable error) {
        if (call.isOver()) {
            result.completeExceptionally(error);
            return;
        }
        call.resolve(call.bodyLost(error), step -> {
            decidedAnew.accept(step, error);
            if (step instanceof Step.Deliver) {
                BackpressureRelay broken = new BackpressureRelay(null, held);
                broken.fail(error);
                handOver(broken);
            } else {
                result.complete(null);
            }
        });
    }

    private void flowThrough(Flow.Subscription from) {
        BackpressureRelay flow = new BackpressureRelay(from, held);
        BodySubscriber<T> subscriber = open(flow, flowing);
        if (subscriber != null) {
            backpressureRelay = flow;
            // getBody may wait for bytes that only this thread can bring.
            AsyncPool.INSTANCE.execute(() -> follow(subscriber));
        } else {
            ended = true;
            from.cancel();
        }
    }

    private void handOver(BackpressureRelay parts) {
        BodySubscriber<T> subscriber = open(parts, UnaryOperator.identity());
        if (subscriber != null) {
            follow(subscriber);
        }
    }

    private @Nullable BodySubscriber<T> open(BackpressureRelay parts, UnaryOperator<BodySubscriber<T>> around) {
        try {
            BodySubscriber<T> subscriber = around.apply(call.application.apply(head));
            parts.connect(subscriber);
            return subscriber;
        } catch (RuntimeException | Error e) {
            // The application's own handler failed: the client reports it as it would without us.
            result.completeExceptionally(e);
            return null;
        }
    }

    private void follow(BodySubscriber<T> subscriber) {
        try {
            CompletionStage<T> unused = subscriber.getBody().whenComplete((body, error) -> {
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
