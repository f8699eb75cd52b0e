package dev.holdfast.weave;

import java.net.Proxy;
import java.net.URL;
import java.net.URLConnection;
import org.jspecify.annotations.Nullable;

/** What the adapter for {@code HttpURLConnection} offers to woven code. Implementations never throw. */
public interface UrlConnectionHook {
    /**
     * A connection was opened.
     *
     * @param connection what the JDK's handler made
     * @param url the URL that was opened
     * @param proxy the proxy that was asked for, or null
     * @return the connection for the application; {@code connection} itself where no policy applies
     */
    URLConnection opened(URLConnection connection, URL url, @Nullable Proxy proxy);

    /** The JDK's own connection behind {@code connection}, or {@code connection} itself. */
    URLConnection unwrap(URLConnection connection);
}
