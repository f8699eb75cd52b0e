package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.ReplayMemory;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryPolicy;
import dev.holdfast.policy.RetryRule;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A request's body: whether it can be sent again, and whether the client has come as far as asking for it.
 *
 * <p>The JDK's own publishers of arrays, strings, files and nothing give the same bytes to each subscriber. Any other
 * (streams, adapters, the application's own) is recorded while an attempt sends it ({@link RecordedBody}), up to a
 * limit: past that it is one-shot. Nothing is recorded of a request that is not sent again once a byte of it has left.
 *
 * <p>A failure to connect is no proof that nothing was sent: it may be the second hop of a redirect that refused, or
 * the connection on which a challenge was to be answered, and the origin has acted on the request before. Nor is one
 * that the application's publisher itself ran into. What proves it is that the client never asked for the body, not
 * even for its length, as it does for a request's head. Only a request whose method allows a second sending anyway goes
 * unwatched.
 */
sealed class RequestBody permits RequestBody.Watched, RecordedBody {
    private static final String JDK = "jdk.internal.net.http.RequestPublishers$";

    private static final RequestBody PLAIN = new RequestBody(true);
    private static final RequestBody UNWATCHED = new RequestBody(false);

    private final boolean notAskedFor;

    private RequestBody(boolean notAskedFor) {
        this.notAskedFor = notAskedFor;
    }

    RequestBody() {
        this(true);
    }

    /**
     * The body of a request that {@code client} sends under {@code policy}; what is recorded of it is accounted for.
     */
    static RequestBody of(HttpRequest request, HttpClient client, Policy policy, ReplayMemory memory) {
        RetryPolicy rule = policy.retry();
        boolean once = !rule.enabled() || rule.maxRetries() == 0;
        if (policy.mode() != Mode.ENFORCE || (once && !policy.fallback().usesDegraded())) {
            return PLAIN;
        }
        BodyPublisher publisher = request.bodyPublisher().orElse(null);
        if (!mayBeResent(request, rule)) {
            return publisher != null
                    ? new Watched(publisher, isPlain(publisher))
                    : sendsOnce(client) ? PLAIN : UNWATCHED;
        }
        if (publisher == null) {
            return PLAIN;
        }
        // An iterable can be iterated again by its contract; where it was short enough we need not rely on that.
        return isPlain(publisher)
                ? PLAIN
                : new RecordedBody(publisher, rule, memory, kind(publisher).equals("IterablePublisher"));
    }

    private static boolean isPlain(BodyPublisher publisher) {
        return switch (kind(publisher)) {
            case "ByteArrayPublisher", "StringPublisher", "EmptyPublisher", "FilePublisher" -> true;
            default -> false;
        };
    }

    /** Returns whether a request that may have been applied can be sent again, if its body can. */
    private static boolean mayBeResent(HttpRequest request, RetryPolicy rule) {
        String method = request.method();
        boolean hasKey = Headers.first(request.headers(), "Idempotency-Key") != null;
        return RetryRule.mayResend(rule, method == null ? "GET" : method, hasKey, true, false);
    }

    /** Returns whether one call of this client is one request. */
    static boolean sendsOnce(HttpClient client) {
        return client.followRedirects() == HttpClient.Redirect.NEVER
                && client.authenticator().isEmpty();
    }

    private static String kind(BodyPublisher publisher) {
        String name = publisher.getClass().getName();
        return name.startsWith(JDK) ? name.substring(JDK.length()) : "";
    }

    /** Returns whether another attempt could send the same bytes, as far as is known now. */
    boolean replayable() {
        return true;
    }

    /** Returns whether another attempt could send the same bytes while one is still at it. */
    boolean repeatableAtOnce() {
        return true;
    }

    /** Returns whether it is certain that the client has not begun to write the request. */
    boolean notAskedFor() {
        return notAskedFor;
    }

    /** Releases the body: no further attempt will need it. */
    void release() {}

    /**
     * Returns whether that is certain because the client never asked for the body, and not because it does not matter.
     */
    boolean provesNotBegun() {
        return false;
    }

    /** Returns the publisher that an attempt sends in place of the request's own; null: that one. */
    @Nullable
    BodyPublisher publisherOf(int attempt) {
        return null;
    }

    /**
     * Returns the client's exception for a request that the server reports as unprocessed (RFC 9113, 8.7); null: none.
     */
    @Nullable
    Throwable unprocessed() {
        return null;
    }

    /**
     * Notes whether the client asked for the body, and whether the server said that it did nothing with the request.
     */
    static final class Watched extends RequestBody implements BodyPublisher {
        private final BodyPublisher original;
        private final boolean plain;
        private volatile boolean asked;
        private volatile boolean subscribed;
        /** The exception itself, since the client may send a request once more: its end is then another. */
        private volatile @Nullable Throwable unprocessed;

        private Watched(BodyPublisher original, boolean plain) {
            this.original = original;
            this.plain = plain;
        }

        void unprocessed(Throwable error) {
            unprocessed = error;
        }

        @Override
        @Nullable
        Throwable unprocessed() {
            return unprocessed;
        }

        @Override
        boolean replayable() {
            return plain || !subscribed;
        }

        @Override
        boolean repeatableAtOnce() {
            return false;
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
            return this;
        }

        @Override
        public long contentLength() {
            asked = true;
            return original.contentLength();
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            asked = true;
            subscribed = true;
            original.subscribe(subscriber);
        }
    }
}
