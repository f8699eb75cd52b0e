package dev.holdfast.client.okhttp;

import dev.holdfast.call.Privileges;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** The proxy of a request, as far as it can be known without calling code of the program's. */
final class OkHttpProxies {
    private static final Set<String> KNOWN =
            Set.of("sun.net.spi.DefaultProxySelector", "java.net.ProxySelector$StaticProxySelector");

    private OkHttpProxies() {}

    /** Asks a selector. No lambda: a program's first call comes through here. */
    private record Selection(ProxySelector selector, URI uri) implements Supplier<List<Proxy>> {
        @Override
        public List<Proxy> get() {
            return selector.select(uri);
        }
    }

    /** The proxy's address as {@code host:port}; null: there is none, or it is not known. */
    static @Nullable String of(OkHttpClient client, Request request) {
        Proxy proxy = client.proxy();
        if (proxy == null) {
            ProxySelector selector = client.proxySelector();
            if (selector == null || !KNOWN.contains(selector.getClass().getName())) {
                return null;
            }
            List<Proxy> selected = Privileges.withOwnPrivileges(
                    new Selection(selector, request.url().uri()));
            proxy = selected.isEmpty() ? null : selected.get(0);
        }
        return proxy != null && proxy.type() == Proxy.Type.HTTP && proxy.address() instanceof InetSocketAddress address
                ? address.getHostString() + ':' + address.getPort()
                : null;
    }
}
