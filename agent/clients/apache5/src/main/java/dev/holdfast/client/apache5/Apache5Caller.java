package dev.holdfast.client.apache5;

import dev.holdfast.fallback.CallerIdentity;
import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fallback.FallbackStrategies;
import java.lang.reflect.Field;
import java.net.ProxySelector;
import java.net.URI;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.client5.http.config.Configurable;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.cookie.BasicCookieStore;
import org.apache.hc.client5.http.cookie.Cookie;
import org.apache.hc.client5.http.cookie.CookieStore;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who a client speaks for beside the headers of the program's request: cookies, credentials, default headers,
 * the proxy, certificates. Known only of a client that consists of the library's own parts: an interceptor, an element
 * of the exec chain, a route planner or a store of the program's own may add anything. The parts are looked at through
 * fields that are not public; what has not the expected ones is not known. Thread-safe.
 */
final class Apache5Caller {
    private static final int LONGEST_CHAIN = 32;

    /** The elements of the exec chain that add nothing of their own which tells users apart. */
    private static final Set<String> ELEMENTS = Set.of(
            "ConnectExec",
            "ContentCompressionExec",
            "HttpRequestRetryExec",
            "MainClientExec",
            "ProtocolExec",
            "RedirectExec");

    /** Those of them that have the interceptors of requests, in one version or another. */
    private static final Set<String> ADDING = Set.of("MainClientExec", "ProtocolExec");

    private static final Set<String> INTERCEPTORS = Set.of(
            "RequestAddCookies",
            "RequestAuthCache",
            "RequestClientConnControl",
            "RequestContent",
            "RequestDefaultHeaders",
            "RequestExpectContinue",
            "RequestTargetHost",
            "RequestUpgrade",
            "RequestUserAgent",
            "RequestValidateTrace");

    /** The package that all of a copy's names begin with, relocated or not, with a dot behind it. */
    private static final String LIBRARY = CloseableHttpClient.class
            .getName()
            .substring(0, CloseableHttpClient.class.getName().indexOf("client5.http.impl.classic."));

    private final FallbackStrategies fallbackStrategies;
    private final Map<CloseableHttpClient, Optional<Parts>> known = Collections.synchronizedMap(new WeakHashMap<>());

