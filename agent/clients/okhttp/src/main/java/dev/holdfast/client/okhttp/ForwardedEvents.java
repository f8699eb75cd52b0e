package dev.holdfast.client.okhttp;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.HttpUrl;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Tells the program's listener of what happens in the call of an attempt, as of a part of the program's own call: all
 * but that call's own beginning and queueing, and its end only where the program's call ends with it. The methods that
 * only newer versions have are called by their names.
 */
final class ForwardedEvents extends EventListener {
    private static final Map<String, Method> LATER = later();

    private final EventListener listener;
    private final Call call;
    private final CallEnd end;

    ForwardedEvents(EventListener listener, Call call, CallEnd end) {
        this.listener = listener;
        this.call = call;
        this.end = end;
    }

    private static Map<String, Method> later() {
        Map<String, Method> methods = new HashMap<>();
        for (Method method : EventListener.class.getMethods()) {
            methods.put(method.getName(), method);
        }
        return methods;
    }

    private void tell(String event, @Nullable Object... more) {
        Method method = LATER.get(event);
        if (method == null || method.getParameterCount() != more.length + 1) {
            return;
        }
        Object[] arguments = new Object[more.length + 1];
        arguments[0] = call;
        System.arraycopy(more, 0, arguments, 1, more.length);
        try {
            Object unused = method.invoke(listener, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException thrown) {
                throw thrown; // the program's own, which ends its call as it would without us
            }
            if (e.getCause() instanceof Error thrown) {
                throw thrown;
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void callEnd(Call attempt) {
        if (end.ends()) {
            listener.callEnd(call);
        }
    }

    @Override
    public void callFailed(Call attempt, IOException ioe) {
        if (end.ends()) {
            listener.callFailed(call, ioe);
        }
    }

    @Override
    public void dnsStart(Call attempt, String domainName) {
        listener.dnsStart(call, domainName);
    }

    @Override
    public void dnsEnd(Call attempt, String domainName, List<InetAddress> inetAddressList) {
        listener.dnsEnd(call, domainName, inetAddressList);
    }

    @Override
    public void connectStart(Call attempt, InetSocketAddress inetSocketAddress, Proxy proxy) {
        listener.connectStart(call, inetSocketAddress, proxy);
    }

    @Override
    public void secureConnectStart(Call attempt) {
        listener.secureConnectStart(call);
    }

    @Override
    public void secureConnectEnd(Call attempt, @Nullable Handshake handshake) {
        listener.secureConnectEnd(call, handshake);
    }

    @Override
    public void connectEnd(
            Call attempt, InetSocketAddress inetSocketAddress, Proxy proxy, @Nullable Protocol protocol) {
        listener.connectEnd(call, inetSocketAddress, proxy, protocol);
    }

    @Override
    public void connectFailed(
            Call attempt,
            InetSocketAddress inetSocketAddress,
            Proxy proxy,
            @Nullable Protocol protocol,
            IOException ioe) {
        listener.connectFailed(call, inetSocketAddress, proxy, protocol, ioe);
    }

    @Override
    public void connectionAcquired(Call attempt, Connection connection) {
        listener.connectionAcquired(call, connection);
    }

    @Override
    public void connectionReleased(Call attempt, Connection connection) {
        listener.connectionReleased(call, connection);
    }

    @Override
    public void requestHeadersStart(Call attempt) {
        listener.requestHeadersStart(call);
    }

    @Override
    public void requestHeadersEnd(Call attempt, Request request) {
        listener.requestHeadersEnd(call, request);
    }

    @Override
    public void requestBodyStart(Call attempt) {
        listener.requestBodyStart(call);
    }

    @Override
    public void requestBodyEnd(Call attempt, long byteCount) {
        listener.requestBodyEnd(call, byteCount);
    }

    @Override
    public void responseHeadersStart(Call attempt) {
        listener.responseHeadersStart(call);
    }

    @Override
    public void responseHeadersEnd(Call attempt, Response response) {
        listener.responseHeadersEnd(call, response);
    }

    @Override
    public void responseBodyStart(Call attempt) {
        listener.responseBodyStart(call);
    }

    @Override
    public void responseBodyEnd(Call attempt, long byteCount) {
        listener.responseBodyEnd(call, byteCount);
    }

    @Override
    public void requestFailed(Call attempt, IOException ioe) {
        tell("requestFailed", ioe);
    }

    @Override
    public void responseFailed(Call attempt, IOException ioe) {
        tell("responseFailed", ioe);
    }

    /** Overrides a method of newer versions. */
    public void proxySelectStart(Call attempt, HttpUrl url) {
        tell("proxySelectStart", url);
    }

    /** Overrides a method of newer versions. */
    public void proxySelectEnd(Call attempt, HttpUrl url, List<Proxy> proxies) {
        tell("proxySelectEnd", url, proxies);
    }

    /** Overrides a method of newer versions. */
    public void satisfactionFailure(Call attempt, Response response) {
        tell("satisfactionFailure", response);
    }

    /** Overrides a method of newer versions. */
    public void cacheHit(Call attempt, Response response) {
        tell("cacheHit", response);
    }

    /** Overrides a method of newer versions. */
    public void cacheMiss(Call attempt) {
        tell("cacheMiss");
    }

    /** Overrides a method of newer versions. */
    public void cacheConditionalHit(Call attempt, Response cachedResponse) {
        tell("cacheConditionalHit", cachedResponse);
    }

    /** Overrides a method of newer versions. */
    public void retryDecision(Call attempt, IOException exception, boolean retry) {
        tell("retryDecision", exception, retry);
    }

    /** Overrides a method of newer versions. */
    public void followUpDecision(Call attempt, Response networkResponse, @Nullable Request nextRequest) {
        tell("followUpDecision", networkResponse, nextRequest);
    }
}
