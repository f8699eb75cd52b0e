package dev.holdfast.client.okhttp;

import dev.holdfast.fallback.CallerIdentity;
import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fallback.FallbackStrategies;
import javax.net.SocketFactory;
import okhttp3.Authenticator;
import okhttp3.CookieJar;
import okhttp3.Dns;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** The caller's identity as the client sends it, beside the request's own headers. */
final class OkHttpIdentity {
    /** Network interceptors that are known to add nothing to a request. */
    private static final String LOGGING = "okhttp3.logging.HttpLoggingInterceptor";

    private OkHttpIdentity() {}

    /**
     * Returns the caller's identity.
     *
     * @param chain the program's chain, which may have other settings than the client
     * @return null: it cannot be known. A cookie jar and an authenticator are code of the program's, and a network
     *     interceptor may add anybody's name to a request
     */
    static @Nullable Identity of(
            OkHttpClient client, Interceptor.Chain chain, Request request, FallbackStrategies fallbackStrategies) {
        return ChainSettings.areReplaced(chain, client) ? null : of(client, request, fallbackStrategies);
    }

    /** Returns the caller's identity, where a call has the settings of its client. */
    static @Nullable Identity of(OkHttpClient client, Request request, FallbackStrategies fallbackStrategies) {
        if (client.cookieJar() != CookieJar.NO_COOKIES
                || client.authenticator() != Authenticator.NONE
                || client.proxyAuthenticator() != Authenticator.NONE) {
            return null;
        }
        for (Interceptor interceptor : client.networkInterceptors()) {
            if (!interceptor.getClass().getName().equals(LOGGING)) {
                return null;
            }
        }
        CallerIdentity caller = new CallerIdentity(
                fallbackStrategies, "OkHttp", () -> request.url().uri());
        if (client.dns() != Dns.SYSTEM || client.socketFactory() != SocketFactory.getDefault()) {
            // Where its connections lead is for code of the program's to say.
            caller = caller.object(" connections ", client);
        }
        CallerIdentity unused =
                client.proxy() == null ? caller.proxies(client.proxySelector()) : caller.proxy(client.proxy());
        return (request.isHttps() ? caller.tls(client.sslSocketFactory()) : caller).identity();
    }
}
