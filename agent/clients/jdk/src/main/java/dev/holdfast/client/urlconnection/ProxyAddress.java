package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Privileges;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds out which HTTP proxy a connection goes through, for messages; without calling code of the application. */
final class ProxyAddress {
    private ProxyAddress() {}

    /**
     * The proxy of a connection.
     *
     * @param chosen the proxy that the application opened it with, null: the JVM's selector chooses
     * @param url where it leads
     * @return {@code host:port}; null: there is none, or it is chosen by code of the application
     */
    static @Nullable String of(@Nullable Proxy chosen, URL url) {
        if (chosen != null) {
            return address(chosen);
        }
        ProxySelector selector = Privileges.withOwnPrivileges(ProxySelector::getDefault);
        if (selector == null || selector.getClass().getClassLoader() != null) {
            return null;
        }
        try {
            // Without user information and query, which are nobody's business.
            URI uri = new URI(url.getProtocol(), null, url.getHost(), url.getPort(), "/", null, null);
            List<Proxy> proxies = Privileges.withOwnPrivileges(() -> selector.select(uri));
            return proxies == null || proxies.isEmpty() ? null : address(proxies.get(0));
        } catch (URISyntaxException | RuntimeException e) {
            return null;
        }
    }

    private static @Nullable String address(Proxy proxy) {
        return proxy.type() == Proxy.Type.HTTP && proxy.address() instanceof InetSocketAddress at
                ? at.getHostString() + ":" + at.getPort()
                : null;
    }
}
