package dev.holdfast.client.apache4;

import dev.holdfast.exchange.LibraryObjects;
import dev.holdfast.fallback.CallerIdentity;
import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fallback.FallbackStrategies;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.client.CookieStore;
import org.apache.http.client.CredentialsProvider;
import org.apache.http.client.HttpClient;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.cookie.Cookie;
import org.apache.http.impl.client.BasicCookieStore;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who a client speaks for beside the headers of the program's request: cookies, credentials, default headers,
 * the proxy, certificates, and where its connections lead. Known only where the parts of the client
 * ({@link ClientParts}) and of the program's context ({@link ContextSettings}), and all parameters of the request
 * ({@link Parameters}), are. Thread-safe.
 */
final class Apache4Caller {
    private static final LibraryObjects OBJECTS = ClientParts.OBJECTS;

    private final FallbackStrategies fallbackStrategies;
    /** The clients that a builder has made, which do not change. */
    private final Map<HttpClient, Optional<ClientParts>> known = Collections.synchronizedMap(new WeakHashMap<>());

    Apache4Caller(FallbackStrategies fallbackStrategies) {
        this.fallbackStrategies = fallbackStrategies;
    }

    /**
     * Returns the caller's identity.
     *
     * @param context the program's own, null: none
     * @param address where the request goes
     * @return null: it cannot be known
     */
    @Nullable
    Identity identity(HttpClient client, HttpRequest request, @Nullable HttpContext context, String address) {
        try {
            ClientParts parts = OBJECTS.behaves(request, "getMethod") && !hasUserInfo(request) ? parts(client) : null;
            ContextSettings settings = parts == null ? null : ContextSettings.of(context);
            String parameters =
                    Parameters.text(OBJECTS.hasField(request, "params") ? OBJECTS.field(request, "params") : null);
            return parts == null || settings == null || parameters == null
                    ? null
                    : identity(parts, settings, parameters, client, request, URI.create(address));
        } catch (NoSuchFieldException | IllegalArgumentException e) {
            return null; // another version, of which nothing is known, or an address that is no URI
        }
    }

    private @Nullable ClientParts parts(HttpClient client) {
        return ClientParts.isFixed(client)
                ? known.computeIfAbsent(client, unknown -> Optional.ofNullable(ClientParts.of(unknown)))
                        .orElse(null)
                : ClientParts.of(client);
    }

    /** The client takes it for credentials. */
    private static boolean hasUserInfo(HttpRequest request) {
        if (request instanceof HttpUriRequest own) {
            URI uri = own.getURI();
            return uri != null
                    && uri.getRawAuthority() != null
                    && uri.getRawAuthority().indexOf('@') >= 0;
        }
        return request.getRequestLine().getUri().indexOf('@') >= 0;
    }

    private @Nullable Identity identity(
            ClientParts parts,
            ContextSettings settings,
            String parameters,
            HttpClient client,
            HttpRequest request,
            URI uri)
            throws NoSuchFieldException {
        CookieStore cookies = settings.cookies() == null ? parts.cookies() : settings.cookies();
        CredentialsProvider credentials = settings.credentials() == null ? parts.credentials() : settings.credentials();
        Object config = settings.config() == null ? parts.config() : settings.config();
        if (OBJECTS.hasField(request, "config") && OBJECTS.field(request, "config") != null) {
            config = OBJECTS.field(request, "config");
        }
        if (!isEmpty(credentials) || (cookies != null && cookies.getClass() != BasicCookieStore.class)) {
            return null;
        }
        CallerIdentity caller = new CallerIdentity(fallbackStrategies, Apache4Instrumentation.NAME, () -> uri)
                .text(parts.text())
                .text(parameters);
        if (cookies != null) {
            for (Cookie cookie : cookies.getCookies()) {
                caller = caller.text(" cookie " + cookie.getName() + '=' + cookie.getValue() + ';' + cookie.getDomain()
                        + cookie.getPath());
            }
        }
        caller = configured(caller, config);
        if (caller == null || !addsRoute(parts.routePlanner(), caller, client)) {
            return null;
        }
        // Its connections may show any certificate, or lead anywhere.
        boolean alone = "https".equalsIgnoreCase(uri.getScheme()) || !parts.connects();
        return (alone ? caller.object(" connections ", client) : caller).identity();
    }

    /** Adds the proxy and the own address that a configuration names. */
    private static @Nullable CallerIdentity configured(CallerIdentity caller, @Nullable Object config)
            throws NoSuchFieldException {
        if (config == null) {
            return caller;
        }
        if (!OBJECTS.nameOf(config).equals("client.config.RequestConfig")) {
            return null;
        }
        CallerIdentity configured = caller;
        if (OBJECTS.field(config, "proxy") instanceof HttpHost proxy) {
            configured = configured.text(CallerIdentity.PROXY + proxy.toURI());
        }
        if (OBJECTS.field(config, "localAddress") instanceof InetAddress local) {
            configured = configured.text(" from " + local.getHostAddress());
        }
        return configured;
    }

    private static boolean addsRoute(@Nullable Object planner, CallerIdentity caller, HttpClient client)
            throws NoSuchFieldException {
        if (planner == null) {
            return true;
        }
        switch (OBJECTS.nameOf(planner)) {
            case "impl.conn.DefaultRoutePlanner", "impl.conn.DefaultHttpRoutePlanner" -> {
                return true;
            }
            case "impl.conn.DefaultProxyRoutePlanner" -> {
                CallerIdentity unused = caller.object(CallerIdentity.PROXY, client);
                return true;
            }
            case "impl.conn.SystemDefaultRoutePlanner", "impl.conn.ProxySelectorRoutePlanner" -> {
                ProxySelector selector = (ProxySelector) OBJECTS.field(planner, "proxySelector");
                CallerIdentity unused = selector == null ? caller.defaultProxies() : caller.proxies(selector);
                return true;
            }
            default -> {
                return false;
            }
        }
    }

    private static boolean isEmpty(@Nullable CredentialsProvider credentials) throws NoSuchFieldException {
        return credentials == null
                || (OBJECTS.nameOf(credentials).equals("impl.client.BasicCredentialsProvider")
                        && OBJECTS.field(credentials, "credMap") instanceof Map<?, ?> map
                        && map.isEmpty());
    }
}
