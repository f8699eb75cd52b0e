package dev.holdfast.client.jdkhttp;

import dev.holdfast.exchange.BodyCut;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Breaks a body on its way to a subscriber, as an injected fault asks for. The connection is given up, as it would be
 * where the fault is real. The client calls its methods one after the other.
 *
 * @param <T> the application's body type
 */
final class CutBody<T> implements BodySubscriber<T> {
    private final BodySubscriber<T> subscriber;
    private final BodyCut cut;
    private Flow.@Nullable Subscription subscription;
    private long left;
    private boolean over;

    CutBody(BodySubscriber<T> subscriber, BodyCut cut) {
        this.subscriber = subscriber;
        this.cut = cut;
        this.left = cut.bytes();
    }

    @Override
    public CompletionStage<T> getBody() {
        return subscriber.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        subscriber.onSubscribe(given);
    }

    @Override
    public void onNext(List<ByteBuffer> part) {
        if (over) {
            return;
        }
        List<ByteBuffer> before = new ArrayList<>(part.size());
        for (ByteBuffer buffer : part) {
            int size = buffer.remaining();
            over |= size > left;
            int passed = (int) Math.min(size, left);
            left -= passed;
            if (passed > 0) {
                before.add(
                        passed == size
                                ? buffer
                                : buffer.slice(buffer.position(), passed).asReadOnlyBuffer());
            }
        }
        if (!over) {
            subscriber.onNext(part);
            return;
        }
        Flow.Subscription given = subscription;
        if (given != null) {
            given.cancel();
        }
        if (!before.isEmpty()) {
            subscriber.onNext(before);
        }
        subscriber.onError(cut.error());
    }

    @Override
    public void onError(Throwable error) {
        if (!over) {
            subscriber.onError(error);
        }
    }

    @Override
    public void onComplete() {
        if (!over) {
            subscriber.onComplete();
        }
    }
}
