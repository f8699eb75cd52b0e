package dev.holdfast.client.apache4;

import dev.holdfast.exchange.ContextAttributes;
import dev.holdfast.exchange.LibraryObjects;
import java.util.Map;
import java.util.Set;
import org.apache.http.client.CookieStore;
import org.apache.http.client.CredentialsProvider;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a program's context that take the place of the client's, null where they do not. Known only of a
 * context that has nothing else which a request may depend on: an attribute of an unknown name may be of use to
 * anybody.
 *
 * @param config of requests, where the version has it
 */
record ContextSettings(
        @Nullable CookieStore cookies,
        @Nullable CredentialsProvider credentials,
        @Nullable Object config) {
    private static final LibraryObjects OBJECTS = ClientParts.OBJECTS;

    private static final String COOKIES = "http.cookie-store";
    private static final String CREDENTIALS = "http.auth.credentials-provider";
    private static final String CONFIG = "http.request-config";
    private static final String COOKIE_SPECS = "http.cookiespec-registry";
    private static final String AUTH_SCHEMES = "http.authscheme-registry";
    static final String AUTH_CACHE = "http.auth.auth-cache";
    private static final String TARGET_STATE = "http.auth.target-scope";
    private static final String PROXY_STATE = "http.auth.proxy-scope";

    /** The attributes that the client writes to a context, and does not read for a next request. */
    static final Set<String> RESULTS = Set.of(
            "http.connection",
            "http.cookie-origin",
            "http.cookie-spec",
            "http.protocol.redirect-locations",
            "http.proxy_host",
            "http.request",
            "http.request_sent",
            "http.response",
            "http.route",
            "http.scheme-registry",
            "http.target_host");

    private static final ContextAttributes ATTRIBUTES = new ContextAttributes(
            OBJECTS,
            Set.of(
                    "client.protocol.HttpClientContext",
                    "protocol.BasicHttpContext",
                    "protocol.DefaultedHttpContext",
                    "protocol.HttpCoreContext",
                    "protocol.SyncBasicHttpContext"),
            Map.of(),
            RESULTS);

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
                attributes.get(CONFIG));
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
        attributes.remove(TARGET_STATE);
        attributes.remove(PROXY_STATE);
        return attributes;
    }

    private static boolean isHarmless(String name, Object value) throws NoSuchFieldException {
        return switch (name) {
            case COOKIES -> value instanceof CookieStore;
            case CREDENTIALS -> value instanceof CredentialsProvider;
            case CONFIG -> OBJECTS.nameOf(value).equals("client.config.RequestConfig");
            case COOKIE_SPECS -> isOwn(value, "registeredSpecs");
            case AUTH_SCHEMES -> isOwn(value, "registeredSchemes");
            case AUTH_CACHE ->
                OBJECTS.nameOf(value).equals("impl.client.BasicAuthCache")
                        && OBJECTS.field(value, "map") instanceof Map<?, ?> map
                        && map.isEmpty();
            case TARGET_STATE, PROXY_STATE -> isUnchallenged(value);
            default -> false;
        };
    }

    private static boolean isOwn(Object registry, String oldField) throws NoSuchFieldException {
        return OBJECTS.hasField(registry, oldField)
                ? ClientParts.isOwnTable(registry, oldField)
                : ClientParts.isOwnRegistry(registry);
    }

    private static boolean isUnchallenged(Object state) throws NoSuchFieldException {
        return OBJECTS.nameOf(state).equals("auth.AuthState")
                && OBJECTS.field(state, "authScheme") == null
                && OBJECTS.field(state, "credentials") == null
                && (!OBJECTS.hasField(state, "state")
                        || String.valueOf(OBJECTS.field(state, "state")).equals("UNCHALLENGED"));
    }
}
