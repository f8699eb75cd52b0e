package dev.holdfast.client.jdkhttp;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Stands where the application's body handler gave no subscriber but null, which its contract does not allow. The
 * client ends such a call in a {@link NullPointerException}, and so does this.
 *
 * <p>Given the null itself, the client of JDK 25 ends the call so only if it gives the body to a subscriber before it
 * asks that for its result: two tasks of its executor race. It takes the first failure for told, though telling it
 * failed; the other way round there is no second one, and the call never ends.
 *
 * @param <T> the application's body type
 */
final class MissingSubscriber<T> implements BodySubscriber<T> {
    /** By the name that the client has for it, which the JVM puts into the exception's message. */
    private final @Nullable BodySubscriber<T> userSubscriber = null;

    @Override
    @SuppressWarnings("NullAway") // the exception is the point
    public CompletionStage<T> getBody() {
        return userSubscriber.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.cancel();
    }

    @Override
    public void onNext(List<ByteBuffer> part) {}

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onComplete() {}
}
