package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Step;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import org.jspecify.annotations.Nullable;

/**
 * Holds back the body of a response that cannot be judged by its head: a condition of the policy looks at the body. The
 * session is told of both when the body is whole; of the head alone where the body is too large or breaks. What takes
 * the body then, the application or nobody, gets all of it, from the first byte on.
 *
 * @param <T> the application's body type
 */
final class JudgedBody<T> extends HeldBody<T> {
    private final AttemptHandler<T> handler;
    private final JdkCall<T> call;
    private final ResponseInfo info;
    private final JdkCall.Head head;
    private @Nullable TimedBody<T> timed;
    private long end;

    /** A body of which nothing has arrived. */
    JudgedBody(AttemptHandler<T> handler, JdkCall<T> call, ResponseInfo info, JdkCall.Head head) {
        super(call.holdBackBytes());
        this.handler = handler;
        this.call = call;
        this.info = info;
        this.head = head;
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
    void whole() {
        Step step = call.after(handler.attempt(), head, bytes());
        handOver(taker(parts(null), step, Long.MAX_VALUE));
    }

    @Override
    @Nullable
    BodySubscriber<T> flowsTo(BackpressureRelay flow) {
        TimedBody<T> limited = timed;
        if (limited != null) {
            limited.lift();
        }
        long left = limited == null ? Long.MAX_VALUE : end - call.engine().nanoTime();
        Step step = call.after(handler.attempt(), head, null);
        return taker(flow, step, left);
    }

    @Override
    void broke(Throwable error) {
        Step step = call.after(handler.attempt(), head, null);
        handler.decideAnew(step, error);
        if (!(step instanceof Step.Deliver)) {
            handOverBroken(step, error);
        } else if (call.isOver()) {
            result().completeExceptionally(error);
        } else {
            call.resolve(call.bodyLost(error), again -> {
                handler.decideAnew(again, error);
                if (again instanceof Step.Deliver) {
                    handOverBroken(again, error);
                } else {
                    result().complete(null);
                }
            });
        }
    }

    private void handOverBroken(Step step, Throwable error) {
        handOver(taker(parts(error), step, Long.MAX_VALUE));
    }

    /** Returns who takes the body; null: the application's own handler failed. */
    private @Nullable BodySubscriber<T> taker(BackpressureRelay parts, Step step, long left) {
        try {
            BodySubscriber<T> taker = handler.taker(step, info, left, false);
            parts.connect(taker);
            return taker;
        } catch (RuntimeException | Error e) {
            // The client reports it as it would without us.
            result().completeExceptionally(e);
            return null;
        }
    }
}
