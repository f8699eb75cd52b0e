package dev.holdfast.client.apache4;

import dev.holdfast.call.Client;
import dev.holdfast.call.Engine;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.exchange.BlockingLibraryCall;
import dev.holdfast.exchange.ThreadSlots;
import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientAdapter;
import java.io.IOException;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.HttpClient;
import org.apache.http.impl.client.AbstractHttpClient;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * The entry of the client's calls. An attempt of ours enters by the same method: it announces itself on its thread, and
 * passes once, so that request and context are the program's own. Thread-safe.
 */
final class Apache4Adapter implements ClientAdapter {
    /** The client as reports name it. */
    static final Client CLIENT = Client.of(Apache4Instrumentation.NAME);

    private static final String DEFAULT_HOST = "http.default-host";
    /** On a thread in place of its attempt, while that makes a call of the program's own that is not part of it. */
    private static final Object NO_ATTEMPT = new Object();

    private final AdapterContext context;
    private final Apache4Caller callers;
    /** The attempt that each thread is sending. */
    private final ThreadSlots<Object> sending = new ThreadSlots<>();

    Apache4Adapter(AdapterContext context) {
        this.context = context;
        this.callers = new Apache4Caller(context.fallbackStrategies());
    }

    /** Finds out who a client speaks for. */
    Apache4Caller callers() {
        return callers;
    }

    @Override
    public @Nullable Object enter(
            int joinPoint, Object self, @Nullable Object first, @Nullable Object second, @Nullable Object third)
            throws Exception {
        return joinPoint == Apache4Instrumentation.CALL
                ? entered((HttpClient) self, (HttpHost) first, (HttpRequest) second, (HttpContext) third)
                : null;
    }

    private @Nullable Object entered(
            HttpClient client,
            @Nullable HttpHost host,
            @Nullable HttpRequest request,
            @Nullable HttpContext httpContext)
            throws Exception {
        Apache4Attempt attempt = attempt();
        if (attempt != null && attempt.passes(client, request)) {
            return null;
        }
        Object response = call(client, host, request, httpContext);
        return response == null && attempt != null ? sendWithin(client, host, request, httpContext) : response;
    }

    /**
     * Sends a call without a policy that an attempt's interceptors, or the like, make: it enters once more, while
     * nothing that the client does on the thread is taken for a part of the attempt.
     */
    private HttpResponse sendWithin(
            HttpClient client,
            @Nullable HttpHost host,
            @Nullable HttpRequest request,
            @Nullable HttpContext httpContext)
            throws IOException {
        Object outer = sending.set(NO_ATTEMPT);
        try {
            return OldClients.execute(client, host, request, httpContext);
        } finally {
            sending.restore(outer);
        }
    }

    private @Nullable Object call(
            HttpClient client,
            @Nullable HttpHost host,
            @Nullable HttpRequest request,
            @Nullable HttpContext httpContext)
            throws Exception {
        Engine engine;
        PolicyTarget target;
        Apache4Call call;
        try {
            engine = context.engines().get();
            if (engine == null || request == null) {
                return null;
            }
            HttpHost origin = host == null ? defaultHost(client, request) : host;
            if (origin == null) {
                return null;
            }
            target = engine.target(origin.getSchemeName(), origin.getHostName(), origin.getPort());
            if (target == null) {
                return null;
            }
            if (target.hasRoutes()) {
                target = engine.route(target, Requests.method(request), Requests.path(request));
                if (target == null) {
                    return null;
                }
            }
            call = new Apache4Call(this, engine, target.policy(), client, origin, host, request, httpContext);
        } catch (RuntimeException | LinkageError e) {
            context.errorReporter().report("a call runs without its policy", e);
            return null;
        }
        return BlockingLibraryCall.run(engine, target, call, context.fallbackStrategies(), context.errorReporter());
    }

    /** The host of a call that names none: that of the request's parameters, or of the client's. */
    @SuppressWarnings("deprecation") // the only way in which they can say it
    private static @Nullable HttpHost defaultHost(HttpClient client, HttpRequest request) {
        if (request.getParams().getParameter(DEFAULT_HOST) instanceof HttpHost host) {
            return host;
        }
        return client instanceof AbstractHttpClient old
                        && old.getParams().getParameter(DEFAULT_HOST) instanceof HttpHost host
                ? host
                : null;
    }

    /** The attempt that the calling thread is sending; null: none, or it makes a call that is no part of it. */
    private @Nullable Apache4Attempt attempt() {
        return sending.get() instanceof Apache4Attempt attempt ? attempt : null;
    }

    /**
     * Announces an attempt on the calling thread. The result, the one around it, is to be given back to {@link #sent}.
     */
    @Nullable
    Object sends(Apache4Attempt attempt) {
        return sending.set(attempt);
    }

    /** The attempt of the calling thread has ended. */
    void sent(@Nullable Object outer) {
        sending.restore(outer);
    }

    @Override
    public void observe(int joinPoint, Object subject, @Nullable Object first, @Nullable Object second, int number) {
        Apache4Attempt attempt = attempt();
        if (attempt == null) {
            return;
        }
        switch (joinPoint) {
            case Apache4Instrumentation.EXECUTE -> attempt.executes();
            case Apache4Instrumentation.LEASE -> attempt.leases(subject);
            case Apache4Instrumentation.RETRY -> attempt.retries();
            case Apache4Instrumentation.LEASED -> attempt.leased(subject);
            case Apache4Instrumentation.TUNNEL -> attempt.asksForTunnel((HttpHost) subject);
            default ->
                attempt.tunnel()
                        .answers(((HttpResponse) subject).getStatusLine().getStatusCode());
        }
    }
}
