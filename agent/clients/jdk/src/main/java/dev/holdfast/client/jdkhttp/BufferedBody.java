package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Step;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Holds a response's body back until it is complete ({@code buffer_response}), so that one cut short can still be
 * retried: the application has seen nothing of it. Past the limit the body flows through, as if it had never been held.
 *
 * @param <T> the application's body type
 */
final class BufferedBody<T> extends HeldBody<T> {
    private final JdkCall<T> call;
    private final BiConsumer<Step, Throwable> decidedAnew;
    private final ResponseInfo head;

    private volatile UnaryOperator<BodySubscriber<T>> flowing = UnaryOperator.identity();

    /**
     * Holds a body back.
     *
     * @param decidedAnew hears what follows where it broke, and how it broke
     * @param limit how many bytes are held back
     */
    BufferedBody(JdkCall<T> call, BiConsumer<Step, Throwable> decidedAnew, ResponseInfo head, long limit) {
        super(limit);
        this.call = call;
        this.decidedAnew = decidedAnew;
        this.head = head;
    }

    /** Sets the wrapper of the application's subscriber for a body that is larger than the buffer, and flows to it. */
    void whenFlowing(UnaryOperator<BodySubscriber<T>> around) {
        flowing = around;
    }

    @Override
    void whole() {
        handOver(open(parts(null), UnaryOperator.identity()));
    }

    @Override
    void broke(Throwable error) {
        if (call.isOver()) {
            result().completeExceptionally(error);
            return;
        }
        call.resolve(call.bodyLost(error), step -> {
            decidedAnew.accept(step, error);
            if (step instanceof Step.Deliver) {
                handOver(open(parts(error), UnaryOperator.identity()));
            } else {
                result().complete(null);
            }
        });
    }

    @Override
    @Nullable
    BodySubscriber<T> flowsTo(BackpressureRelay flow) {
        return open(flow, flowing);
    }

    private @Nullable BodySubscriber<T> open(BackpressureRelay parts, UnaryOperator<BodySubscriber<T>> around) {
        try {
            BodySubscriber<T> subscriber = around.apply(call.application.apply(head));
            parts.connect(subscriber);
            return subscriber;
        } catch (RuntimeException | Error e) {
            // The application's own handler failed: the client reports it as it would without us.
            result().completeExceptionally(e);
            return null;
        }
    }
}
