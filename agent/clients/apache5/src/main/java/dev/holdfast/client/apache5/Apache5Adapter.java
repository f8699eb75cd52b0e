package dev.holdfast.client.apache5;

import dev.holdfast.call.Client;
import dev.holdfast.call.Engine;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.exchange.BlockingLibraryCall;
import dev.holdfast.exchange.ThreadSlots;
import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientAdapter;
import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.CloseableHttpResponse;
import org.apache.hc.client5.http.impl.classic.HttpRequestRetryExec;
import org.apache.hc.client5.http.impl.classic.MinimalHttpClient;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.net.URIAuthority;
import org.jspecify.annotations.Nullable;

/**
 * Receives the calls of one copy of the library. A call whose host has no policy passes with a look into a table. Our
 * own attempts enter by the same method: each announces itself on its thread, and passes once.
 *
 * <p>One attempt is one whole call of the client: redirects, authentication and the client's own retries of connections
 * that broke are part of it.
 */
final class Apache5Adapter implements ClientAdapter {
    static final Client CLIENT = Client.of(Apache5Instrumentation.NAME);

    /** On a thread in place of its attempt, while that makes a call of the program's own that is not part of it. */
    private static final Object NO_ATTEMPT = new Object();

    private final AdapterContext context;
    private final Apache5Caller callers;

    /** The attempt that each thread is sending. */
    private final ThreadSlots<Object> sending = new ThreadSlots<>();

    Apache5Adapter(AdapterContext context) {
        this.context = context;
        this.callers = new Apache5Caller(context.fallbackStrategies());
    }

    @Override
    public @Nullable Object enter(
            int joinPoint, Object self, @Nullable Object first, @Nullable Object second, @Nullable Object third)
            throws Exception {
        if (joinPoint == Apache5Instrumentation.CALL) {
            return entered(
                    (CloseableHttpClient) self, (HttpHost) first, (ClassicHttpRequest) second, (HttpContext) third);
        }
        Apache5Attempt attempt = attempt();
        if (attempt == null || first == null || second == null || third == null) {
            return null;
        }
        return attempt.decidesRetries((ExecChain.Scope) second)
                ? OwnRetries.execute(
                        attempt,
                        (HttpRequestRetryExec) self,
                        (ClassicHttpRequest) first,
                        (ExecChain.Scope) second,
                        (ExecChain) third)
                : null;
    }

    private @Nullable Object entered(
            CloseableHttpClient client,
            @Nullable HttpHost target,
            @Nullable ClassicHttpRequest request,
            @Nullable HttpContext httpContext)
            throws Exception {
        Apache5Attempt attempt = attempt();
        if (attempt != null && attempt.passes(client, request)) {
            return null;
        }
        Object response = call(client, target, request, httpContext);
        return response == null && attempt != null ? sendWithin(client, target, request, httpContext) : response;
    }

    /**
     * Sends a call without a policy that an attempt's interceptors, or the like, make: it enters once more, while
     * nothing that the client does on the thread is taken for a part of the attempt.
     */
    @SuppressWarnings("deprecation") // the only public method that gives the response itself in all versions
    private CloseableHttpResponse sendWithin(
            CloseableHttpClient client,
            @Nullable HttpHost target,
            @Nullable ClassicHttpRequest request,
            @Nullable HttpContext httpContext)
            throws IOException {
        Object outer = sending.set(NO_ATTEMPT);
        try {
            return client.execute(target, request, httpContext);
        } finally {
            sending.restore(outer);
        }
    }

    private @Nullable Object call(
            CloseableHttpClient client,
            @Nullable HttpHost target,
            @Nullable ClassicHttpRequest request,
            @Nullable HttpContext httpContext)
            throws Exception {
        Apache5Call call;
        Engine engine;
        PolicyTarget host;
        try {
            engine = context.engines().get();
            if (engine == null || request == null) {
                return null;
            }
            host = host(engine, target, request);
            if (host == null) {
                return null;
            }
            if (host.hasRoutes()) {
                host = engine.route(host, request.getMethod(), Apache5Call.path(request));
                if (host == null) {
                    return null;
                }
            }
            call = new Apache5Call(this, engine, host.policy(), client, target, request, httpContext);
        } catch (RuntimeException | LinkageError e) {
            context.errorReporter().report("a call runs without its policy", e);
            return null;
        }
        return BlockingLibraryCall.run(engine, host, call, context.fallbackStrategies(), context.errorReporter());
    }

    private static @Nullable PolicyTarget host(Engine engine, @Nullable HttpHost target, ClassicHttpRequest request) {
        if (target != null) {
            return engine.target(target.getSchemeName(), target.getHostName(), target.getPort());
        }
        URIAuthority authority = request.getAuthority();
        return authority == null
                ? null
                : engine.target(request.getScheme(), authority.getHostName(), authority.getPort());
    }

    /** The attempt that the calling thread is sending; null: none, or it makes a call that is no part of it. */
    private @Nullable Apache5Attempt attempt() {
        return sending.get() instanceof Apache5Attempt attempt ? attempt : null;
    }

    /**
     * Announces an attempt on the calling thread. The result, the one around it, is to be given back to {@link #sent}.
     */
    @Nullable
    Object sends(Apache5Attempt attempt) {
        return sending.set(attempt);
    }

    /** The attempt of the calling thread has ended. */
    void sent(@Nullable Object outer) {
        sending.restore(outer);
    }

    /** Finds out who a client speaks for. */
    Apache5Caller callers() {
        return callers;
    }

    /** Returns whether a client changes the program's own request while it sends it. */
    static boolean changesRequests(CloseableHttpClient client) {
        return client instanceof MinimalHttpClient;
    }

    @Override
    public @Nullable Object result(
            int joinPoint, @Nullable Object value, @Nullable Object first, @Nullable Object second) {
        Apache5Attempt attempt = attempt();
        if (attempt != null && value != null) {
            attempt.leased((ConnectionEndpoint) value, (Cancellable) first);
        }
        return value;
    }

    @Override
    public void observe(int joinPoint, Object subject, @Nullable Object first, @Nullable Object second, int number) {
        Apache5Attempt attempt = attempt();
        if (attempt == null) {
            return;
        }
        switch (joinPoint) {
            case Apache5Instrumentation.LEASE -> attempt.leases((LeaseRequest) subject);
            case Apache5Instrumentation.TUNNEL -> attempt.asksForTunnel((HttpHost) subject);
            case Apache5Instrumentation.TUNNEL_ANSWERED -> attempt.tunnel().answers(((HttpResponse) subject).getCode());
            default -> attempt.executes((HttpContext) subject);
        }
    }
}
