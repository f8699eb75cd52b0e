package dev.holdfast.client.jdkhttp;

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
 * complete, each further attempt has a publisher of its own; so two may be under way at once. A known length stays known,
 * an unknown one unknown.
 */
final class RecordedBody extends RequestBody implements BodyPublisher {
    private final BodyPublisher original;
    private final long limit;
    private final boolean repeatable;
    private volatile @Nullable Recording last;
    private volatile boolean asked;

    /**
     * A body of which nothing was sent.
     *
     * @param original the application's publisher
     * @param limit how many bytes are recorded at most
     * @param repeatable whether a publisher that gave more can be subscribed to again
     */
    RecordedBody(BodyPublisher original, long limit, boolean repeatable) {
        this.original = original;
        this.limit = limit;
        this.repeatable = repeatable;
    }

    @Override
    boolean replayable() {
        Recording recording = last;
        // Never subscribed to: nothing of it is used up.
        return recording == null || recording.complete || (repeatable && recording.overflown);
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
    BodyPublisher publisherOf(int attempt) {
        Recording recording = last;
        return attempt > 1 && recording != null && recording.complete ? new Replay(original, recording.parts) : this;
    }

    @Override
    public long contentLength() {
        asked = true;
        return original.contentLength();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        asked = true;
        Recording recording = new Recording(subscriber, limit);
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
        private final long limit;
        final List<byte[]> parts = new ArrayList<>();
        private long bytes;
        /** Written behind the last part, read before the first: orders the two. */
        volatile boolean complete;

        volatile boolean overflown;

        Recording(Flow.Subscriber<? super ByteBuffer> to, long limit) {
            this.to = to;
            this.limit = limit;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            to.onSubscribe(subscription);
        }

        @Override
        public void onNext(ByteBuffer item) {
            bytes += item.remaining();
            if (bytes <= limit) {
                byte[] copy = new byte[item.remaining()];
                item.duplicate().get(copy);
                parts.add(copy);
            } else {
                parts.clear();
                overflown = true;
            }
            to.onNext(item);
        }

        @Override
        public void onError(Throwable failure) {
            to.onError(failure);
        }

        @Override
        public void onComplete() {
            complete = bytes <= limit;
            to.onComplete();
        }
    }
}
