package dev.holdfast.fallback;

import dev.holdfast.call.Privileges;
import dev.holdfast.fallback.FallbackRequest.Identity;
import java.io.IOException;
import java.net.CookieHandler;
import java.net.CookieManager;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a client puts on the wire beside the request's own headers, as far as it may choose the response:
 * cookies, the proxy, client certificates, a Kerberos subject. One place for the rule, for all clients.
 *
 * <p>The caller is unknown, and nothing is stored for it, where only code of the application could tell: a cookie
 * handler or a proxy selector that is not the JDK's is not called an additional time, since it may act. For one thread.
 */
public final class CallerIdentity {
    /** The mark of a proxy in the text of an identity. */
    public static final String PROXY = " proxy ";

    private static final Set<String> SELECTORS =
            Set.of("sun.net.spi.DefaultProxySelector", "java.net.ProxySelector$StaticProxySelector");

    private final FallbackStrategies fallbackStrategies;
    private final Supplier<URI> uri;
    private String text;
    private boolean lasting = true;
    private boolean known = true;

    /**
     * Begins with nothing but the calling thread's subject.
     *
     * @param fallbackStrategies knows names of objects
     * @param client the client's defaults, which differ from another client's: anything without a space
     * @param uri makes the address of the request; may throw if it is no URI, and the caller is not known then where
     *     that matters
     */
    public CallerIdentity(FallbackStrategies fallbackStrategies, String client, Supplier<URI> uri) {
        this.fallbackStrategies = fallbackStrategies;
        this.uri = uri;
        this.text = client;
        String subject = CurrentSubject.describe(fallbackStrategies);
        if (!subject.isEmpty()) {
            addPassing(" subject " + subject);
        }
    }

    /** Adds the cookies that a client's handler adds to the request. */
    public CallerIdentity cookies(@Nullable CookieHandler handler) {
        if (handler == null) {
            return this;
        }
        if (handler.getClass() != CookieManager.class) {
            known = false;
            return this;
        }
        URI address = address();
        if (address == null) {
            return this;
        }
        try {
            List<String> sent = handler.get(address, Map.of()).get("Cookie");
            if (sent != null && !sent.isEmpty()) {
                add(" cookies " + sent);
            }
        } catch (IOException e) {
            known = false;
        }
        return this;
    }

    /** Null: the request's address is no URI, so that the caller is not known. */
    private @Nullable URI address() {
        try {
            return uri.get();
        } catch (RuntimeException e) {
            known = false;
            return null;
        }
    }

    /** Adds the proxy that was chosen for the request. */
    public CallerIdentity proxy(Proxy proxy) {
        if (proxy.getClass() != Proxy.class) {
            known = false;
        } else if (proxy.type() != Proxy.Type.DIRECT) {
            if (proxy.address() instanceof InetSocketAddress address && address.getClass() == InetSocketAddress.class) {
                add(PROXY + proxy.type() + ' ' + address.getHostString() + ':' + address.getPort());
            } else {
                known = false;
            }
        }
        return this;
    }

    /** Adds the proxies that a selector has for the request, in its order. */
    public CallerIdentity proxies(@Nullable ProxySelector selector) {
        if (selector == null) {
            return this;
        }
        if (!SELECTORS.contains(selector.getClass().getName())) {
            known = false;
            return this;
        }
        URI address = address();
        if (address == null) {
            return this;
        }
        List<Proxy> selected = Privileges.withOwnPrivileges(() -> selector.select(address));
        for (Proxy proxy : selected) {
            CallerIdentity unused = proxy(proxy);
        }
        return this;
    }

    /** Adds the proxies of the JVM's selector, for a client that took it when it was made. */
    public CallerIdentity defaultProxies() {
        ProxySelector selector = Privileges.withOwnPrivileges(ProxySelector::getDefault);
        known &= fallbackStrategies.isOnlySelector(selector);
        return proxies(selector);
    }

    /**
     * Adds the client certificates behind a TLS context: the JVM's, or those of an application, which are not looked
     * at.
     */
    public CallerIdentity tls(SSLContext context) {
        if (DefaultTlsContext.isDefault(context)) {
            addKeyStore();
        } else {
            addPassing(" tls " + fallbackStrategies.nameOf(context));
        }
        return this;
    }

    /** Adds the client certificates behind a socket factory. */
    public CallerIdentity tls(SSLSocketFactory factory) {
        if (DefaultTlsContext.isDefault(factory)) {
            addKeyStore();
        } else {
            addPassing(" tls " + fallbackStrategies.nameOf(factory));
        }
        return this;
    }

    /** Adds the server names that the application asks for in TLS, which the JDK sends to a host that is an address. */
    public CallerIdentity serverNames(@Nullable List<SNIServerName> names) {
        if (names != null) {
            for (SNIServerName name : names) {
                add(" name " + name.getType() + ' ' + HexFormat.of().formatHex(name.getEncoded()));
            }
        }
        return this;
    }

    /** Adds text that differs where the client's requests may differ. */
    public CallerIdentity text(String more) {
        add(more);
        return this;
    }

    /**
     * Adds an object that may make the client's requests differ, and is not looked at.
     *
     * @param kind the kind of object, with blanks around it
     */
    public CallerIdentity object(String kind, Object object) {
        addPassing(kind + fallbackStrategies.nameOf(object));
        return this;
    }

    private void addKeyStore() {
        KeyStoreFile store = fallbackStrategies.keyStore();
        if (!store.name().isEmpty()) {
            add(" keys " + store.name());
            lasting &= store.lasting();
        }
    }

    private void add(String more) {
        text += more;
    }

    private void addPassing(String more) {
        text += more;
        lasting = false;
    }

    /** Returns who asks; null: it cannot be known. */
    public @Nullable Identity identity() {
        return known ? new Identity(text, lasting) : null;
    }
}
