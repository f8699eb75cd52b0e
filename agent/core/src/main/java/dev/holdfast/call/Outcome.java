package dev.holdfast.call;

import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.ResponseView;
import org.jspecify.annotations.Nullable;

/** The outcome of one attempt. */
public sealed interface Outcome {
    /** The status of an outcome that is no response. */
    int NO_STATUS = Integer.MIN_VALUE;

    /** An outcome's status, or {@link #NO_STATUS}. */
    static int statusOf(Outcome outcome) {
        return outcome instanceof Response response ? response.status() : NO_STATUS;
    }

    /** The head of a response arrived. */
    non-sealed interface Response extends Outcome, ResponseView {}

    /**
     * A failed attempt, without a response.
     *
     * @param error what the client threw, unwrapped from {@code CompletionException}
     * @param kind the adapter's classification of it
     * @param nothingSent whether it is certain that no byte of the request was sent
     * @param proxy for {@link ErrorKind#PROXY}, the proxy's address as {@code host:port}; null: no proxy failed
     */
    record Failure(
            Throwable error,
            ErrorKind kind,
            boolean nothingSent,
            @Nullable String proxy) implements Outcome {
        /** A failure in which no proxy failed. */
        public Failure(Throwable error, ErrorKind kind, boolean nothingSent) {
            this(error, kind, nothingSent, null);
        }

        /**
         * A proxy that did not open the tunnel to the origin.
         *
         * @param error what the client threw
         * @param proxy the proxy's address as {@code host:port}
         */
        public static Failure ofProxy(Throwable error, String proxy) {
            return new Failure(error, ErrorKind.PROXY, true, proxy);
        }
    }

    /** The application cancelled or interrupted the call: no verdict about the origin. */
    record Cancelled() implements Outcome {
        /** The one instance that is needed. */
        public static final Cancelled INSTANCE = new Cancelled();
    }
}
