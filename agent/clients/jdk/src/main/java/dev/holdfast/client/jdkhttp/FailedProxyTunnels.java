package dev.holdfast.client.jdkhttp;

import dev.holdfast.exchange.FailureClassifier;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The exceptions of CONNECT requests that opened no tunnel, each with the address of its proxy. Nothing else tells such
 * an exception from that of an origin which breaks a connection: type and stack trace are the same.
 *
 * <p>An exception is known by the root of its chain of causes: the client puts others around it, and re-creates those.
 * By identity, and for as long as the program holds it. Serves all clients of the JVM, as the exceptions do.
 * Thread-safe.
 */
final class FailedProxyTunnels {
    private static final Map<Known, InetSocketAddress> PROXIES = new ConcurrentHashMap<>();
    private static final ReferenceQueue<Throwable> COLLECTED = new ReferenceQueue<>();

    private FailedProxyTunnels() {}

    /** Notes that a proxy opened no tunnel. */
    static void add(Throwable error, InetSocketAddress proxy) {
        for (Reference<?> gone = COLLECTED.poll(); gone != null; gone = COLLECTED.poll()) {
            PROXIES.remove(gone);
        }
        PROXIES.put(new Known(FailureClassifier.root(error), COLLECTED), proxy);
    }

    /**
     * The proxy that opened no tunnel.
     *
     * @param error what an exchange ended in
     * @return null: it ended otherwise
     */
    static @Nullable InetSocketAddress proxyOf(Throwable error) {
        // Without a queue: what is only asked for is never in the map.
        return PROXIES.isEmpty() ? null : PROXIES.get(new Known(FailureClassifier.root(error), null));
    }

    /** Returns the number of known tunnels. */
    static int size() {
        return PROXIES.size();
    }

    /**
     * An exception as a key: equal to another one of the same exception, and once that is collected to itself alone.
     */
    private static final class Known extends WeakReference<Throwable> {
        private final int hash;

        Known(Throwable error, @Nullable ReferenceQueue<Throwable> queue) {
            super(error, queue);
            this.hash = System.identityHashCode(error);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            if (this == other) {
                return true;
            }
            Throwable mine = get();
            return mine != null && other instanceof Known known && known.get() == mine;
        }
    }
}
