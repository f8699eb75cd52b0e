package dev.holdfast.client.apache4;

import dev.holdfast.exchange.LibraryObjects;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.http.HttpConnection;
import org.apache.http.HttpRequest;
import org.apache.http.client.CookieStore;
import org.apache.http.client.CredentialsProvider;
import org.apache.http.client.HttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a client that may tell users apart. Known only of a client that consists of the library's own parts: an
 * interceptor, an element of the exec chain or an authentication handler of the program's own may add anything.
 *
 * @param text what the client adds to each request; empty: nothing
 * @param cookies null: none yet
 * @param credentials null: none yet
 * @param routePlanner null: the library's own, which goes by the parameters
 * @param config of requests, where the version has it
 * @param connects whether its connections lead where those of other clients lead
 */
record ClientParts(
        String text,
        @Nullable CookieStore cookies,
        @Nullable CredentialsProvider credentials,
        @Nullable Object routePlanner,
        @Nullable Object config,
        boolean connects) {
    /** The objects of this copy. */
    static final LibraryObjects OBJECTS = new LibraryObjects(HttpClient.class, "client.HttpClient", HttpRequest.class);

    /** The connection of a pool, as one who leases it has it. */
    private static final String POOLED = "impl.conn.CPoolProxy";

    private static final String REGISTRY = "config.Registry";
    private static final String CHAIN = "impl.execchain.";
    private static final int LONGEST_CHAIN = 32;

    private static final Set<String> OLD_CLIENTS = Set.of(
            "impl.client.ContentEncodingHttpClient",
            "impl.client.DefaultHttpClient",
            "impl.client.SystemDefaultHttpClient");

    /** The parts of an old client that do more than decide; null where they are the library's own. */
    private static final List<String> OLD_PARTS = List.of(
            "proxyAuthHandler",
            "proxyAuthStrategy",
            "redirectHandler",
            "redirectStrategy",
            "requestExec",
            "targetAuthHandler",
            "targetAuthStrategy");

    /** Elements of the exec chain, each of which has the next one. */
    private static final Set<String> ELEMENTS = Set.of(
            CHAIN + "BackoffStrategyExec",
            CHAIN + "ProtocolExec",
            CHAIN + "RedirectExec",
            CHAIN + "RetryExec",
            CHAIN + "ServiceUnavailableRetryExec");

    /** Their fields that only decide whether something is done again or kept, whoever made them; and those of logs. */
    private static final Set<String> DECIDING = Set.of(
            "backoffManager",
            "connManager",
            "connectionBackoffStrategy",
            "keepAliveStrategy",
            "log",
            "retryHandler",
            "retryStrategy",
            "reuseStrategy",
            "userTokenHandler");

    private static final Set<String> INTERCEPTORS = Set.of(
            "RequestAcceptEncoding",
            "RequestAddCookies",
            "RequestAuthCache",
            "RequestClientConnControl",
            "RequestContent",
            "RequestDefaultHeaders",
            "RequestExpectContinue",
            "RequestProxyAuthentication",
            "RequestTargetAuthentication",
            "RequestTargetHost",
            "RequestUserAgent");

    /**
     * Looks at a client.
     *
     * @return null: it has parts of the program's own, or is of a version of which nothing is known
     */
    static @Nullable ClientParts of(HttpClient client) {
        try {
            String type = OBJECTS.nameOf(client);
            return OLD_CLIENTS.contains(type)
                    ? ofOld(client)
                    : type.equals("impl.client.InternalHttpClient") ? ofBuilt(client) : null;
        } catch (NoSuchFieldException e) {
            return null;
        }
    }

    /** Returns whether a client's parts are always the same ones. */
    static boolean isFixed(HttpClient client) {
        return !OLD_CLIENTS.contains(OBJECTS.nameOf(client));
    }

    /** Returns whether a client sends a request line as it is. */
    static boolean isMinimal(HttpClient client) {
        return OBJECTS.nameOf(client).equals("impl.client.MinimalHttpClient");
    }

    /** A client that a builder has made. */
    private static @Nullable ClientParts ofBuilt(HttpClient client) throws NoSuchFieldException {
        StringBuilder headers = new StringBuilder();
        return isOwnRegistry(OBJECTS.field(client, "cookieSpecRegistry"))
                        && isOwnRegistry(OBJECTS.field(client, "authSchemeRegistry"))
                        && chainIsOwn(client, headers)
                ? new ClientParts(
                        headers.toString(),
                        (CookieStore) OBJECTS.field(client, "cookieStore"),
                        (CredentialsProvider) OBJECTS.field(client, "credentialsProvider"),
                        OBJECTS.field(client, "routePlanner"),
                        OBJECTS.field(client, "defaultConfig"),
                        connectsAsOthers(OBJECTS.field(client, "connManager")))
                : null;
    }

    /** A client of the kind that all versions have. It can be changed at any time, and makes its parts when needed. */
    private static @Nullable ClientParts ofOld(HttpClient client) throws NoSuchFieldException {
        StringBuilder headers = new StringBuilder();
        Object processor = OBJECTS.field(
                client, OBJECTS.hasField(client, "mutableProcessor") ? "mutableProcessor" : "httpProcessor");
        if (processor != null && !addsNothing(processor, headers)) {
            return null;
        }
        for (String part : OLD_PARTS) {
            Object value = OBJECTS.hasField(client, part) ? OBJECTS.field(client, part) : null;
            if (value != null && !OBJECTS.has(value)) {
                return null;
            }
        }
        String parameters = Parameters.text(OBJECTS.field(client, "defaultParams"));
        return parameters == null
                        || !isOwnTable(OBJECTS.field(client, "supportedCookieSpecs"), "registeredSpecs")
                        || !isOwnTable(OBJECTS.field(client, "supportedAuthSchemes"), "registeredSchemes")
                ? null
                : new ClientParts(
                        headers + parameters,
                        (CookieStore) OBJECTS.field(client, "cookieStore"),
                        (CredentialsProvider) OBJECTS.field(client, "credsProvider"),
                        OBJECTS.field(client, "routePlanner"),
                        null,
                        false);
    }

    /** Returns whether a connection knows that it was given back, so that it is nobody else's. */
    static boolean isLease(HttpConnection connection) {
        return Proxy.isProxyClass(connection.getClass())
                || OBJECTS.nameOf(connection).equals(POOLED);
    }

    /** Returns whether all schemes of authentication, or kinds of cookies, are the library's own, as since 4.3. */
    static boolean isOwnRegistry(@Nullable Object registry) throws NoSuchFieldException {
        return OBJECTS.isOwn(registry, REGISTRY);
    }

    /** Returns whether they are, in the tables of older versions; null: the client has made none yet. */
    static boolean isOwnTable(@Nullable Object table, String field) throws NoSuchFieldException {
        return table == null
                || (OBJECTS.has(table)
                        && OBJECTS.field(table, field) instanceof Map<?, ?> map
                        && map.values().stream().allMatch(OBJECTS::has));
    }

    private static boolean chainIsOwn(HttpClient client, StringBuilder headers) throws NoSuchFieldException {
        Object element = OBJECTS.field(client, "execChain");
        boolean adds = false;
        for (int i = 0; element != null && i < LONGEST_CHAIN; i++) {
            String name = OBJECTS.nameOf(element);
            boolean last = name.equals(CHAIN + "MainClientExec");
            if (!(last || ELEMENTS.contains(name)) || !isPlain(element)) {
                return false;
            }
            if (name.equals(CHAIN + "ProtocolExec")) {
                Object processor = OBJECTS.field(element, "httpProcessor");
                adds = processor != null && addsNothing(processor, headers);
                if (!adds) {
                    return false;
                }
            }
            if (last) {
                return adds;
            }
            element = OBJECTS.field(element, "requestExecutor");
        }
        return false;
    }

    private static boolean isPlain(Object element) throws NoSuchFieldException {
        for (Field field : element.getClass().getDeclaredFields()) {
            String name = field.getName();
            if (field.getType().isPrimitive() || DECIDING.contains(name) || !OBJECTS.hasField(element, name)) {
                continue;
            }
            Object value = OBJECTS.field(element, name);
            if (value != null && !OBJECTS.has(value)) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether the interceptors of requests are the library's own; adds the headers that one of them adds. */
    private static boolean addsNothing(Object processor, StringBuilder headers) throws NoSuchFieldException {
        String kind = OBJECTS.nameOf(processor);
        if (!kind.equals("protocol.ImmutableHttpProcessor") && !kind.equals("protocol.BasicHttpProcessor")) {
            return false;
        }
        Object all = OBJECTS.field(processor, "requestInterceptors");
        Collection<?> interceptors =
                all instanceof Object[] array ? Arrays.asList(array) : all instanceof Collection<?> list ? list : null;
        if (interceptors == null) {
            return false;
        }
        for (Object interceptor : interceptors) {
            String type = OBJECTS.nameOf(interceptor);
            String simple = type.substring(type.lastIndexOf('.') + 1);
            boolean own = type.startsWith("protocol.") || type.startsWith("client.protocol.");
            if (!own || !INTERCEPTORS.contains(simple)) {
                return false;
            }
            if (simple.equals("RequestDefaultHeaders")
                    && OBJECTS.hasField(interceptor, "defaultHeaders")
                    && OBJECTS.field(interceptor, "defaultHeaders") instanceof Collection<?> added
                    && !added.isEmpty()) {
                headers.append(" headers ").append(added);
            }
        }
        return true;
    }

    /** Returns whether connections go to the addresses that the JVM finds, by sockets of the library's own. */
    private static boolean connectsAsOthers(@Nullable Object manager) {
        try {
            if (manager == null || !OBJECTS.has(manager)) {
                return false;
            }
            Object operator = OBJECTS.field(manager, "connectionOperator");
            if (operator == null || !OBJECTS.nameOf(operator).endsWith("HttpClientConnectionOperator")) {
                return false;
            }
            Object resolver = OBJECTS.field(operator, "dnsResolver");
            return resolver != null
                    && OBJECTS.nameOf(resolver).equals("impl.conn.SystemDefaultDnsResolver")
                    && OBJECTS.has(OBJECTS.field(operator, "schemePortResolver"))
                    && isOwnRegistry(OBJECTS.field(operator, "socketFactoryRegistry"));
        } catch (NoSuchFieldException e) {
            return false;
        }
    }
}
