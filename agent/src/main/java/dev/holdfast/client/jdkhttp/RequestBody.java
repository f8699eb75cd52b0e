package dev.holdfast.client.jdkhttp;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A request's body, and whether it can be sent again. The JDK's own publishers of arrays, strings, files and nothing give
 * the same bytes to each subscriber. Any other (streams, adapters, the application's own) is recorded while an attempt
 * sends it, up to a limit: past that it is one-shot.
 */
abstract sealed class RequestBody {
    private static final String JDK = "jdk.internal.net.http.RequestPublishers$";

    private static final RequestBody REPEATABLE = new Repeatable();

    /** The body of a request. */
    static RequestBody of(HttpRequest request, long limit) {
        BodyPublisher publisher = request.bodyPublisher().orElse(null);
        return publisher == null || isRepeatable(publisher) ? REPEATABLE : new Recorded(publisher, limit);
    }

    private static boolean isRepeatable(BodyPublisher publisher) {
        String name = publisher.getClass().getName();
        if (!name.startsWith(JDK)) {
            return false;
        }
        return switch (name.substring(JDK.length())) {
            case "ByteArrayPublisher", "StringPublisher", "EmptyPublisher", "FilePublisher", "IterablePublisher" ->
                true;
            default -> false;
        };
    }

    /** Whether another attempt could send the same bytes, as far as is known now. */
    abstract boolean replayable();

    /** What an attempt has to send in place of the request's own publisher; null: that one. */
    abstract @Nullable BodyPublisher publisherOf(int attempt);

    private static final class Repeatable extends RequestBody {
        @Override
        boolean replayable() {
            return true;
        }

        @Override
        @Nullable
        BodyPublisher publisherOf(int attempt) {
            return null;
        }
    }

    /**
     * Records what the application's publisher gives. Within the first attempt every subscription (the client makes more
     * than one for a redirect or a challenge) goes to the publisher itself, as without us.
     */
    private static final class Recorded extends RequestBody implements BodyPublisher {
        private final BodyPublisher original;
        private final long limit;
        private volatile @Nullable Recording last;
        private volatile boolean replaying;

        Recorded(BodyPublisher original, long limit) {
            this.original = original;
            this.limit = limit;
        }

        @Override
        boolean replayable() {
            Recording recording = last;
            // Never asked for: nothing of it is used up.
            return recording == null || recording.complete;
        }

        @Override
        BodyPublisher publisherOf(int attempt) {
            replaying = attempt > 1;
            return this;
        }

        @Override
        public long contentLength() {
            return original.contentLength();
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            Recording recording = last;
            if (replaying && recording != null && recording.complete) {
                HttpRequest.BodyPublishers.ofByteArrays(recording.parts).subscribe(subscriber);
                return;
            }
            recording = new Recording(subscriber, limit);
            last = recording;
            original.subscribe(recording);
        }
    }

    private static final class Recording implements Flow.Subscriber<ByteBuffer> {
        private final Flow.Subscriber<? super ByteBuffer> to;
        private final long limit;
        final List<byte[]> parts = new ArrayList<>();
        private long bytes;
        /** Written behind the last part, read before the first: orders the two. */
        volatile boolean complete;

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
