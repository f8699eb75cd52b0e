package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Engine;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientAdapter;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URL;
import java.net.URLConnection;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * The entry of connections of {@code HttpURLConnection}. One to a host without a policy is returned as the JDK made it;
 * another gets a wrapper ({@link HttpConnectionWrapper}, {@link HttpsConnectionWrapper}), behind which each attempt has
 * a connection of the JDK's own.
 *
 * <p>One attempt is one whole exchange of the JDK's, redirects and authentication included. Below us the JDK sends a
 * request a second time by itself when a connection breaks before an answer came, a buffered POST too (unless
 * {@code -Dsun.net.http.retryPost=false}): such a pair counts as one attempt. Thread-safe.
 */
public final class HttpUrlConnectionHook implements ClientAdapter {
    private final AdapterContext context;

    /**
     * Made once for a JVM.
     *
     * @param context the services that it works with
     */
    public HttpUrlConnectionHook(AdapterContext context) {
        this.context = context;
    }

    @Override
    public @Nullable Object result(
            int joinPoint, @Nullable Object value, @Nullable Object first, @Nullable Object second) {
        if (!(value instanceof URLConnection connection)) {
            return value;
        }
        return joinPoint == UrlConnectionInstrumentation.OPENED && first instanceof URL url
                ? opened(connection, url, (Proxy) second)
                : unwrap(connection);
    }

    /**
     * A connection was opened. Never throws.
     *
     * @param connection what the JDK's handler made
     * @param url the URL that was opened
     * @param proxy the proxy that was asked for, or null
     * @return the connection for the application; {@code connection} itself where no policy applies
     */
    URLConnection opened(URLConnection connection, URL url, @Nullable Proxy proxy) {
        try {
            Engine engine = context.engines().get();
            if (engine == null
                    || connection instanceof ConnectionWrapper
                    || !(connection instanceof HttpURLConnection http)
                    || AttemptConnections.isOpening(url)) {
                return connection;
            }
            PolicyTarget target = engine.target(url.getProtocol(), url.getHost(), url.getPort());
            if (target == null || !target.policy().inForceFor(url.getPath())) {
                return connection;
            }
            if (target.isFirstCallOf(UrlCall.CLIENT)) {
                engine.proxies().note(ProxyAddress.of(proxy, url));
            }
            Exchange exchange = new Exchange(engine, target, http, url, proxy, context);
            return http instanceof HttpsURLConnection
                    ? new HttpsConnectionWrapper(url, exchange)
                    : new HttpConnectionWrapper(url, exchange);
        } catch (RuntimeException | LinkageError e) {
            context.errorReporter().report("a connection runs without its policy", e);
            return connection;
        }
    }

    /** The JDK's own connection behind {@code connection}, or {@code connection} itself. */
    private static URLConnection unwrap(URLConnection connection) {
        return connection instanceof ConnectionWrapper wrapper ? wrapper.delegate() : connection;
    }
}
