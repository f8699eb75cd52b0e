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
 * cache, authenticators, network interceptors. Its application interceptors have run already, and its event listener
 * hears of what happens in an attempt as of a part of the program's call.
 */
final class AttemptCalls {
    /** Lets the limit of the program's call come first, as long as that is under way. */
    private static final long LATER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Call call;
    private final OkHttpClient client;
    private final boolean elsewhere;
    /** The time that the program's call may take; 0: it has no limit. */
    private final long limitNanos;

    private final long begun;
    private volatile @Nullable Object listener;

    /**
     * Those of a call.
     *
     * @param begun when the library began it, by {@link System#nanoTime}
     */
    AttemptCalls(Call call, OkHttpClient client, long begun) {
        this(call, client, false, begun);
    }

    private AttemptCalls(Call call, OkHttpClient client, boolean elsewhere, long begun) {
        this.call = call;
        this.client = client;
        this.elsewhere = elsewhere;
        this.limitNanos = OptionalMethods.callTimeoutNanos(call);
        this.begun = begun;
    }

    /**
     * Makes those to an alternate origin. Unless credentials go along: without cookies, authenticators and a store of
     * responses, and without the program's network interceptors, which may add anything. The event listener does not
     * hear of them.
     */
    AttemptCalls toAlternateOrigin(FallbackCandidate.AlternateOriginRequest offer) {
        if (offer.policy().forwardCredentials()) {
            return new AttemptCalls(call, client.newBuilder().cache(null).build(), true, begun);
        }
        OkHttpClient.Builder bare = client.newBuilder()
                .cookieJar(CookieJar.NO_COOKIES)
                .authenticator(Authenticator.NONE)
                .proxyAuthenticator(Authenticator.NONE)
                .cache(null);
        bare.networkInterceptors().clear();
        return new AttemptCalls(call, bare.build(), true, begun);
    }

    /**
     * Makes a call.
     *
     * @param stage notes how far it comes
     */
    Call make(Request sent, Stage stage) {
        OkHttpClient.Builder builder = client.newBuilder();
        builder.interceptors().clear();
        builder.interceptors().add(new Own(stage));
        builder.networkInterceptors().add(stage);
        OptionalMethods.setCallTimeout(builder, rest());
        Events.INSTANCE.install(builder, call, elsewhere ? null : listener());
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
            return chain.proceed(chain.request());
        }
    }
}
