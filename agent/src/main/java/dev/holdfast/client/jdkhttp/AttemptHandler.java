package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Step;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import org.jspecify.annotations.Nullable;

/**
 * The body handler of one attempt. Its type is how the woven entry knows our own attempts and lets them pass. At the
 * response's head it asks the session: a response that will be retried is discarded, and only one that is to be delivered
 * reaches the application's own handler, which thus sees exactly one.
 *
 * <p>Called on a thread of the client; what it decided is read after the attempt has ended, which orders the two.
 *
 * @param <T> the application's body type
 */
final class AttemptHandler<T> implements BodyHandler<T> {
    private final JdkCall<T> call;
    private volatile @Nullable Step decision;

    AttemptHandler(JdkCall<T> call) {
        this.call = call;
    }

    /** What the session said, null: no head arrived. */
    @Nullable
    Step decision() {
        return decision;
    }

    /** Overrides the decision: a body that was held back broke. */
    void decide(Step step) {
        decision = step;
    }

    @Override
    public BodySubscriber<T> apply(ResponseInfo head) {
        if (decision != null) {
            // The client asks twice for one call: none of our business.
            return call.application.apply(head);
        }
        Step step = call.after(JdkCall.Head.of(head));
        decision = step;
        if (!(step instanceof Step.Deliver)) {
            return new Discarding<>(call.engine);
        }
        long holdBack = call.session.policy().retry().bufferResponseBytes();
        return holdBack > 0 ? new HeldBackBody<>(call, this, head, holdBack) : call.application.apply(head);
    }
}
