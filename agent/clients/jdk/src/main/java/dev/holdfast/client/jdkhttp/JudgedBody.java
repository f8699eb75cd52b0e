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
import org.jspecify.annotations.Nullable;

/**
 * Holds back the body of a response that cannot be judged by its head: a condition of the policy looks at the body. The
 * session is told of both when the body is whole; of the head alone where the body is too large or breaks. What takes
 * the body then, the application or nobody, gets all of it, from the first byte on.
 *
 * <p>All signals come from one thread at a time, one behind the other.
 *
 * @param <T> the application's body type
 */
final class JudgedBody<T> implements BodySubscriber<T> {
    private final AttemptHandler<T> handler;
    private final JdkCall<T> call;
    private final ResponseInfo info;
    private final JdkCall.Head head;
    private final long limit;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final List<List<ByteBuffer>> held = new ArrayList<>();
    private @Nullable TimedBody<T> timed;
    private long end;
    private long bytes;
    private Flow.@Nullable Subscription upstream;
    private @Nullable BackpressureRelay relay;
    private boolean ended;

    /** A body of which nothing has arrived. */
    JudgedBody(AttemptHandler<T> handler, JdkCall<T> call, ResponseInfo info, JdkCall.Head head) {
        this.handler = handler;
        this.call = call;
        this.info = info;
        this.head = head;
        this.limit = call.holdBackBytes();
    }

    /**
     * Returns the subscriber for the client: one that must be whole in time.
     *
     * @param left in nanoseconds, {@link Long#MAX_VALUE} for no limit
     */
    BodySubscriber<T> within(long left) {
        if (left == Long.MAX_VALUE) {
            return this;
        }
        end = call.engine().nanoTime() + left;
        TimedBody<T> limited = TimedBody.limited(this, call.engine(), left);
        timed = limited;
        return limited;
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
        BackpressureRelay open = relay;
        Flow.Subscription more = upstream;
        if (open != null) {
            open.next(part);
        } else if (!ended && more != null) {
            held.add(part);
            bytes += BackpressureRelay.size(part);
            if (bytes > limit) {
                tooLarge(more);
            } else {
                more.request(1);
            }
        }
    }

    @Override
    public void onError(Throwable error) {
        BackpressureRelay open = relay;
        if (open != null) {
            open.fail(error);
        } else if (!ended) {
            ended = true;
            broke(error);
        }
    }

    @Override
    public void onComplete() {
        BackpressureRelay open = relay;
        if (open != null) {
            open.complete();
        } else if (!ended) {
            ended = true;
            Step step = call.after(handler.attempt(), head, whole());
            BackpressureRelay parts = new BackpressureRelay(null, held);
            parts.complete();
            BodySubscriber<T> taker = handOver(parts, step, Long.MAX_VALUE);
            if (taker != null) {
                follow(taker);
            }
        }
    }

    private byte[] whole() {
        byte[] body = new byte[(int) bytes];
        ByteBuffer copy = ByteBuffer.wrap(body);
        for (List<ByteBuffer> part : held) {
            for (ByteBuffer buffer : part) {
                copy.put(buffer.duplicate());
            }
        }
        return body;
    }

    private void tooLarge(Flow.Subscription from) {
        TimedBody<T> limited = timed;
        if (limited != null) {
            limited.lift();
        }
        BackpressureRelay flow = new BackpressureRelay(from, held);
        long left = limited == null ? Long.MAX_VALUE : end - call.engine().nanoTime();
        Step step = call.after(handler.attempt(), head, null);
        BodySubscriber<T> taker = handOver(flow, step, left);
        if (taker != null) {
            relay = flow;
            // getBody may wait for bytes that only this thread can bring.
            AsyncPool.INSTANCE.execute(() -> follow(taker));
        } else {
            ended = true;
            from.cancel();
        }
    }

    private void broke(Throwable error) {
        Step step = call.after(handler.attempt(), head, null);
        handler.decideAnew(step, error);
        if (!(step instanceof Step.Deliver)) {
            handOverBroken(step, error);
        } else if (call.isOver()) {
            result.completeExceptionally(error);
        } else {
            call.resolve(call.bodyLost(error), again -> {
                handler.decideAnew(again, error);
                if (again instanceof Step.Deliver) {
                    handOverBroken(again, error);
                } else {
                    result.complete(null);
                }
            });
        }
    }

    private void handOverBroken(Step step, Throwable error) {
        BackpressureRelay broken = new BackpressureRelay(null, held);
        broken.fail(error);
        BodySubscriber<T> taker = handOver(broken, step, Long.MAX_VALUE);
        if (taker != null) {
            follow(taker);
        }
    }

    /** Returns who takes the body; null: the application's own handler failed. */
    private @Nullable BodySubscriber<T> handOver(BackpressureRelay parts, Step step, long left) {
        try {
            BodySubscriber<T> taker = handler.taker(step, info, left, false);
            parts.connect(taker);
            return taker;
        } catch (RuntimeException | Error e) {
            // The client reports it as it would without us.
            result.completeExceptionally(e);
            return null;
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
