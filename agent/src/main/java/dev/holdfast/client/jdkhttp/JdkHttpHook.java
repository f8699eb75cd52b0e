package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Client;
import dev.holdfast.call.Defects;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Target;
import dev.holdfast.fallback.Fallbacks;
import dev.holdfast.weave.HttpClientHook;
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
 * Where calls of {@code java.net.http} enter. A call whose host has no policy passes with a look into a table; so do
 * calls with a push-promise handler (it may have been called before a retry is decided), the handshakes of WebSockets
 * ({@link #isHandshake}), and our own attempts, known by the handler that they carry. Thread-safe.
 *
 * <p>One attempt is one whole call of the JDK's client, redirects and authentication included. Below us the JDK sends a
 * request a second time by itself after a {@code ConnectException} (any method) and when a pooled connection turns out
 * to have expired (GET and HEAD): such a pair counts as one attempt.
 */
public final class JdkHttpHook implements HttpClientHook {
    /** RFC 9113, 7 and 8.7. */
    private static final int REFUSED_STREAM = 7;

    private final Supplier<@Nullable Engine> engines;
    private final Fallbacks fallbacks;
    private final Defects defects;
    private final OpenCalls openCalls;

    /**
     * Made once for a JVM.
     *
     * @param engines gives the engine of the current configuration; null: no policies at the moment
     * @param fallbacks what there is for calls that go wrong
     * @param defects where trouble inside Holdfast is said
     */
    public JdkHttpHook(Supplier<@Nullable Engine> engines, Fallbacks fallbacks, Defects defects) {
        this.engines = engines;
        this.fallbacks = fallbacks;
        this.defects = defects;
        this.openCalls = new OpenCalls(defects);
    }

    @Override
    public @Nullable Object send(Object client, Object request, Object handler)
            throws IOException, InterruptedException {
        if (isRefused(client, request, handler)) {
            throw (IOException) SendError.of(OpenCalls.refusal());
        }
        SyncCall<?> call;
        try {
            Engine engine = engines.get();
            Target target = target(engine, client, request, handler);
            if (engine == null || target == null) {
                return null;
            }
            call = new SyncCall<>(
                    engine,
                    target,
                    (HttpClient) client,
                    (HttpRequest) request,
                    (BodyHandler<?>) handler,
                    fallbacks,
                    openCalls,
                    defects);
        } catch (RuntimeException | LinkageError e) {
            defects.report("a call runs without its policy", e);
            return null;
        }
        return call.run();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // it is returned: the Object is the future
    public @Nullable Object sendAsync(Object client, Object request, Object handler, @Nullable Object pushPromises) {
        if (isRefused(client, request, handler)) {
            return CompletableFuture.failedFuture(OpenCalls.refusal());
        }
        if (pushPromises != null) {
            return null;
        }
        try {
            Engine engine = engines.get();
            Target target = target(engine, client, request, handler);
            if (engine == null || target == null) {
                return null;
            }
            return new AsyncCall<>(
                            engine,
                            target,
                            (HttpClient) client,
                            (HttpRequest) request,
                            (BodyHandler<?>) handler,
                            fallbacks,
                            openCalls,
                            defects)
                    .start();
        } catch (RuntimeException | LinkageError e) {
            defects.report("a call runs without its policy", e);
            return null;
        }
    }

    /** Whether the client was shut down and does not know it yet. Our own attempts belong to calls from before that. */
    private boolean isRefused(Object client, @Nullable Object request, @Nullable Object handler) {
        return openCalls.refuses(client)
                && request != null
                && handler != null
                && !(handler instanceof AttemptHandler)
                && !(handler instanceof Elsewhere);
    }

    @Override
    public boolean shutdown(Object client) {
        return openCalls.shutdown((HttpClient) client);
    }

    @Override
    public void shutdownNow(Object client) {
        openCalls.shutdownNow((HttpClient) client);
    }

    @Override
    public void close(Object client) {
        openCalls.close((HttpClient) client);
    }

    @Override
    public void reset(Object error, Object publisher, int code) {
        if (code == REFUSED_STREAM) {
            unprocessed(publisher, error);
        }
    }

    @Override
    public void goAway(Object error, Object streams, int last, Object publisherOf) {
        try {
            for (Map.Entry<?, ?> stream : ((Map<?, ?>) streams).entrySet()) {
                if ((Integer) stream.getKey() > last) {
                    unprocessed(((MethodHandle) publisherOf).invoke(stream.getValue()), error);
                }
            }
        } catch (Throwable e) {
            defects.report("a request that was not processed is not known to be", e);
        }
    }

    @Override
    public void tunnelFailed(Throwable error, InetSocketAddress proxy) {
        FailedTunnels.add(error, proxy);
    }

    private static void unprocessed(@Nullable Object publisher, Object error) {
        if (publisher instanceof RequestBody.Watched body) {
            body.unprocessed((Throwable) error);
        }
    }

    private static @Nullable Target target(
            @Nullable Engine engine, Object client, @Nullable Object request, @Nullable Object handler) {
        if (engine == null
                || handler instanceof AttemptHandler
                || handler instanceof Elsewhere
                || !(request instanceof HttpRequest httpRequest)
                || !(handler instanceof BodyHandler)) {
            return null;
        }
        URI uri = httpRequest.uri();
        Target host = uri == null ? null : engine.target(uri.getScheme(), uri.getHost(), uri.getPort());
        if (host == null || isHandshake(httpRequest)) {
            return null;
        }
        if (host.isFirstCallOf(Client.HTTP_CLIENT)) {
            engine.proxies().note(Proxies.ofCall((HttpClient) client, uri));
        }
        return engine.route(host, httpRequest.method(), uri.getRawPath());
    }

    /**
     * Whether a request is the opening handshake of a WebSocket (RFC 6455, 4.1). The client sends it through
     * {@code sendAsync} like any other; what marks it stands in a field of the client's own request class, which a
     * request of ours would lose. Applications cannot build a request of that class. They can take one from a response
     * and send it again, but the JDK's WebSocket alone puts this header into it.
     */
    private static boolean isHandshake(HttpRequest request) {
        return request.getClass().getName().equals("jdk.internal.net.http.HttpRequestImpl")
                && Headers.first(request.headers(), "Sec-WebSocket-Key") != null;
    }
}
