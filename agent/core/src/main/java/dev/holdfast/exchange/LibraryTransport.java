package dev.holdfast.exchange;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.Step;
import dev.holdfast.fallback.FallbackCandidate;
import dev.holdfast.fallback.FallbackRequest;
import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.policy.ErrorKind;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The side of a client library in one call whose request it sends as a whole. An adapter makes one for each call;
 * {@link BlockingLibraryCall} drives it. Everything that the policy decides stands in the driver: an adapter
 * translates.
 *
 * <p>Methods run on the thread that makes the call or an attempt of it, unless they say otherwise.
 *
 * @param <R> the library's response, whose body is a stream
 */
public interface LibraryTransport<R> extends CallInfo {
    /**
     * One attempt. It exists before it is sent, so that it can be cancelled at any time.
     *
     * @param <R> the library's response
     */
    interface Attempt<R> {
        /**
         * Sends it on the calling thread.
         *
         * @return the response, of whose body nothing was read
         * @throws Exception as the library throws it
         */
        R send() throws Exception;

        /**
         * Sends it and comes back, if the library can do that; otherwise comes back at its end.
         *
         * @param end hears once, on whatever thread, the response or what the library threw
         */
        default void start(BiConsumer<@Nullable R, @Nullable Throwable> end) {
            R response;
            try {
                response = send();
            } catch (Throwable e) {
                end.accept(null, e);
                return;
            }
            end.accept(response, null);
        }

        /**
         * Takes the clock of its time, before it is sent: to be stopped while it waits for something of the program's
         * own, a thread of its dispatcher or a connection of its pool.
         */
        default void clock(AttemptClock clock) {}

        /**
         * Cancels it, and nothing else of the call: it ends soon, in whatever exception. Before it is sent: it will not
         * be. When the response is there: whoever reads its body gets an exception. When that was read: no effect.
         * Called from any thread, perhaps more than once; may take as long as closing a connection.
         */
        void cancel();

        /**
         * Returns whether the library did not carry it out, as where the program closed the client during the wait: it
         * is no outcome then, and the result before it is the call's. Asked once it has ended without a response.
         *
         * @param error what it ended in
         */
        default boolean isRefused(Throwable error) {
            return false;
        }
    }

    @Override
    default IOException faultError(ErrorKind kind, String message) {
        return InjectedErrors.of(kind, message);
    }

    /**
     * Returns the time at which the library began the call, by {@link System#nanoTime}, where the call's policy begins
     * at the same time; 0: it begins later, or the time is not known.
     */
    default long begunAt() {
        return 0;
    }

    // ---- the request

    /**
     * Makes an attempt. The first one sends the program's own request.
     *
     * @param send which, and how long it may take, which the driver sees to
     * @throws RuntimeException where it cannot be made
     */
    Attempt<R> attempt(Step.Send send);

    /** Returns whether another attempt can be sent now, while one is under way. Any thread. */
    boolean canHedge();

    /**
     * Makes the request to an alternate origin: the program's, without what does not go along
     * ({@link dev.holdfast.fallback.AlternateOrigin#goesAlong}), and without any credentials of the client's own unless
     * the offer says so.
     *
     * @return null: that is not possible
     */
    @Nullable
    Attempt<R> alternateOrigin(FallbackCandidate.AlternateOriginRequest offer, Step.Send send);

    /**
     * The request as the fallback strategies see it.
     *
     * @param caller who asks, as {@link #caller} said
     */
    FallbackRequest request(@Nullable Identity caller);

    /**
     * Returns the identity of the caller beyond the request's headers. Called only where the policy has a cache.
     *
     * @return null: it cannot be known, and no response is stored or found
     */
    default @Nullable Identity caller() {
        return null;
    }

    /**
     * The program gets the result of this attempt, and of no other: from now on, what it does to end its own request
     * ends the body of this one. Called once at the most, before the result is delivered.
     *
     * @param attempt made by {@link #attempt} or {@link #alternateOrigin}
     */
    default void delivers(Attempt<R> attempt) {}

    /** The call is over: a recorded body is not needed any more. */
    default void release() {}

    // ---- the program's own end of the call

    /** Returns whether the program cancelled the call, in the library's way. Any thread. */
    boolean isCancelled();

    /**
     * Asks for a signal when the program cancels the call, or ends what is under way of it and nothing else, as a
     * request that is reset does: {@link #isCancelled} tells which. Heard once. Replaces an earlier action; an attempt
     * that is sent later may replace it.
     *
     * @param action run on the thread that cancels, and must not call this method; at once where the call is cancelled
     *     already
     */
    void onCancel(Runnable action);

    /** The exception by which the library says that the program cancelled a call. */
    IOException cancelled();

    /** The exception by which the library says that the calling thread was interrupted. The flag is set again by it. */
    IOException interrupted(InterruptedException cause);

    /**
     * The exception by which the library says that no response came in time.
     *
     * @param cause what the cancelled attempt ended in; null where there is none
     */
    IOException timedOut(@Nullable Throwable cause);

    // ---- what an attempt gave

    /**
     * Classifies an attempt that ended without a response.
     *
     * @param attempt made by {@link #attempt} or {@link #alternateOrigin}
     * @return a failure; {@link Outcome.Cancelled} where it says nothing about the origin
     */
    Outcome classify(Attempt<R> attempt, Throwable error);

    /**
     * Returns the failure of a proxy that has answered in the origin's place, as to a CONNECT that it refuses; the
     * program gets the response all the same. A request for credentials (407) is left as it is.
     *
     * @param attempt made by {@link #attempt} or {@link #alternateOrigin}
     * @return null: the response is the origin's
     */
    default Outcome.@Nullable Failure refusedTunnel(Attempt<R> attempt, R response) {
        return null;
    }

    /** The head of a response. Does not act. */
    ResponseHead head(R response);

    /**
     * Returns whether a response may be stored for the request: false where another resource answered, as behind a
     * redirect, or where that is not known.
     *
     * @param attempt made by {@link #attempt}
     */
    default boolean mayBeStored(Attempt<R> attempt, R response) {
        return false;
    }

    /** The number of bytes that the stream of a body gives; 0: there is no body; -1: not known. */
    long bodyLength(R response);

    /**
     * Opens the stream of a body. Its end, and its closing, give the connection back.
     *
     * @return null: there is no body
     */
    @Nullable
    InputStream body(R response) throws IOException;

    /** Closes a response, with or without its body read. */
    void close(R response) throws IOException;

    /**
     * The response with a body that tells where it breaks on its way to the program, or ends before its length.
     *
     * @param length see {@link #bodyLength}
     * @param broken told once; not of what follows from the program's own closing
     */
    default R watchBody(R response, long length, Consumer<IOException> broken) {
        return wrapBody(response, new ResponseStreams.Watch(length, broken));
    }

    /**
     * The response with a stream of ours behind its own.
     *
     * @param wrapper applied when the program asks for the body
     */
    R wrapBody(R response, UnaryOperator<InputStream> wrapper);

    /** The response with another body in place of its own, which {@link #body} has opened. */
    R withBody(R response, InputStream body);

    /** A response that is at hand, marks included. */
    R synthetic(FallbackCandidate.Response response);

    /** The response of an alternate origin, with these headers in place of its own. */
    R withHeaders(R response, Map<String, List<String>> headers);
}
