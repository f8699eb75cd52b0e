package dev.holdfast.client.okhttp;

import dev.holdfast.fallback.FallbackCandidate;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.CookieJar;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Makes the calls that carry attempts. They share all that the program's client has: its pool, dispatcher, cookies,
 * cache, authenticators, network interceptors. Its application interceptors have run already, and what they replaced
 * for the call holds ({@link ChainSettings}). Its event listener hears of what happens in an attempt as of a part of
 * the program's call.
 */
final class AttemptCalls {
    /** Lets the limit of the program's call come first, as long as that is under way. */
    private static final long LATER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Call call;
    private final OkHttpClient client;
    /** The chain whose settings the calls have; null: they have the client's. */
    private final Interceptor.@Nullable Chain chain;

    private final boolean elsewhere;
    /** The time that the program's call may take; 0: it has no limit. */
    private final long limitNanos;

    private final long begun;
    private volatile @Nullable Object listener;

    /** Null: not asked for, or there is none. Guarded by this object, like the next. */
    private @Nullable OkHttpClient carrier;

    private boolean isCarrierKnown;

    /**
     * Those of a call.
     *
     * @param chain the program's, which may have other settings than the client
     * @param begun when the library began it, by {@link System#nanoTime}
     */
    AttemptCalls(Call call, OkHttpClient client, Interceptor.Chain chain, long begun) {
        this(call, client, chain, false, begun);
    }

    /** Makes one whose calls have the settings of the client, if there is no chain. */
    AttemptCalls(Call call, OkHttpClient client, Interceptor.@Nullable Chain chain, boolean elsewhere, long begun) {
        this.call = call;
        this.client = client;
        this.chain = chain;
        this.elsewhere = elsewhere;
        this.limitNanos = OptionalMethods.callTimeoutNanos(call);
        this.begun = begun;
    }

    /** The client that has the settings of the chain; null: there can be none, so that no call can be made. */
    synchronized @Nullable OkHttpClient carrier() {
        if (!isCarrierKnown) {
            carrier = chain == null ? client : ChainSettings.takenOver(chain, client);
            isCarrierKnown = true;
        }
        return carrier;
    }

    private OkHttpClient knownCarrier() {
        OkHttpClient known = carrier();
        if (known == null) {
            throw new IllegalStateException("the settings of the chain cannot be taken over");
        }
        return known;
    }

    /**
     * Makes those to an alternate origin. Unless credentials go along: without cookies, authenticators and a store of
     * responses, and without the program's network interceptors, which may add anything. The event listener does not
     * hear of them.
     */
    AttemptCalls toAlternateOrigin(FallbackCandidate.AlternateOriginRequest offer) {
        OkHttpClient known = knownCarrier();
        if (offer.policy().forwardCredentials()) {
            return new AttemptCalls(call, known.newBuilder().cache(null).build(), null, true, begun);
        }
        OkHttpClient.Builder bare = known.newBuilder()
                .cookieJar(CookieJar.NO_COOKIES)
                .authenticator(Authenticator.NONE)
                .proxyAuthenticator(Authenticator.NONE)
                .cache(null);
        bare.networkInterceptors().clear();
        return new AttemptCalls(call, bare.build(), null, true, begun);
    }

    /**
     * Makes a call.
     *
     * @param stage notes how far it comes
     * @param end notes that it has ended
     */
    Call make(Request sent, Stage stage, CallEnd end) {
        OkHttpClient.Builder builder = knownCarrier().newBuilder();
        builder.interceptors().clear();
        builder.interceptors().add(new Own(stage));
        builder.networkInterceptors().add(stage.intercepting());
        OptionalMethods.setCallTimeout(builder, rest());
        Events.INSTANCE.install(builder, call, elsewhere ? null : listener(), end);
        return builder.build().newCall(sent);
    }

    /**
     * The rest of the time that the program's call may take, in nanoseconds; 0: it has no limit. It bounds the reading
     * of the body too, at which the program's own call is over.
     */
    private long rest() {
        return limitNanos == 0 ? 0 : remainingNanos() + LATER_NANOS;
    }

    /** The rest of the time that the program's call may take, in nanoseconds; {@link Long#MAX_VALUE}: no limit. */
    long remainingNanos() {
        return limitNanos == 0 ? Long.MAX_VALUE : Math.max(0, limitNanos - (System.nanoTime() - begun));
    }

    /** The program's event listener for its call; null: there is none, or it cannot be reached. */
    @Nullable
    Object listener() {
        Object known = listener;
        if (known == null) {
            known = Events.INSTANCE.listenerOf(call);
            listener = known;
        }
        return known;
    }

    /** Returns whether a client's application interceptors are those of a call that carries an attempt. */
    static boolean areOwn(java.util.List<?> interceptors) {
        for (int i = 0; i < interceptors.size(); i++) {
            if (interceptors.get(i) instanceof Own) {
                return true;
            }
        }
        return false;
    }

    /** Marks such calls, and notes that the library has begun one. */
    private static final class Own implements Interceptor {
        private final Stage stage;

        private Own(Stage stage) {
            this.stage = stage;
        }

        @Override
        public Response intercept(Chain chain) throws IOException {
            stage.start();
            return stage.proceed(chain, chain.request());
        }
    }
}
