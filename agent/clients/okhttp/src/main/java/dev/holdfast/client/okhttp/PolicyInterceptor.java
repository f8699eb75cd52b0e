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
    /** The interceptors of a call are put together when it begins. */
    private final long begun = System.nanoTime();

    PolicyInterceptor(
            OkHttpAdapter adapter, Call call, OkHttpClient client, @Nullable AsyncCall async, @Nullable Stage stage) {
        this.adapter = adapter;
        this.call = call;
        this.client = client;
        this.async = async;
        this.stage = stage;
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
        return response == null ? chain.proceed(chain.request()) : response;
    }

    /** Null: nothing was sent, and no policy applies. */
    private @Nullable Response underPolicy(Chain chain) throws Exception {
        AdapterContext context = adapter.context();
        Engine engine;
        PolicyTarget target;
        OkHttpTransport transport;
        try {
            engine = context.engines().get();
            target = engine == null ? null : target(engine, chain.request());
            if (engine == null || target == null) {
                return null;
            }
            transport = new OkHttpTransport(
                    engine,
                    target,
                    call,
                    client,
                    chain,
                    stage,
                    begun,
                    async == null,
                    adapter.openCalls(),
                    context.fallbackStrategies());
        } catch (RuntimeException | LinkageError e) {
            context.errorReporter().report("a call runs without its policy", e);
            return null;
        }
        return async == null
                ? BlockingLibraryCall.run(
                        engine, target, transport, context.fallbackStrategies(), context.errorReporter())
                : async.begin(engine, target, transport, client);
    }

    /** The program's interceptors may have changed the request, and its host. */
    private static @Nullable PolicyTarget target(Engine engine, Request request) {
        HttpUrl url = request.url();
        PolicyTarget host = engine.target(url.scheme(), url.host(), url.port());
        return host == null || passes(request) ? null : engine.route(host, request.method(), url.encodedPath());
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
