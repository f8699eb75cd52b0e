package dev.holdfast.client.apache4;

import dev.holdfast.call.Client;
import dev.holdfast.call.Engine;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.exchange.BlockingLibraryCall;
import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientAdapter;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.HttpClient;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * The entry of the client's calls. An attempt of ours enters by the same method: it passes by a token that is set just
 * before, and taken at the entry, so that request and context are the program's own. Thread-safe.
 */
final class Apache4Adapter implements ClientAdapter {
    /** The client as reports name it. */
    static final Client CLIENT = Client.of(Apache4Instrumentation.NAME);

    private static final String DEFAULT_HOST = "http.default-host";

    private final AdapterContext context;
    /**
     * The client whose next call on a thread is an attempt of ours. No thread-local variable: to read one that is not
     * set costs memory.
     */
    private final ConcurrentHashMap<Thread, HttpClient> passing = new ConcurrentHashMap<>();

    Apache4Adapter(AdapterContext context) {
        this.context = context;
    }

    @Override
    public @Nullable Object enter(
            int joinPoint, Object self, @Nullable Object first, @Nullable Object second, @Nullable Object third)
            throws Exception {
        HttpRequest request = (HttpRequest) second;
        Engine engine;
        PolicyTarget target;
        Apache4Call call;
        try {
            engine = context.engines().get();
            if (engine == null || request == null) {
                return null;
            }
            HttpHost host = (HttpHost) first;
            HttpHost origin = host == null ? defaultHost(request) : host;
            if (origin == null) {
                return null;
            }
            target = engine.target(origin.getSchemeName(), origin.getHostName(), origin.getPort());
            if (target == null || takesToken(self)) {
                return null;
            }
            target = engine.route(target, Requests.method(request), Requests.path(request));
            if (target == null) {
                return null;
            }
            call = new Apache4Call(
                    this, engine, target.policy(), (HttpClient) self, origin, host, request, (HttpContext) third);
        } catch (RuntimeException | LinkageError e) {
            context.errorReporter().report("a call runs without its policy", e);
            return null;
        }
        return BlockingLibraryCall.run(engine, target, call, context.fallbackStrategies(), context.errorReporter());
    }

    /** The host of a call that names none. */
    @SuppressWarnings("deprecation") // the only way in which a request can say it
    private static @Nullable HttpHost defaultHost(HttpRequest request) {
        return request.getParams().getParameter(DEFAULT_HOST) instanceof HttpHost host ? host : null;
    }

    private boolean takesToken(Object client) {
        return passing.remove(Thread.currentThread(), client);
    }

    /** Carries an attempt out: runs the client's own method. */
    HttpResponse execute(
            HttpClient client, @Nullable HttpHost host, HttpRequest request, @Nullable HttpContext httpContext)
            throws IOException {
        passing.put(Thread.currentThread(), client);
        try {
            return client.execute(host, request, httpContext);
        } finally {
            passing.remove(Thread.currentThread());
        }
    }
}
