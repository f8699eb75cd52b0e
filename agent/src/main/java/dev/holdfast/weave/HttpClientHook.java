package dev.holdfast.weave;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the adapter for {@code java.net.http} offers to woven code. {@link Object} stands for the types of that module,
 * so that the hook can exist in a run-time image without it. Implementations never throw because of a defect of their
 * own before the first attempt was sent: they return null, which runs the original body.
 */
public interface HttpClientHook {
    /**
     * A blocking call.
     *
     * @param client the {@code HttpClient} on which {@code send} was called
     * @param request the {@code HttpRequest}
     * @param handler the {@code BodyHandler}
     * @return the response, or null: run the original body
     * @throws IOException as {@code HttpClient.send}
     * @throws InterruptedException as {@code HttpClient.send}
     */
    @Nullable
    Object send(Object client, Object request, Object handler) throws IOException, InterruptedException;

    /**
     * An asynchronous call.
     *
     * @param client the {@code HttpClient} on which {@code sendAsync} was called
     * @param request the {@code HttpRequest}
     * @param handler the {@code BodyHandler}
     * @param pushPromises the {@code PushPromiseHandler}, or null
     * @return the future, or null: run the original body
     */
    @Nullable
    Object sendAsync(Object client, Object request, Object handler, @Nullable Object pushPromises);

    /**
     * Orderly shutdown (from Java 21 on): the calls that were made before go on to their end, new ones are refused.
     *
     * @param client the {@code HttpClient}
     * @return whether calls are under way: the client is shut down when they have ended, and the original body is not
     *     run
     */
    default boolean shutdown(Object client) {
        return false;
    }

    /**
     * Immediate shutdown (from Java 21 on): calls that wait for their next attempt end with the outcome that they have.
     * The original body ends those that are in flight.
     *
     * @param client the {@code HttpClient}
     */
    default void shutdownNow(Object client) {}

    /**
     * Returns when no call of the client is under way any more, or the caller was interrupted, whose interrupt is set
     * then. The original body follows.
     *
     * @param client the {@code HttpClient}
     */
    default void close(Object client) {}

    /**
     * A server reset an HTTP/2 stream. Never throws.
     *
     * @param error the exception that the exchange will end in, if it has not ended
     * @param publisher the {@code BodyPublisher} of the request, as the client was given it
     * @param code why (RFC 9113, 7)
     */
    default void reset(Object error, Object publisher, int code) {}

    /**
     * A server took leave of an HTTP/2 connection. Never throws.
     *
     * @param error the exception that all of its exchanges will end in, if they have not ended
     * @param streams the {@code Map} of its open streams by their numbers
     * @param last the number of the last one that the server says it may have processed (RFC 9113, 6.8)
     * @param publisherOf the {@code MethodHandle} that gives the {@code BodyPublisher} of a stream's request, or null
     */
    default void goAway(Object error, Object streams, int last, Object publisherOf) {}

    /**
     * A proxy opened no tunnel to the origin. Never throws.
     *
     * @param error the exception that the exchange will end in, if it has not ended; or one that has the same root
     * @param proxy the proxy's address
     */
    default void tunnelFailed(Throwable error, InetSocketAddress proxy) {}
}
