package dev.holdfast.client.okhttp;

import dev.holdfast.call.Engine;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.exchange.BlockingLibraryCall;
import dev.holdfast.instrumentation.AdapterContext;
import java.io.IOException;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Carries out one call under its policy, below the program's application interceptors. */
final class PolicyInterceptor implements Interceptor {
    private final OkHttpAdapter adapter;
    private final Call call;
    private final OkHttpClient client;
    /** Null: the thread stays with the call to its end. */
    private final @Nullable AsyncCall async;

    private final @Nullable Stage stage;
    /** The target of the call's host, which may change in interceptors of the program's; null: there are such. */
    private final @Nullable PolicyTarget host;
    /** The engine that has the target. */
    private final @Nullable Engine engine;
    /** The interceptors of a call are put together when it begins. */
    private final long begun = System.nanoTime();

    PolicyInterceptor(
            OkHttpAdapter adapter,
            Call call,
            OkHttpClient client,
            @Nullable AsyncCall async,
            @Nullable Stage stage,
            @Nullable Engine engine,
            @Nullable PolicyTarget host) {
        this.adapter = adapter;
        this.call = call;
        this.client = client;
        this.async = async;
        this.stage = stage;
        this.engine = engine;
        this.host = host;
    }

    /** Returns whether it is of this call. */
    boolean isOf(Object carrier) {
        return call == carrier;
    }

    /** The network interceptor of the same call; null: its chain gets none. */
    @Nullable
    Stage stage() {
        return stage;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Response response;
        adapter.runs(call);
        try {
            response = underPolicy(chain);
        } catch (Exception e) {
            throw OkHttpAdapter.<RuntimeException>sneaky(e);
        }
        if (response == null) {
            return chain.proceed(chain.request());
        }
        if (!Events.INSTANCE.endsCallsWithoutRequests()) {
            ends();
        }
        return response;
    }

    /** The library says nothing of the end of a call that has its response from an attempt's. */
    private void ends() {
        CallEnd end = adapter.openCalls().takeEnd(call);
        Object listener = end == null || end.isYetToCome() ? null : Events.INSTANCE.listenerOf(call);
        if (listener != null) {
            Events.INSTANCE.ended(listener, call, null);
        }
    }

    /** Null: nothing was sent, and no policy applies. */
    private @Nullable Response underPolicy(Chain chain) throws Exception {
        AdapterContext context = adapter.context();
        Engine current;
        PolicyTarget target;
        OkHttpTransport transport;
        try {
            current = engine == null ? context.engines().get() : engine;
            target = current == null ? null : target(current, chain.request());
            if (current == null || target == null) {
                return null;
            }
            transport = new OkHttpTransport(
                    current,
                    target,
                    call,
                    client,
                    chain,
                    stage,
                    begun,
                    host != null,
                    async == null,
                    adapter.openCalls(),
                    context.fallbackStrategies());
        } catch (RuntimeException | LinkageError e) {
            context.errorReporter().report("a call runs without its policy", e);
            return null;
        }
        return async == null
                ? BlockingLibraryCall.run(
                        current, target, transport, context.fallbackStrategies(), context.errorReporter())
                : async.begin(current, target, transport, client);
    }

    private @Nullable PolicyTarget target(Engine current, Request request) {
        HttpUrl url = request.url();
        PolicyTarget known = host == null ? current.target(url.scheme(), url.host(), url.port()) : host;
        if (known == null || passes(request)) {
            return null;
        }
        return known.hasRoutes() ? current.route(known, request.method(), url.encodedPath()) : known;
    }

    /** Returns whether a request is none of ours, whatever the policy. */
    private static boolean passes(Request request) {
        RequestBody body = request.body();
        return request.header("Upgrade") != null
                || (request.header("Cache-Control") != null
                        && request.cacheControl().onlyIfCached()) // made anew for each request
                || (body != null && OptionalMethods.isDuplex(body));
    }
}
