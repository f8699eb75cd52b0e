package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Engine;
import dev.holdfast.weave.Defects;
import dev.holdfast.weave.UrlConnectionHook;
import java.net.Proxy;
import java.net.URL;
import java.net.URLConnection;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Entry of the adapter for {@code java.net.HttpURLConnection}. */
public final class HttpUrlConnectionHook implements UrlConnectionHook {
    private final Supplier<@Nullable Engine> engines;
    private final Defects defects;

    /**
     * Makes the adapter.
     *
     * @param engines gives the engine of the current configuration; null: no policies at the moment
     * @param defects where trouble inside Holdfast is said
     */
    public HttpUrlConnectionHook(Supplier<@Nullable Engine> engines, Defects defects) {
        this.engines = engines;
        this.defects = defects;
    }

    @Override
    public URLConnection opened(URLConnection connection, URL url, @Nullable Proxy proxy) {
        return connection;
    }

    @Override
    public URLConnection unwrap(URLConnection connection) {
        return connection;
    }

    @Override
    public String toString() {
        return "adapter for HttpURLConnection under " + engines.get() + ", defects to " + defects;
    }
}
