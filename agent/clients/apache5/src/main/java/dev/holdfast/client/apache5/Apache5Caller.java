package dev.holdfast.client.apache5;

import dev.holdfast.exchange.LibraryObjects;
import dev.holdfast.fallback.CallerIdentity;
import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fallback.FallbackStrategies;
import java.net.ProxySelector;
import java.net.URI;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.client5.http.config.Configurable;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.cookie.BasicCookieStore;
import org.apache.hc.client5.http.cookie.Cookie;
import org.apache.hc.client5.http.cookie.CookieStore;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who a client speaks for beside the headers of the program's request: cookies, credentials, default headers,
 * the proxy, certificates, and where its connections lead. Known only where the parts of the client
 * ({@link ClientParts}) and of the program's context ({@link ContextSettings}) are. Thread-safe.
 */
final class Apache5Caller {
    private static final LibraryObjects OBJECTS = ClientParts.OBJECTS;

    private final FallbackStrategies fallbackStrategies;
    private final Map<CloseableHttpClient, Optional<ClientParts>> known =
            Collections.synchronizedMap(new WeakHashMap<>());

    Apache5Caller(FallbackStrategies fallbackStrategies) {
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
    Identity identity(
            CloseableHttpClient client, ClassicHttpRequest request, @Nullable HttpContext context, String address) {
        ClientParts parts = known.computeIfAbsent(client, unknown -> Optional.ofNullable(ClientParts.of(unknown)))
                .orElse(null);
        if (parts == null || !OBJECTS.behaves(request, "getMethod")) {
            return null;
        }
        try {
            ContextSettings settings = ContextSettings.of(context);
            return settings == null ? null : identity(parts, settings, client, request, URI.create(address));
        } catch (NoSuchFieldException | IllegalArgumentException e) {
            return null; // another version, of which nothing is known, or an address that is no URI
        }
    }

    private @Nullable Identity identity(
            ClientParts parts,
            ContextSettings settings,
            CloseableHttpClient client,
            ClassicHttpRequest request,
            URI uri)
            throws NoSuchFieldException {
        CookieStore cookies = settings.cookies() == null ? parts.cookies() : settings.cookies();
        CredentialsProvider credentials = settings.credentials() == null ? parts.credentials() : settings.credentials();
        RequestConfig config = settings.config() == null ? parts.config() : settings.config();
        if (request instanceof Configurable configurable && configurable.getConfig() != null) {
            config = configurable.getConfig();
        }
        if (!isEmpty(credentials) || (cookies != null && cookies.getClass() != BasicCookieStore.class)) {
            return null;
        }
        return identity(parts, client, cookies, config == null ? null : config.getProxy(), uri);
    }

    private @Nullable Identity identity(
            ClientParts parts,
            CloseableHttpClient client,
            @Nullable CookieStore cookies,
            @Nullable HttpHost proxy,
            URI uri)
            throws NoSuchFieldException {
        CallerIdentity caller =
                new CallerIdentity(fallbackStrategies, Apache5Instrumentation.NAME, () -> uri).text(parts.headers());
        if (cookies != null) {
            for (Cookie cookie : cookies.getCookies()) {
                caller = caller.text(" cookie " + cookie.getName() + '=' + cookie.getValue() + ';' + cookie.getDomain()
                        + cookie.getPath());
            }
        }
        if (proxy != null) {
            caller = caller.text(CallerIdentity.PROXY + proxy.toURI());
        }
        Object planner = parts.routePlanner();
        if (planner == null) {
            return null;
        }
        switch (OBJECTS.nameOf(planner)) {
            case "client5.http.impl.routing.DefaultRoutePlanner" -> {}
            case "client5.http.impl.routing.DefaultProxyRoutePlanner" ->
                caller = caller.object(CallerIdentity.PROXY, client);
            case "client5.http.impl.routing.SystemDefaultRoutePlanner" -> {
                ProxySelector selector = (ProxySelector) OBJECTS.field(planner, "proxySelector");
                caller = selector == null ? caller.defaultProxies() : caller.proxies(selector);
            }
            default -> {
                return null;
            }
        }
        // Its connections may show any certificate, or lead anywhere.
        boolean alone = "https".equalsIgnoreCase(uri.getScheme()) || !parts.connects();
        return (alone ? caller.object(" connections ", client) : caller).identity();
    }

    private static boolean isEmpty(@Nullable CredentialsProvider credentials) throws NoSuchFieldException {
        return credentials == null
                || (OBJECTS.nameOf(credentials).equals("client5.http.impl.auth.BasicCredentialsProvider")
                        && OBJECTS.field(credentials, "credMap") instanceof Map<?, ?> map
                        && map.isEmpty());
    }
}
