package dev.holdfast.weave;

import java.io.IOException;
import java.net.CookieHandler;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URL;
import java.net.URLConnection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sun.net.www.HoldfastBridge;

/**
 * The near end of {@link HoldfastBridge}: what woven code reaches. For a call that is none of Holdfast's business it
 * adds a few field reads and allocates nothing. Cannot be loaded before {@link Bridge#install} has defined its
 * superclass.
 */
final class Dispatcher extends HoldfastBridge {
    private static volatile @Nullable Dispatcher installed;

    private final Hooks hooks;
    private volatile @Nullable HttpClientHook httpClient;
    private volatile @Nullable UrlConnectionHook urlConnection;

    Dispatcher(Hooks hooks) {
        this.hooks = hooks;
    }

    static void connect(Hooks hooks) {
        Dispatcher made = new Dispatcher(hooks);
        install(made);
        installed = made;
    }

    static void disconnect() {
        Dispatcher made = installed;
        if (made != null) {
            uninstall(made);
        }
    }

    /** See {@link ConnectionAccess#setMethod}. */
    static void setRequestMethod(HttpURLConnection connection, String method) {
        setMethod(connection, method);
    }

    /** See {@link ConnectionAccess#statusOf}. */
    static int notedStatus(HttpURLConnection connection) {
        return responseCode(connection);
    }

    /** See {@link ConnectionAccess#headersOf}. */
    static Map<?, ?> notedHeaders(HttpURLConnection connection) {
        return responseHeaders(connection);
    }

    /** See {@link ConnectionAccess#cookieHandler}. */
    static @Nullable CookieHandler capturedCookieHandler(HttpURLConnection connection) {
        return cookieHandler(connection);
    }

    /** See {@link ConnectionAccess#copyCaptured}. */
    static void copyCapturedHandlers(HttpURLConnection from, HttpURLConnection to) {
        copyCaptured(from, to);
    }

    /** See {@link ConnectionAccess#setSocketTimeout}. */
    static void setOpenSocketTimeout(HttpURLConnection connection, int millis) {
        setSocketTimeout(connection, millis);
    }

    @Override
    protected @Nullable Object onSend(Object client, Object request, Object handler)
            throws IOException, InterruptedException {
        HttpClientHook hook = httpClient();
        return hook == null ? null : hook.send(client, request, handler);
    }

    @Override
    protected @Nullable Object onSendAsync(
            Object client, Object request, Object handler, @Nullable Object pushPromises) {
        HttpClientHook hook = httpClient();
        return hook == null ? null : hook.sendAsync(client, request, handler, pushPromises);
    }

    // No hook yet: the client has no call.

    @Override
    protected boolean onShutdown(Object client) {
        HttpClientHook hook = httpClient;
        return hook != null && hook.shutdown(client);
    }

    @Override
    protected boolean onShutdownNow(Object client) {
        HttpClientHook hook = httpClient;
        if (hook != null) {
            hook.shutdownNow(client);
        }
        return false;
    }

    @Override
    protected boolean onClose(Object client) {
        HttpClientHook hook = httpClient;
        if (hook != null) {
            hook.close(client);
        }
        return false;
    }

    @Override
    protected void onReset(Object error, @Nullable Object publisher, int code) {
        HttpClientHook hook = httpClient;
        if (hook != null && publisher != null) {
            hook.reset(error, publisher, code);
        }
    }

    @Override
    protected void onGoAway(Object error, Object streams, int last, Object publisherOf) {
        HttpClientHook hook = httpClient;
        if (hook != null) {
            hook.goAway(error, streams, last, publisherOf);
        }
    }

    @Override
    protected void onTunnelFailed(Object error, InetSocketAddress proxy) {
        HttpClientHook hook = httpClient;
        if (hook != null) {
            hook.tunnelFailed((Throwable) error, proxy);
        }
    }

    private @Nullable HttpClientHook httpClient() {
        HttpClientHook hook = httpClient;
        if (hook == null) {
            hook = hooks.httpClient();
            httpClient = hook;
        }
        return hook;
    }

    @Override
    protected URLConnection onOpened(URLConnection connection, URL url, @Nullable Proxy proxy) {
        UrlConnectionHook hook = urlConnection;
        if (hook == null) {
            hook = hooks.urlConnection();
            urlConnection = hook;
        }
        return hook == null ? connection : hook.opened(connection, url, proxy);
    }

    @Override
    protected URLConnection onUnwrap(URLConnection connection) {
        UrlConnectionHook hook = urlConnection;
        // No hook yet: no connection was wrapped.
        return hook == null ? connection : hook.unwrap(connection);
    }
}