    /** The parts of a client that may tell users apart; none of them leads back to the client. */
    private record Parts(
            String headers,
            @Nullable CookieStore cookies,
            @Nullable CredentialsProvider credentials,
            @Nullable Object routePlanner,
            @Nullable RequestConfig config) {}

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
        Parts parts = parts(client);
        if (parts == null || !isLibrarys(request) || (context != null && !isLibrarys(context))) {
            return null;
        }
        try {
            return known(parts, client, request, context, URI.create(address));
        } catch (NoSuchFieldException e) {
            return null; // another version, of which nothing is known
        }
    }

    @SuppressWarnings("deprecation") // what all versions have
    private @Nullable Identity known(
            Parts parts, CloseableHttpClient client, ClassicHttpRequest request, @Nullable HttpContext context, URI uri)
            throws NoSuchFieldException {
        CookieStore cookies = parts.cookies();
        CredentialsProvider credentials = parts.credentials();
        RequestConfig config = parts.config();
        if (context != null) {
            HttpClientContext typed = HttpClientContext.adapt(context);
            if (typed.getAuthCache() != null || !typed.getAuthExchanges().isEmpty()) {
                return null;
            }
            cookies = typed.getCookieStore() == null ? cookies : typed.getCookieStore();
            credentials = typed.getCredentialsProvider() == null ? credentials : typed.getCredentialsProvider();
            config = typed.getRequestConfig() == null ? config : typed.getRequestConfig();
        }
        if (request instanceof Configurable configurable && configurable.getConfig() != null) {
            config = configurable.getConfig();
        }
        if (!isEmpty(credentials) || (cookies != null && cookies.getClass() != BasicCookieStore.class)) {
            return null;
        }
        return identity(parts, client, cookies, config == null ? null : config.getProxy(), uri);
    }

    private @Nullable Identity identity(
            Parts parts, CloseableHttpClient client, @Nullable CookieStore cookies, @Nullable HttpHost proxy, URI uri)
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
        switch (nameInLibrary(planner)) {
            case "client5.http.impl.routing.DefaultRoutePlanner" -> {}
            case "client5.http.impl.routing.DefaultProxyRoutePlanner" ->
                caller = caller.object(CallerIdentity.PROXY, client);
            case "client5.http.impl.routing.SystemDefaultRoutePlanner" -> {
                ProxySelector selector = (ProxySelector) field(planner, "proxySelector");
                caller = selector == null ? caller.defaultProxies() : caller.proxies(selector);
            }
            default -> {
                return null;
            }
        }
        // Its connections may show any certificate.
        return ("https".equalsIgnoreCase(uri.getScheme()) ? caller.object(" tls ", client) : caller).identity();
    }

    private static boolean isEmpty(@Nullable CredentialsProvider credentials) throws NoSuchFieldException {
        return credentials == null
                || (nameInLibrary(credentials).equals("client5.http.impl.auth.BasicCredentialsProvider")
                        && field(credentials, "credMap") instanceof Map<?, ?> map
                        && map.isEmpty());
    }

    private @Nullable Parts parts(CloseableHttpClient client) {
        return known.computeIfAbsent(client, unknown -> Optional.ofNullable(found(unknown)))
                .orElse(null);
    }

    private static @Nullable Parts found(CloseableHttpClient client) {
        if (!nameInLibrary(client).equals("client5.http.impl.classic.InternalHttpClient")) {
            return null;
        }
        try {
            StringBuilder headers = new StringBuilder();
            boolean adds = false;
            Object element = field(client, "execChain");
            for (int i = 0; element != null; i++) {
                Object handler = field(element, "handler");
                if (i == LONGEST_CHAIN || handler == null || !isPlain(handler)) {
                    return null;
                }
                if (ADDING.contains(simple(nameInLibrary(handler))) && hasField(handler, "httpProcessor")) {
                    adds = true;
                    if (!addsNothing(field(handler, "httpProcessor"), headers)) {
                        return null;
                    }
                }
                element = field(element, "next");
            }
            return adds
                    ? new Parts(
                            headers.toString(),
                            (CookieStore) field(client, "cookieStore"),
                            (CredentialsProvider) field(client, "credentialsProvider"),
                            field(client, "routePlanner"),
                            (RequestConfig) field(client, "defaultConfig"))
                    : null;
        } catch (NoSuchFieldException e) {
            return null; // another version, of which nothing is known
        }
    }

    private static boolean isPlain(Object handler) {
        String name = nameInLibrary(handler);
        return name.startsWith("client5.http.impl.classic.") && ELEMENTS.contains(simple(name));
    }

    /** Returns whether the interceptors of requests are the library's own; adds the headers that one of them adds. */
    private static boolean addsNothing(@Nullable Object processor, StringBuilder headers) throws NoSuchFieldException {
        if (processor == null
                || !nameInLibrary(processor).equals("core5.http.protocol.DefaultHttpProcessor")
                || !(field(processor, "requestInterceptors") instanceof Object[] interceptors)) {
            return false;
        }
        for (Object interceptor : interceptors) {
            String type = nameInLibrary(interceptor);
            boolean own = type.startsWith("core5.http.protocol.") || type.startsWith("client5.http.protocol.");
            if (!own || !INTERCEPTORS.contains(simple(type))) {
                return false;
            }
            if (simple(type).equals("RequestDefaultHeaders")
                    && field(interceptor, "defaultHeaders") instanceof Collection<?> added
                    && !added.isEmpty()) {
                headers.append(" headers ").append(added);
            }
        }
        return true;
    }

    private static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static boolean isLibrarys(Object object) {
        return !nameInLibrary(object).isEmpty();
    }

    /** The name of an object's class behind the library's root package; empty: it is none of this copy's. */
    private static String nameInLibrary(Object object) {
        Class<?> type = object.getClass();
        String name = type.getName();
        ClassLoader loader = type.getClassLoader();
        boolean library = loader == CloseableHttpClient.class.getClassLoader()
                || loader == ClassicHttpRequest.class.getClassLoader();
        return library && name.startsWith(LIBRARY) ? name.substring(LIBRARY.length()) : "";
    }

    private static boolean hasField(Object object, String name) {
        try {
            Field unused = object.getClass().getDeclaredField(name);
            return true;
        } catch (NoSuchFieldException e) {
            return false;
        }
    }

    private static @Nullable Object field(Object object, String name) throws NoSuchFieldException {
        try {
            Field field = object.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
