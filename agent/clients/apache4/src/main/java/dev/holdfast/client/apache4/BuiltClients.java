package dev.holdfast.client.apache4;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Set;
import org.apache.http.HttpRequest;
import org.apache.http.client.HttpClient;
import org.apache.http.impl.NoConnectionReuseStrategy;
import org.apache.http.params.HttpParams;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Makes clients by the builder that came with 4.3, by reflection: a class that named it would not fit older versions,
 * which have no client that is made so.
 */
final class BuiltClients {
    private static final String BUILDER = "org.apache.http.impl.client.HttpClientBuilder";
    private static final String CONFIG = "org.apache.http.client.config.RequestConfig";
    private static final String CONFIG_OF_PARAMETERS = "org.apache.http.client.params.HttpClientParamConfig";
    private static final String CONTEXT_CONFIG = "http.request-config";
    private static final String CONNECTIONS = "org.apache.http.impl.conn.BasicHttpClientConnectionManager";

    private BuiltClients() {}

    /**
     * A client without a user, which sends each request once, over a connection of its own.
     *
     * @param config of its requests; null: the library's
     * @param planner of routes; null: the library's
     * @param operator has the sockets and the TLS of connections; null: the library's
     */
    static HttpClient credentialFree(@Nullable Object config, @Nullable Object planner, @Nullable Object operator) {
        Object builder = invoke(type(BUILDER), null, "create");
        for (String off : new String[] {
            "disableAuthCaching", "disableAutomaticRetries", "disableCookieManagement", "disableRedirectHandling"
        }) {
            Object unused = call(builder, off);
        }
        Object unused = call(builder, "setConnectionReuseStrategy", new NoConnectionReuseStrategy());
        if (config != null) {
            Object copy = invoke(type(CONFIG), null, "copy", config);
            unused = call(copy, "setAuthenticationEnabled", false);
            unused = call(copy, "setRedirectsEnabled", false);
            unused = call(builder, "setDefaultRequestConfig", call(copy, "build"));
        }
        if (planner != null) {
            unused = call(builder, "setRoutePlanner", planner);
        }
        Object connections = operator == null ? null : connections(operator);
        if (connections != null) {
            unused = call(builder, "setConnectionManager", connections);
        }
        return (HttpClient) call(builder, "build");
    }

    /**
     * The configuration of a request, as the library chooses it: its own, that of its parameters, of its context, of
     * the client.
     *
     * @param ofClient null: it has none
     * @return null: there is none
     */
    @SuppressWarnings("deprecation") // what programs may use
    static @Nullable Object config(HttpRequest request, @Nullable HttpContext context, @Nullable Object ofClient) {
        Object own = OptionalParts.config(request);
        if (own != null) {
            return own;
        }
        HttpParams parameters = request.getParams();
        if (!isEmpty(parameters)) {
            Class<?> reader = type(CONFIG_OF_PARAMETERS);
            return ofClient == null || !hasMethod(reader, "getRequestConfig", 2) // since 4.4
                    ? invoke(reader, null, "getRequestConfig", parameters)
                    : invoke(reader, null, "getRequestConfig", parameters, ofClient);
        }
        Object ofContext = context == null ? null : context.getAttribute(CONTEXT_CONFIG);
        return ofContext == null ? ofClient : ofContext;
    }

    @SuppressWarnings("deprecation") // what programs may use
    private static boolean isEmpty(HttpParams parameters) {
        return hasMethod(parameters.getClass(), "getNames", 0)
                && call(parameters, "getNames") instanceof Set<?> names
                && names.isEmpty();
    }

    private static boolean hasMethod(Class<?> type, String name, int parameters) {
        for (Method method : type.getMethods()) {
            if (method.getName().equals(name) && method.getParameterCount() == parameters) {
                return true;
            }
        }
        return false;
    }

    /** Null: the operator is none of the library's, and it is not known what it has. */
    private static @Nullable Object connections(Object operator) {
        Object sockets = CredentialFreeClients.part(operator, "socketFactoryRegistry");
        if (sockets == null) {
            return null;
        }
        for (Constructor<?> constructor : type(CONNECTIONS).getConstructors()) {
            if (constructor.getParameterCount() == 4) {
                try {
                    return constructor.newInstance(
                            sockets,
                            null,
                            CredentialFreeClients.part(operator, "schemePortResolver"),
                            CredentialFreeClients.part(operator, "dnsResolver"));
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        return null;
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(name, false, HttpClient.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Calls a public method of an object of the library. */
    static Object call(Object receiver, String name, Object... arguments) {
        return invoke(receiver.getClass(), receiver, name, arguments);
    }

    private static Object invoke(Class<?> type, @Nullable Object receiver, String name, Object... arguments) {
        for (Method method : type.getMethods()) {
            if (method.getName().equals(name) && method.getParameterCount() == arguments.length) {
                try {
                    return method.invoke(receiver, arguments);
                } catch (IllegalAccessException | InvocationTargetException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        throw new IllegalStateException(name);
    }
}
