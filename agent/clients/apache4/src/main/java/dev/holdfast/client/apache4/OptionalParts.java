package dev.holdfast.client.apache4;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.apache.http.HttpEntity;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.HttpRequestBase;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the library that came with 4.3, by reflection: a class that named them would not fit older versions. A
 * version that lacks a part has no use for it either: its methods then do nothing.
 */
final class OptionalParts {
    private static final @Nullable Class<?> CLOSEABLE_RESPONSE =
            type("org.apache.http.client.methods.CloseableHttpResponse");
    private static final @Nullable Class<?> CONFIGURABLE = type("org.apache.http.client.methods.Configurable");
    private static final @Nullable Class<?> TYPED_CONTEXT = type("org.apache.http.client.protocol.HttpClientContext");
    private static final @Nullable Class<?> ABORTED = type("org.apache.http.impl.execchain.RequestAbortedException");
    private static final @Nullable Method GET_CONFIG = method(CONFIGURABLE, "getConfig");
    private static final @Nullable Method SET_CONFIG = method(HttpRequestBase.class, "setConfig");

    private OptionalParts() {}

    private static @Nullable Class<?> type(String name) {
        try {
            return Class.forName(name, false, HttpRequestBase.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            return null;
        }
    }

    private static @Nullable Method method(@Nullable Class<?> type, String name) {
        if (type != null) {
            for (Method method : type.getMethods()) {
                if (method.getName().equals(name)) {
                    return method;
                }
            }
        }
        return null;
    }

    /** Gives a request the parameters and the configuration of another one: timeouts, proxy, and more. */
    @SuppressWarnings("deprecation") // the only parameters that all versions have
    static void copySettings(HttpRequest from, HttpRequestBase to) {
        to.setParams(from.getParams());
        if (SET_CONFIG != null && CONFIGURABLE != null && CONFIGURABLE.isInstance(from)) {
            try {
                SET_CONFIG.invoke(to, config(from));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The configuration of a request; null: it has none. */
    static @Nullable Object config(HttpRequest request) {
        return configOf(request);
    }

    /** The configuration of a request or a client; null: it has none. */
    static @Nullable Object configOf(Object configurable) {
        if (GET_CONFIG == null || CONFIGURABLE == null || !CONFIGURABLE.isInstance(configurable)) {
            return null;
        }
        try {
            return GET_CONFIG.invoke(configurable);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A typed front of a context. */
    static HttpContext typed(HttpContext context) {
        if (TYPED_CONTEXT == null) {
            throw new IllegalStateException("no typed contexts");
        }
        try {
            return (HttpContext) TYPED_CONTEXT.getConstructor(HttpContext.class).newInstance(context);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A response of ours as the client's methods return it: from 4.3 on, one that can be closed. */
    static HttpResponse closeable(HttpResponse response) {
        return CLOSEABLE_RESPONSE == null || CLOSEABLE_RESPONSE.isInstance(response)
                ? response
                : (HttpResponse) Proxy.newProxyInstance(
                        CLOSEABLE_RESPONSE.getClassLoader(),
                        new Class<?>[] {CLOSEABLE_RESPONSE},
                        (proxy, method, arguments) -> called(response, method, arguments));
    }

    private static @Nullable Object called(HttpResponse response, Method method, Object @Nullable [] arguments)
            throws Throwable {
        if (method.getName().equals("close")) {
            HttpEntity entity = response.getEntity();
            if (entity != null && entity.isStreaming()) {
                entity.getContent().close();
            }
            return null;
        }
        try {
            return method.invoke(response, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    /** The exception by which the client says that a request was aborted. */
    static IOException aborted() {
        if (ABORTED != null) {
            try {
                return (IOException) ABORTED.getConstructor(String.class).newInstance("Request aborted");
            } catch (ReflectiveOperationException e) {
                // The one of older versions says the same.
            }
        }
        return new InterruptedIOException("Request aborted");
    }
}
