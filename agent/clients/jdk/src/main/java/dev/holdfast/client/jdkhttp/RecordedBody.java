package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.ReplayMemory;
import dev.holdfast.policy.RetryPolicy;
import java.io.IOException;
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
     * A response that the application keeps holds its request, and so this body, or a replay of it; neither must hold
     * what was recorded. A replay that is being sent goes on.
     */
    @Override
    void release() {
        Recording recording = last;
        released = true;
        last = null;
        if (recording != null) {
            recording.share.close();
            for (Parts parts = recording.parts; parts != null; parts = parts.before) {
                parts.list = null;
            }
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
        // A complete one may have a replay that is yet to be sent, so that it is let go of with the body.
        Parts replayed = before != null && before.complete ? before.parts : null;
        Recording recording = new Recording(subscriber, limits, memory, new Parts(replayed));
        last = recording;
        original.subscribe(recording);
    }

    /** Gives what was recorded, until the body is {@linkplain RequestBody#release released}. */
    private record Replay(BodyPublisher original, Parts recorded) implements BodyPublisher {
        @Override
        public long contentLength() {
            return original.contentLength();
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            List<byte[]> parts = recorded.list;
            if (parts != null) {
                BodyPublishers.ofByteArrays(parts).subscribe(subscriber);
                return;
            }
            subscriber.onSubscribe(Nothing.INSTANCE);
            subscriber.onError(new IOException("the request's body was released"));
        }
    }

    /**
     * The recorded parts. A replay holds nothing but these: behind a recording are the client's exchange, and the
     * application's own source.
     */
    private static final class Parts {
        /** The parts of a complete recording of the same body, before this one. */
        final @Nullable Parts before;
        /** Null: they are too many, or not needed any more. */
        volatile @Nullable List<byte[]> list = new ArrayList<>();

        Parts(@Nullable Parts before) {
            this.before = before;
        }
    }

    private enum Nothing implements Flow.Subscription {
        INSTANCE;

        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    }

    private static final class Recording implements Flow.Subscriber<ByteBuffer> {
        private final Flow.Subscriber<? super ByteBuffer> to;
        private final RetryPolicy limits;
        final ReplayMemory.Share share;
        final Parts parts;
        private long bytes;
        /** Written behind the last part, read before the first: orders the two. */
        volatile boolean complete;

        volatile boolean overflown;

        Recording(Flow.Subscriber<? super ByteBuffer> to, RetryPolicy limits, ReplayMemory memory, Parts parts) {
            this.to = to;
            this.parts = parts;
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
            List<byte[]> kept = parts.list;
            if (kept != null && bytes <= limits.replayLimitBytes() && share.take(length, limits.replayMaxBytes())) {
                byte[] copy = new byte[length];
                item.duplicate().get(copy);
                kept.add(copy);
            } else {
                overflow();
            }
            to.onNext(item);
        }

        private void overflow() {
            if (!overflown) {
                overflown = true;
                parts.list = null;
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
