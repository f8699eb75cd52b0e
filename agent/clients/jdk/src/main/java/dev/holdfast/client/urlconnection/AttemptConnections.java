package dev.holdfast.client.urlconnection;

import dev.holdfast.exchange.ThreadSlots;
import java.io.IOException;
import java.net.Proxy;
import java.net.URL;
import java.net.URLConnection;
import org.jspecify.annotations.Nullable;

/** The connections that attempts open through the woven handlers, which are no calls of the program's. Thread-safe. */
final class AttemptConnections {
    private static final ThreadSlots<URL> OPENING = new ThreadSlots<>();

    private AttemptConnections() {}

    /** Opens a connection as the JDK made it. */
    static URLConnection open(URL url, @Nullable Proxy proxy) throws IOException {
        URL before = OPENING.set(url);
        try {
            return proxy == null ? url.openConnection() : url.openConnection(proxy);
        } finally {
            OPENING.restore(before);
        }
    }

    /** Returns whether the calling thread opens a connection to a URL for an attempt. */
    @SuppressWarnings("ReferenceEquality") // equality of URLs looks hosts up
    static boolean isOpening(URL url) {
        return OPENING.get() == url;
    }
}
