package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Step;
import dev.holdfast.exchange.BodyCut;
import dev.holdfast.fallback.ResponseRecording;
import dev.holdfast.policy.StreamingMediaTypes;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The body handler of one attempt. Its type is how the woven entry knows our own attempts and lets them pass. At the
 * response's head it asks the session: a response that will be retried is discarded, and only one that is to be
 * delivered reaches the application's own handler, which thus sees exactly one.
 *
 * <p>Called on a thread of the client; what it decided is read after the attempt has ended, which orders the two.
 *
 * @param <T> the application's body type
 */
final class AttemptHandler<T> implements BodyHandler<T> {
    private static final String CONTENT_TYPE = "content-type";

    private final JdkCall<T> call;
    private final int attempt;
    /** True if the attempt has a time. */
    private final boolean limited;
    /** The end of that time. */
    private final long endsAt;

    /** True if the response is there and judged by its body, which may not be there. */
    private volatile boolean judged;

    private volatile @Nullable Step decision;
    private volatile @Nullable DiscardedBody<T> discarded;
    private volatile @Nullable Throwable lostBody;
    private volatile @Nullable ResponseRecording recording;

    AttemptHandler(JdkCall<T> call, Step.Send send) {
        this.call = call;
        this.attempt = send.attempt();
        this.limited = send.timeoutNanos() != Long.MAX_VALUE;
        this.endsAt = limited ? call.engine().nanoTime() + send.timeoutNanos() : 0;
    }

    /** A handler that asks nobody, and so is the application's own but for its type. */
    static <T> AttemptHandler<T> letThrough(JdkCall<T> call) {
        AttemptHandler<T> handler = new AttemptHandler<>(call, new Step.Send(1, Long.MAX_VALUE));
        handler.decision = Step.Deliver.INSTANCE;
        return handler;
    }

    /** The attempt's number. */
    int attempt() {
        return attempt;
    }

    /** Returns the session's step, null: no head arrived. */
    @Nullable
    Step decision() {
        return decision;
    }

    /** Returns whether no head has arrived. */
    boolean awaitsHead() {
        return !judged && decision == null;
    }

    /** A body that was held back broke: the session was asked again. */
    void decideAnew(Step step, Throwable error) {
        lostBody = error;
        decision = step;
    }

    /** Returns the failure of a body that was held back, null: none failed. */
    @Nullable
    Throwable lostBody() {
        return lostBody;
    }

    /** The response is the application's. */
    void delivered(HttpResponse<T> response) {
        ResponseRecording kept = recording;
        if (kept != null) {
            call.confirm(kept, response, attempt);
        }
    }

    /** The response, if it was discarded. */
    @Nullable
    DiscardedResponse<T> discarded(HttpResponse<T> response) {
        DiscardedBody<T> body = discarded;
        return body == null ? null : new DiscardedResponse<>(response, body.head(), body);
    }

    @Override
    public BodySubscriber<T> apply(ResponseInfo info) {
        if (judged || decision != null) {
            // The client asks twice for one call: none of our business.
            return call.application.apply(info);
        }
        BodyCut cut = call.session.bodyCut(attempt);
        return cut == null ? subscriber(info) : new CutBody<>(subscriber(info), cut);
    }

    private BodySubscriber<T> subscriber(ResponseInfo info) {
        JdkCall.Head head = JdkCall.Head.of(info);
        long left = limited ? endsAt - call.engine().nanoTime() : Long.MAX_VALUE;
        if (call.session.needsBody(head) && mayHoldBack(info.headers(), call.holdBackBytes())) {
            judged = true;
            return new JudgedBody<>(this, call, info, head).within(left);
        }
        return taker(call.after(attempt, head), info, left, true);
    }

    /**
     * Returns the subscriber of the body, after the session's step.
     *
     * @param left the nanoseconds that are left for the body, {@link Long#MAX_VALUE} for no limit
     * @param holds whether a body that is delivered is held back where the policy wants that
     */
    BodySubscriber<T> taker(Step step, ResponseInfo info, long left, boolean holds) {
        decision = step;
        if (!(step instanceof Step.FallBack fallBack)) {
            return decided(step, info, left, holds);
        }
        CompletableFuture<Step> resolved = call.resolved(fallBack);
        return resolved.isDone()
                ? decided(resolved.join(), info, left, holds)
                : new DeferredBody<>(resolved.thenApply(known -> decided(known, info, left, holds)));
    }

    private BodySubscriber<T> decided(Step step, ResponseInfo info, long left, boolean holds) {
        decision = step;
        if (!(step instanceof Step.Deliver)) {
            DiscardedBody<T> body = new DiscardedBody<>(call.engine(), info);
            discarded = body;
            return body;
        }
        BodySubscriber<T> holding = holds ? heldBack(info, left) : null;
        return holding != null ? holding : handedOn(call.application.apply(info), info, left);
    }

    /** Holds the body back as far as the policy wants it; null: it goes to the application as it comes. */
    private @Nullable BodySubscriber<T> heldBack(ResponseInfo info, long left) {
        long limit = call.holdBackBytes();
        if (limit <= 0 || !mayHoldBack(info.headers(), limit)) {
            return null;
        }
        BufferedBody<T> body = new BufferedBody<>(call, this::decideAnew, info, limit);
        BodySubscriber<T> subscriber = recorded(body, info);
        if (left == Long.MAX_VALUE) {
            return subscriber;
        }
        long end = call.engine().nanoTime() + left;
        TimedBody<T> timed = TimedBody.limited(subscriber, call.engine(), left);
        body.whenFlowing(application -> {
            timed.lift();
            return TimedBody.limitedIfCollected(
                    application, application, call.engine(), end - call.engine().nanoTime());
        });
        return timed;
    }

    /** Hands the body to the application as it comes, and gives it a time if it is known to be collected. */
    private BodySubscriber<T> handedOn(BodySubscriber<T> application, ResponseInfo info, long left) {
        if (application == null) {
            return new MissingSubscriber<>();
        }
        BodySubscriber<T> subscriber = recorded(application, info);
        return left == Long.MAX_VALUE || StreamingMediaTypes.isStream(Headers.first(info.headers(), CONTENT_TYPE))
                ? subscriber
                : TimedBody.limitedIfCollected(subscriber, application, call.engine(), left);
    }

    private BodySubscriber<T> recorded(BodySubscriber<T> subscriber, ResponseInfo info) {
        ResponseRecording kept = call.recording(info);
        recording = kept;
        return kept == null || !kept.isOfBody() ? subscriber : new ResponseRecorder<>(subscriber, kept);
    }

    /** Not what is known to be too large, and nothing that may be a stream, which has no end to wait for. */
    private static boolean mayHoldBack(HttpHeaders headers, long limit) {
        String announced = Headers.first(headers, "content-length");
        long length = -1;
        if (announced != null) {
            try {
                length = Long.parseLong(announced.strip());
            } catch (NumberFormatException e) {
                return false; // the client will say what it thinks of it
            }
        }
        return length <= limit && StreamingMediaTypes.mayHoldBack(Headers.first(headers, CONTENT_TYPE), length);
    }
}
