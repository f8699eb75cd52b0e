package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Privileges;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Names the proxy through which a client goes, for messages about it. */
final class Proxies {
    /**
     * The names of the JDK's own selectors: one of the application's is its code, which is not called an additional
     * time.
     */
    private static final Set<String> KNOWN =
            Set.of("java.net.ProxySelector$StaticProxySelector", "sun.net.spi.DefaultProxySelector");

    private Proxies() {}

    /** {@link #of} before a call, which must not fail because the proxy cannot be named. */
    static @Nullable String ofCall(HttpClient client, URI uri) {
        try {
            return Privileges.withOwnPrivileges(() -> of(client, uri));
        } catch (RuntimeException e) {
            return null;
        }
    }

    /**
     * The address of the proxy.
     *
     * @param uri where the request goes
     * @return {@code host:port}; null: it is not known
     */
    static @Nullable String of(HttpClient client, URI uri) {
        ProxySelector selector = client.proxy().orElseGet(ProxySelector::getDefault);
        if (selector == null || !KNOWN.contains(selector.getClass().getName())) {
            return null;
        }
        List<Proxy> proxies = selector.select(uri);
        return proxies.isEmpty()
                        || proxies.get(0).type() != Proxy.Type.HTTP // the client goes through no other
                        || !(proxies.get(0).address() instanceof InetSocketAddress address)
                ? null
                : address(address);
    }

    /** An address as {@code host:port}. */
    static String address(InetSocketAddress address) {
        String host = address.getHostString();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }
}
