package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Engine;
import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.instrumentation.ClientAdapter;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The entry of calls of {@code java.net.http}. A call whose host has no policy passes with a look into a table; so do
 * calls with a push-promise handler (it may have been called before a retry is decided), the handshakes of WebSockets
 * ({@link #isHandshake}), and our own attempts, known by the handler that they carry. Thread-safe.
 *
 * <p>One attempt is one whole call of the JDK's client, redirects and authentication included. Below us the JDK sends a
 * request a second time by itself after a {@code ConnectException} (any method) and when a pooled connection turns out
 * to have expired (GET and HEAD): such a pair counts as one attempt.
 */
public final class JdkHttpHook implements ClientAdapter {

    /** RFC 9113, 7 and 8.7. */
    private static final int REFUSED_STREAM = 7;

    private final Supplier<@Nullable Engine> engines;
    private final FallbackStrategies fallbackStrategies;
    private final ErrorReporter errorReporter;
    private final OpenCalls openCalls;

    /**
     * Made once for a JVM.
     *
     * @param engines gives the engine of the current configuration; null: no policies at the moment
     * @param fallbackStrategies what there is for calls that go wrong
     * @param errorReporter where trouble inside Holdfast is said
     */
    public JdkHttpHook(
            Supplier<@Nullable Engine> engines, FallbackStrategies fallbackStrategies, ErrorReporter errorReporter) {
        this.engines = engines;
        this.fallbackStrategies = fallbackStrategies;
        this.errorReporter = errorReporter;
        this.openCalls = new OpenCalls(errorReporter);
    }

    @Override
    public @Nullable Object enter(
            int joinPoint, Object self, @Nullable Object first, @Nullable Object second, @Nullable Object third)
            throws IOException, InterruptedException {
        return joinPoint == JdkHttpInstrumentation.SEND
                ? send(self, first, second)
                : sendAsync(self, first, second, third);
    }

    @Override
    public boolean guard(int joinPoint, Object self) {
        if (joinPoint == JdkHttpInstrumentation.SHUTDOWN) {
            return shutdown(self);
        }
        if (joinPoint == JdkHttpInstrumentation.SHUTDOWN_NOW) {
            shutdownNow(self);
        } else {
            close(self);
        }
        return false;
    }

    @Override
    public void observe(int joinPoint, Object subject, @Nullable Object first, @Nullable Object second, int number) {
        switch (joinPoint) {
            case JdkHttpInstrumentation.STREAM_RESET -> reset(subject, first, number);
            case JdkHttpInstrumentation.GO_AWAY -> goAway(subject, first, number, second);
            default -> {
                if (first != null) {
                    FailedProxyTunnels.add((Throwable) subject, (InetSocketAddress) first);
                }
            }
        }
    }

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
    Object send(Object client, @Nullable Object request, @Nullable Object handler)
            throws IOException, InterruptedException {
        if (isRefused(client, request, handler)) {
            throw (IOException) SendExceptions.of(OpenCalls.refusal());
        }
        SyncCall<?> call;
        try {
            Engine engine = engines.get();
            PolicyTarget target = target(engine, client, request, handler);
            if (engine == null || target == null || request == null || handler == null) {
                return null;
            }
            call = new SyncCall<>(
                    engine,
                    target,
                    (HttpClient) client,
                    (HttpRequest) request,
                    (BodyHandler<?>) handler,
                    fallbackStrategies,
                    errorReporter);
        } catch (RuntimeException | LinkageError e) {
            errorReporter.report("a call runs without its policy", e);
            return null;
        }
        return call.run(openCalls);
    }

    /**
     * An asynchronous call.
     *
     * @param client the {@code HttpClient} on which {@code sendAsync} was called
     * @param request the {@code HttpRequest}
     * @param handler the {@code BodyHandler}
     * @param pushPromises the {@code PushPromiseHandler}, or null
     * @return the future, or null: run the original body
     */
    @SuppressWarnings("FutureReturnValueIgnored") // it is returned: the Object is the future
    @Nullable
    Object sendAsync(Object client, @Nullable Object request, @Nullable Object handler, @Nullable Object pushPromises) {
        if (isRefused(client, request, handler)) {
            return CompletableFuture.failedFuture(OpenCalls.refusal());
        }
        if (pushPromises != null) {
            return null;
        }
        try {
            Engine engine = engines.get();
            PolicyTarget target = target(engine, client, request, handler);
            if (engine == null || target == null || request == null || handler == null) {
                return null;
            }
            return new AsyncCall<>(
                            engine,
                            target,
                            (HttpClient) client,
                            (HttpRequest) request,
                            (BodyHandler<?>) handler,
                            fallbackStrategies,
                            openCalls,
                            errorReporter)
                    .start();
        } catch (RuntimeException | LinkageError e) {
            errorReporter.report("a call runs without its policy", e);
            return null;
        }
    }

    /**
     * Returns whether the client was shut down and does not know it yet. Our own attempts belong to calls from before
     * that.
     */
    private boolean isRefused(Object client, @Nullable Object request, @Nullable Object handler) {
        return openCalls.refuses(client)
                && request != null
                && handler != null
                && !(handler instanceof AttemptHandler)
                && !(handler instanceof AlternateOriginRequest);
    }

    /**
     * Orderly shutdown (from Java 21 on): the calls that were made before go on to their end, new ones are refused.
     *
     * @param client the {@code HttpClient}
     * @return whether calls are under way: the client is shut down when they have ended, and the original body is not
     *     run
     */
    boolean shutdown(Object client) {
        return openCalls.shutdown((HttpClient) client);
    }

    /**
     * Immediate shutdown (from Java 21 on): calls that wait for their next attempt end with the outcome that they have.
     * The original body ends those that are in flight.
     *
     * @param client the {@code HttpClient}
     */
    void shutdownNow(Object client) {
        openCalls.shutdownNow((HttpClient) client);
    }

    /**
     * Returns when no call of the client is under way any more, or the caller was interrupted, whose interrupt is set
     * then. The original body follows.
     *
     * @param client the {@code HttpClient}
     */
    void close(Object client) {
        openCalls.close((HttpClient) client);
    }

    /**
     * A server reset an HTTP/2 stream. Never throws.
     *
     * @param error the exception that the exchange will end in, if it has not ended
     * @param publisher the {@code BodyPublisher} of the request, as the client was given it
     * @param code why (RFC 9113, 7)
     */
    private static void reset(Object error, @Nullable Object publisher, int code) {
        if (code == REFUSED_STREAM) {
            unprocessed(publisher, error);
        }
    }

    /**
     * A server took leave of an HTTP/2 connection. Never throws.
     *
     * @param error the exception that all of its exchanges will end in, if they have not ended
     * @param streams the {@code Map} of its open streams by their numbers
     * @param last the number of the last one that the server says it may have processed (RFC 9113, 6.8)
     * @param publisherOf the {@code MethodHandle} that gives the {@code BodyPublisher} of a stream's request, or null
     */
    private void goAway(Object error, @Nullable Object streams, int last, @Nullable Object publisherOf) {
        try {
            if (streams == null || publisherOf == null) {
                return;
            }
            for (Map.Entry<?, ?> stream : ((Map<?, ?>) streams).entrySet()) {
                if ((Integer) stream.getKey() > last) {
                    unprocessed(((MethodHandle) publisherOf).invoke(stream.getValue()), error);
                }
            }
        } catch (Throwable e) {
            errorReporter.report("a request that was not processed is not known to be", e);
        }
    }

    private static void unprocessed(@Nullable Object publisher, Object error) {
        if (publisher instanceof RequestBody.Watched body) {
            body.unprocessed((Throwable) error);
        }
    }

    private static @Nullable PolicyTarget target(
            @Nullable Engine engine, Object client, @Nullable Object request, @Nullable Object handler) {
        if (engine == null
                || handler instanceof AttemptHandler
                || handler instanceof AlternateOriginRequest
                || !(request instanceof HttpRequest httpRequest)
                || !(handler instanceof BodyHandler)) {
            return null;
        }
        URI uri = httpRequest.uri();
        PolicyTarget host = uri == null ? null : engine.target(uri.getScheme(), uri.getHost(), uri.getPort());
        if (host == null || isHandshake(httpRequest)) {
            return null;
        }
        if (host.isFirstCallOf(JdkCall.CLIENT)) {
            engine.proxies().note(Proxies.ofCall((HttpClient) client, uri));
        }
        return engine.route(host, httpRequest.method(), uri.getRawPath());
    }

    /**
     * Returns whether a request is the opening handshake of a WebSocket (RFC 6455, 4.1). The client sends it through
     * {@code sendAsync} like any other; what marks it stands in a field of the client's own request class, which a
     * request of ours would lose. Applications cannot build a request of that class. They can take one from a response
     * and send it again, but the JDK's WebSocket alone puts this header into it.
     */
    private static boolean isHandshake(HttpRequest request) {
        return request.getClass().getName().equals("jdk.internal.net.http.HttpRequestImpl")
                && Headers.first(request.headers(), "Sec-WebSocket-Key") != null;
    }
}
