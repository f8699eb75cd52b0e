package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.ReplayMemory;
import dev.holdfast.policy.RetryPolicy;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Records what a publisher gives, so that it can be sent again. Within the first attempt every subscription (the client
 * makes more than one for a redirect or a challenge) goes to the publisher itself, as without us. Once a recording is
 * complete, each further attempt has a publisher of its own; so two may be under way at once. A known length stays
 * known, an unknown one unknown.
 */
final class RecordedBody extends RequestBody implements BodyPublisher {
    private final BodyPublisher original;
    private final RetryPolicy limits;
    private final ReplayMemory memory;
    private final boolean repeatable;
    private volatile @Nullable Recording last;
    private volatile boolean released;
    private volatile boolean asked;

    /**
     * A body of which nothing was sent.
     *
     * @param original the application's publisher
     * @param limits how many bytes are recorded at most, of this body and of all
     * @param memory what all of them take
     * @param repeatable whether a publisher that gave more can be subscribed to again
     */
    RecordedBody(BodyPublisher original, RetryPolicy limits, ReplayMemory memory, boolean repeatable) {
        this.original = original;
        this.limits = limits;
        this.memory = memory;
        this.repeatable = repeatable;
    }

    @Override
    boolean replayable() {
        Recording recording = last;
        // Never subscribed to: nothing of it is used up.
        return recording == null ? !released : recording.complete || (repeatable && recording.overflown);
    }

    @Override
    boolean repeatableAtOnce() {
        Recording recording = last;
        return recording != null && recording.complete;
    }

    @Override
    boolean notAskedFor() {
        return !asked;
    }

    @Override
    boolean provesNotBegun() {
        return !asked;
    }

    @Override
    BodyPublisher publisherOf(int attempt) {
        Recording recording = last;
        return attempt > 1 && recording != null && recording.complete ? new Replay(original, recording.parts) : this;
    }

    /**
     * A response that the application keeps holds the request, and so this body; it must not hold what was recorded.
     */
    @Override
    void release() {
        Recording recording = last;
        released = true;
        last = null;
        if (recording != null) {
            recording.share.close();
        }
    }

    @Override
    public long contentLength() {
        asked = true;
        return original.contentLength();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        asked = true;
        Recording before = last;
        if (before != null) {
            before.share.close();
        }
        Recording recording = new Recording(subscriber, limits, memory);
        last = recording;
        original.subscribe(recording);
    }

    private record Replay(BodyPublisher original, List<byte[]> parts) implements BodyPublisher {
        @Override
        public long contentLength() {
            return original.contentLength();
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            BodyPublishers.ofByteArrays(parts).subscribe(subscriber);
        }
    }

    private static final class Recording implements Flow.Subscriber<ByteBuffer> {
        private final Flow.Subscriber<? super ByteBuffer> to;
        private final RetryPolicy limits;
        final ReplayMemory.Share share;
        final List<byte[]> parts = new ArrayList<>();
        private long bytes;
        /** Written behind the last part, read before the first: orders the two. */
        volatile boolean complete;

        volatile boolean overflown;

        Recording(Flow.Subscriber<? super ByteBuffer> to, RetryPolicy limits, ReplayMemory memory) {
            this.to = to;
            this.limits = limits;
            this.share = memory.open(this);
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            to.onSubscribe(subscription);
        }

        @Override
        public void onNext(ByteBuffer item) {
            int length = item.remaining();
            bytes += length;
            if (!overflown && bytes <= limits.replayLimitBytes() && share.take(length, limits.replayMaxBytes())) {
                byte[] copy = new byte[length];
                item.duplicate().get(copy);
                parts.add(copy);
            } else {
                overflow();
            }
            to.onNext(item);
        }

        private void overflow() {
            if (!overflown) {
                parts.clear();
                overflown = true;
                share.close();
            }
        }

        @Override
        public void onError(Throwable failure) {
            to.onError(failure);
        }

        @Override
        public void onComplete() {
            complete = !overflown;
            to.onComplete();
        }
    }
}
