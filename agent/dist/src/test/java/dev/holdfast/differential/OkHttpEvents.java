package dev.holdfast.differential;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.List;
import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.HttpUrl;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Notes each event of OkHttp's, with what it tells. */
final class OkHttpEvents extends EventListener {
    private final Call expected;
    private final Consumer<String> notes;

    /** Listens to one call. */
    OkHttpEvents(Call expected, Consumer<String> notes) {
        this.expected = expected;
        this.notes = notes;
    }

    private void note(Call call, Object... what) {
        StringBuilder line = new StringBuilder("event:");
        for (Object part : what) {
            line.append(' ').append(part);
        }
        notes.accept(call == expected ? line.toString() : line + " of another call");
    }

    @Override
    public void callStart(Call call) {
        note(call, "callStart", call.isExecuted(), call.isCanceled());
    }

    @Override
    public void dispatcherQueueStart(Call call, Dispatcher dispatcher) {
        note(call, "dispatcherQueueStart");
    }

    @Override
    public void dispatcherQueueEnd(Call call, Dispatcher dispatcher) {
        note(call, "dispatcherQueueEnd");
    }

    @Override
    public void proxySelectStart(Call call, HttpUrl url) {
        note(call, "proxySelectStart", url);
    }

    @Override
    public void proxySelectEnd(Call call, HttpUrl url, List<Proxy> proxies) {
        note(call, "proxySelectEnd", url, proxies);
    }

    @Override
    public void dnsStart(Call call, String name) {
        note(call, "dnsStart", name);
    }

    @Override
    public void dnsEnd(Call call, String name, List<InetAddress> addresses) {
        note(call, "dnsEnd", name, addresses);
    }

    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
        note(call, "connectStart", address, proxy);
    }

    @Override
    public void secureConnectStart(Call call) {
        note(call, "secureConnectStart");
    }

    @Override
    public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
        note(call, "secureConnectEnd");
    }

    @Override
    public void connectEnd(Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
        note(call, "connectEnd", address, protocol);
    }

    @Override
    public void connectFailed(
            Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol, IOException failure) {
        note(call, "connectFailed", address, protocol, failure);
    }

    @Override
    public void connectionAcquired(Call call, Connection connection) {
        note(call, "connectionAcquired", connection.protocol());
    }

    @Override
    public void connectionReleased(Call call, Connection connection) {
        note(call, "connectionReleased");
    }

    @Override
    public void requestHeadersStart(Call call) {
        note(call, "requestHeadersStart");
    }

    @Override
    public void requestHeadersEnd(Call call, Request request) {
        note(call, "requestHeadersEnd", request);
    }

    @Override
    public void requestBodyStart(Call call) {
        note(call, "requestBodyStart");
    }

    @Override
    public void requestBodyEnd(Call call, long bytes) {
        note(call, "requestBodyEnd", bytes);
    }

    @Override
    public void requestFailed(Call call, IOException failure) {
        note(call, "requestFailed", failure);
    }

    @Override
    public void responseHeadersStart(Call call) {
        note(call, "responseHeadersStart");
    }

    @Override
    public void responseHeadersEnd(Call call, Response response) {
        note(call, "responseHeadersEnd", response);
    }

    @Override
    public void responseBodyStart(Call call) {
        note(call, "responseBodyStart");
    }

    @Override
    public void responseBodyEnd(Call call, long bytes) {
        note(call, "responseBodyEnd", bytes);
    }

    @Override
    public void responseFailed(Call call, IOException failure) {
        note(call, "responseFailed", failure);
    }

    @Override
    public void callEnd(Call call) {
        note(call, "callEnd");
    }

    @Override
    public void callFailed(Call call, IOException failure) {
        note(call, "callFailed", failure);
    }

    @Override
    public void canceled(Call call) {
        // The timer of callTimeout closes the connection before it says so: the call may have ended by then.
        if (!Thread.currentThread().getName().equals("Okio Watchdog")) {
            note(call, "canceled");
        }
    }

    @Override
    public void satisfactionFailure(Call call, Response response) {
        note(call, "satisfactionFailure", response);
    }

    @Override
    public void cacheHit(Call call, Response response) {
        note(call, "cacheHit", response);
    }

    @Override
    public void cacheMiss(Call call) {
        note(call, "cacheMiss");
    }

    @Override
    public void cacheConditionalHit(Call call, Response response) {
        note(call, "cacheConditionalHit", response);
    }

    @Override
    public void retryDecision(Call call, IOException failure, boolean retry) {
        note(call, "retryDecision", failure, retry);
    }

    @Override
    public void followUpDecision(Call call, Response response, @Nullable Request next) {
        note(call, "followUpDecision", response, next);
    }
}
