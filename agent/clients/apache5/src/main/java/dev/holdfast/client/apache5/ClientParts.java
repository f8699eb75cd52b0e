package dev.holdfast.client.apache5;

import dev.holdfast.exchange.LibraryObjects;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.Set;
import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.cookie.CookieStore;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a client that may tell users apart; none of them leads back to the client. Known only of a client that
 * consists of the library's own parts: an interceptor, an element of the exec chain or an authentication strategy of
 * the program's own may add anything.
 *
 * @param headers those that the client adds to each request; empty: none
 * @param connects whether its connections lead where those of other clients lead
 */
record ClientParts(
        String headers,
        @Nullable CookieStore cookies,
        @Nullable CredentialsProvider credentials,
        @Nullable Object routePlanner,
        @Nullable RequestConfig config,
        boolean connects) {
    /** The objects of this copy. */
    static final LibraryObjects OBJECTS = new LibraryObjects(
            CloseableHttpClient.class, "client5.http.impl.classic.CloseableHttpClient", ClassicHttpRequest.class);

    private static final String CLASSIC = "client5.http.impl.classic.";
    private static final String REGISTRY = "core5.http.config.Registry";
    private static final int LONGEST_CHAIN = 32;

    /** The elements of the exec chain that add nothing of their own which tells users apart. */
    private static final Set<String> ELEMENTS = Set.of(
            "ConnectExec",
            "ContentCompressionExec",
            "HttpRequestRetryExec",
            "MainClientExec",
            "ProtocolExec",
            "RedirectExec");

    /**
     * Their fields that only decide whether something is done again or kept, whoever made them, and that of the log.
     */
    private static final Set<String> DECIDING = Set.of(
            "keepAliveStrategy", "log", "redirectStrategy", "retryStrategy", "reuseStrategy", "userTokenHandler");

    /** The element of requests' interceptors, in one version or another. */
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

    /**
     * Looks at a client.
     *
     * @return null: it has parts of the program's own, or is of a version of which nothing is known
     */
    static @Nullable ClientParts of(CloseableHttpClient client) {
        if (!OBJECTS.nameOf(client).equals(CLASSIC + "InternalHttpClient")) {
            return null;
        }
        try {
            StringBuilder headers = new StringBuilder();
            return isOwn(client) && chainIsOwn(client, headers)
                    ? new ClientParts(
                            headers.toString(),
                            (CookieStore) OBJECTS.field(client, "cookieStore"),
                            (CredentialsProvider) OBJECTS.field(client, "credentialsProvider"),
                            OBJECTS.field(client, "routePlanner"),
                            (RequestConfig) OBJECTS.field(client, "defaultConfig"),
                            connectsAsOthers(OBJECTS.field(client, "connManager")))
                    : null;
        } catch (NoSuchFieldException e) {
            return null;
        }
    }

    private static boolean isOwn(CloseableHttpClient client) throws NoSuchFieldException {
        return OBJECTS.has(OBJECTS.field(client, "requestExecutor"))
                && isOwnRegistry(OBJECTS.field(client, "cookieSpecRegistry"))
                && isOwnRegistry(OBJECTS.field(client, "authSchemeRegistry"))
                && (!OBJECTS.hasField(client, "contextAdaptor")
                        || OBJECTS.has(OBJECTS.field(client, "contextAdaptor")));
    }

    /** Returns whether all schemes of authentication, or kinds of cookies, are the library's own. */
    static boolean isOwnRegistry(@Nullable Object registry) throws NoSuchFieldException {
        return OBJECTS.isOwn(registry, REGISTRY);
    }

    private static boolean chainIsOwn(CloseableHttpClient client, StringBuilder headers) throws NoSuchFieldException {
        boolean adds = false;
        Object element = OBJECTS.field(client, "execChain");
        for (int i = 0; element != null; i++) {
            Object handler = OBJECTS.field(element, "handler");
            if (i == LONGEST_CHAIN || handler == null || !isPlain(handler)) {
                return false;
            }
            if (ADDING.contains(simple(OBJECTS.nameOf(handler))) && OBJECTS.hasField(handler, "httpProcessor")) {
                adds = true;
                if (!addsNothing(OBJECTS.field(handler, "httpProcessor"), headers)) {
                    return false;
                }
            }
            element = OBJECTS.field(element, "next");
        }
        return adds;
    }

    private static boolean isPlain(Object handler) throws NoSuchFieldException {
        String name = OBJECTS.nameOf(handler);
        if (!name.startsWith(CLASSIC) || !ELEMENTS.contains(simple(name))) {
            return false;
        }
        for (Field field : handler.getClass().getDeclaredFields()) {
            if (!field.getType().isPrimitive() && !DECIDING.contains(field.getName()) && isForeign(handler, field)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isForeign(Object handler, Field field) throws NoSuchFieldException {
        if (!OBJECTS.hasField(handler, field.getName())) {
            return false; // a static one
        }
        Object value = OBJECTS.field(handler, field.getName());
        return value != null && value.getClass().getClassLoader() != null && !OBJECTS.has(value);
    }

    /** Returns whether the interceptors of requests are the library's own; adds the headers that one of them adds. */
    private static boolean addsNothing(@Nullable Object processor, StringBuilder headers) throws NoSuchFieldException {
        if (processor == null
                || !OBJECTS.nameOf(processor).equals("core5.http.protocol.DefaultHttpProcessor")
                || !(OBJECTS.field(processor, "requestInterceptors") instanceof Object[] interceptors)) {
            return false;
        }
        for (Object interceptor : interceptors) {
            String type = OBJECTS.nameOf(interceptor);
            boolean own = type.startsWith("core5.http.protocol.") || type.startsWith("client5.http.protocol.");
            if (!own || !INTERCEPTORS.contains(simple(type))) {
                return false;
            }
            if (simple(type).equals("RequestDefaultHeaders")
                    && OBJECTS.field(interceptor, "defaultHeaders") instanceof Collection<?> added
                    && !added.isEmpty()) {
                headers.append(" headers ").append(added);
            }
        }
        return true;
    }

    /** Returns whether connections go to the addresses that the JVM finds, by plain sockets and without SOCKS. */
    private static boolean connectsAsOthers(@Nullable Object manager) {
        try {
            if (manager == null || !OBJECTS.has(manager) || isConfigured(manager)) {
                return false;
            }
            Object operator = OBJECTS.field(manager, "connectionOperator");
            if (operator == null
                    || !OBJECTS.nameOf(operator).equals("client5.http.impl.io.DefaultHttpClientConnectionOperator")) {
                return false;
            }
            Object resolver = OBJECTS.field(operator, "dnsResolver");
            return resolver != null
                    && OBJECTS.nameOf(resolver).equals("client5.http.SystemDefaultDnsResolver")
                    && OBJECTS.has(OBJECTS.field(operator, "schemePortResolver"))
                    && (OBJECTS.hasField(operator, "detachedSocketFactory")
                            ? OBJECTS.has(OBJECTS.field(operator, "detachedSocketFactory"))
                            : isOwnRegistry(OBJECTS.field(operator, "socketFactoryRegistry")));
        } catch (NoSuchFieldException e) {
            return false;
        }
    }

    /**
     * Returns whether a manager's sockets may go through a SOCKS proxy: not where they are as the library makes them.
     */
    private static boolean isConfigured(Object manager) throws NoSuchFieldException {
        for (String name : new String[] {"socketConfigResolver", "defaultSocketConfig", "socketConfig"}) {
            Object config = OBJECTS.hasField(manager, name) ? OBJECTS.field(manager, name) : null;
            if (config != null
                    && (!OBJECTS.hasField(config, "socksProxyAddress")
                            || OBJECTS.field(config, "socksProxyAddress") != null)) {
                return true;
            }
        }
        return false;
    }

    private static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
