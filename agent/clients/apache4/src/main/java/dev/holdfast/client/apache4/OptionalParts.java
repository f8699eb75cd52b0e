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
    private static final @Nullable Class<?> CANCELLABLE = type("org.apache.http.concurrent.Cancellable");
    private static final @Nullable Class<?> EXECUTION_AWARE = type("org.apache.http.client.methods.HttpExecutionAware");
    private static final @Nullable Method CANCEL = method(CANCELLABLE, "cancel");
    private static final @Nullable Method IS_ABORTED = method(EXECUTION_AWARE, "isAborted");
    private static final @Nullable Method SET_CANCELLABLE = method(EXECUTION_AWARE, "setCancellable");
    private static final @Nullable Method GET_CONFIG = method(CONFIGURABLE, "getConfig");

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

    /** Cancels what the client waits for, if that can be cancelled. */
    static void cancel(Object waited) {
        if (CANCEL != null && CANCELLABLE != null && CANCELLABLE.isInstance(waited)) {
            Object unused = invoke(CANCEL, waited);
        }
    }

    /** Returns whether the program has aborted a request, which need not be one of the library's own. */
    static boolean isAborted(HttpRequest request) {
        return isExecutionAware(request) && IS_ABORTED != null && Boolean.TRUE.equals(invoke(IS_ABORTED, request));
    }

    /** Returns whether a request takes what is to be cancelled when the program aborts it. */
    static boolean isExecutionAware(HttpRequest request) {
        return EXECUTION_AWARE != null && EXECUTION_AWARE.isInstance(request);
    }

    /** Gives such a request an action for when it is aborted, or reset. */
    static void setCancellable(HttpRequest request, Runnable action) {
        if (SET_CANCELLABLE == null || CANCELLABLE == null) {
            throw new IllegalStateException("no cancellables");
        }
        Object cancellable = Proxy.newProxyInstance(
                CANCELLABLE.getClassLoader(), new Class<?>[] {CANCELLABLE}, (proxy, method, arguments) -> {
                    if (method.getDeclaringClass() == Object.class) {
                        return called(action, method, arguments);
                    }
                    action.run();
                    return true;
                });
        Object unused = invoke(SET_CANCELLABLE, request, cancellable);
    }

    private static @Nullable Object invoke(Method method, Object receiver, Object... arguments) {
        try {
            return method.invoke(receiver, arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
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
        return invoke(GET_CONFIG, configurable);
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
                        (proxy, method, arguments) -> calledResponse(response, method, arguments));
    }

    private static @Nullable Object calledResponse(HttpResponse response, Method method, Object @Nullable [] arguments)
            throws Throwable {
        if (method.getName().equals("close")) {
            HttpEntity entity = response.getEntity();
            if (entity != null && entity.isStreaming()) {
                entity.getContent().close();
            }
            return null;
        }
        return called(response, method, arguments);
    }

    private static @Nullable Object called(Object receiver, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(receiver, arguments);
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
