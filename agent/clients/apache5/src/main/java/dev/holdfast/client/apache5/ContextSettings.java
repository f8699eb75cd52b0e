package dev.holdfast.client.apache5;

import dev.holdfast.exchange.ContextAttributes;
import dev.holdfast.exchange.LibraryObjects;
import java.util.Map;
import java.util.Set;
import org.apache.hc.client5.http.auth.AuthCache;
import org.apache.hc.client5.http.auth.AuthExchange;
import org.apache.hc.client5.http.auth.AuthSchemeFactory;
import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.cookie.CookieSpecFactory;
import org.apache.hc.client5.http.cookie.CookieStore;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.config.Lookup;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a program's context that take the place of the client's, null where they do not. Known only of a
 * context that has nothing else which a request may depend on: an attribute of an unknown name may be of use to
 * anybody.
 */
record ContextSettings(
        @Nullable CookieStore cookies,
        @Nullable CredentialsProvider credentials,
        @Nullable RequestConfig config) {
    private static final LibraryObjects OBJECTS = ClientParts.OBJECTS;

    private static final String COOKIES = "http.cookie-store";
    private static final String CREDENTIALS = "http.auth.credentials-provider";
    private static final String CONFIG = "http.request-config";
    private static final String COOKIE_SPECS = "http.cookiespec-registry";
    private static final String AUTH_SCHEMES = "http.authscheme-registry";
    private static final String AUTH_CACHE = "http.auth.auth-cache";
    private static final String AUTH_EXCHANGES = "http.auth.exchanges";

    private static final ContextAttributes ATTRIBUTES = new ContextAttributes(
            OBJECTS,
            Set.of(
                    "client5.http.protocol.HttpClientContext",
                    "core5.http.protocol.BasicHttpContext",
                    "core5.http.protocol.HttpCoreContext"),
            // Since 5.4.
            Map.ofEntries(
                    Map.entry("request", "http.request"),
                    Map.entry("response", "http.response"),
                    Map.entry("endpointDetails", "http.connection-endpoint"),
                    Map.entry("sslSession", "http.ssl-session"),
                    Map.entry("route", "http.route"),
                    Map.entry("redirectLocations", "http.protocol.redirect-locations"),
                    Map.entry("cookieSpec", "http.cookie-spec"),
                    Map.entry("cookieOrigin", "http.cookie-origin"),
                    Map.entry("exchangeId", "http.exchange-id"),
                    Map.entry("authExchangeMap", AUTH_EXCHANGES),
                    Map.entry("cookieSpecFactoryLookup", COOKIE_SPECS),
                    Map.entry("authSchemeFactoryLookup", AUTH_SCHEMES),
                    Map.entry("cookieStore", COOKIES),
                    Map.entry("credentialsProvider", CREDENTIALS),
                    Map.entry("authCache", AUTH_CACHE),
                    Map.entry("requestConfig", CONFIG)),
            Set.of(
                    "http.request",
                    "http.response",
                    "http.connection-endpoint",
                    "http.ssl-session",
                    "http.route",
                    "http.protocol.redirect-locations",
                    "http.cookie-spec",
                    "http.cookie-origin",
                    "http.exchange-id"));

    private static final ContextSettings NONE = new ContextSettings(null, null, null);

    /**
     * Reads a context.
     *
     * @param context null: the program gave none
     * @return null: it may say who asks
     */
    static @Nullable ContextSettings of(@Nullable HttpContext context) throws NoSuchFieldException {
        if (context == null) {
            return NONE;
        }
        Map<String, Object> attributes = shared(context);
        if (attributes == null) {
            return null;
        }
        return new ContextSettings(
                (CookieStore) attributes.get(COOKIES),
                (CredentialsProvider) attributes.get(CREDENTIALS),
                (RequestConfig) attributes.get(CONFIG));
    }

    /**
     * The settings of a context that several attempts can share.
     *
     * @return null: it has something else, or an authentication has begun
     */
    static @Nullable Map<String, Object> shared(HttpContext context) throws NoSuchFieldException {
        Map<String, Object> attributes = ATTRIBUTES.of(context);
        if (attributes == null) {
            return null;
        }
        for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
            if (!isHarmless(attribute.getKey(), attribute.getValue())) {
                return null;
            }
        }
        attributes.remove(AUTH_EXCHANGES);
        return attributes;
    }

    /** Gives a context these settings. */
    @SuppressWarnings("unchecked") // as they were read
    static void set(HttpClientContext context, Map<String, Object> settings) {
        context.setCookieStore((CookieStore) settings.get(COOKIES));
        context.setCredentialsProvider((CredentialsProvider) settings.get(CREDENTIALS));
        context.setCookieSpecRegistry((Lookup<CookieSpecFactory>) settings.get(COOKIE_SPECS));
        context.setAuthSchemeRegistry((Lookup<AuthSchemeFactory>) settings.get(AUTH_SCHEMES));
        context.setAuthCache((AuthCache) settings.get(AUTH_CACHE));
        RequestConfig config = (RequestConfig) settings.get(CONFIG);
        if (config != null) {
            context.setRequestConfig(config);
        }
    }

    private static boolean isHarmless(String name, Object value) throws NoSuchFieldException {
        return switch (name) {
            case COOKIES -> value instanceof CookieStore;
            case CREDENTIALS -> value instanceof CredentialsProvider;
            case CONFIG -> value instanceof RequestConfig;
            case COOKIE_SPECS, AUTH_SCHEMES -> ClientParts.isOwnRegistry(value);
            case AUTH_CACHE ->
                OBJECTS.nameOf(value).equals("client5.http.impl.auth.BasicAuthCache")
                        && OBJECTS.field(value, "map") instanceof Map<?, ?> map
                        && map.isEmpty();
            case AUTH_EXCHANGES ->
                value instanceof Map<?, ?> exchanges
                        && exchanges.values().stream().allMatch(ContextSettings::isUnchallenged);
            default -> false;
        };
    }

    private static boolean isUnchallenged(@Nullable Object exchange) {
        return exchange != null
                && exchange.getClass() == AuthExchange.class
                && ((AuthExchange) exchange).getState() == AuthExchange.State.UNCHALLENGED
                && ((AuthExchange) exchange).getAuthScheme() == null;
    }
}
