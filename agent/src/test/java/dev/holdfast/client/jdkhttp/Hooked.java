package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Engine;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Targets;
import dev.holdfast.call.Timer;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.PolicyTable;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A client as a woven program has it: its calls go through a hook, the hook's own go to the client. */
final class Hooked {
    final List<String> defects = new CopyOnWriteArrayList<>();
    final JdkHttpHook hook;
    private final HttpClient client;

    /** A client under a policy for every host. */
    Hooked(HttpClient client, Rules rules) {
        this(client, rules, "*");
    }

    Hooked(HttpClient client, Rules rules, String pattern) {
        this(client, engine(rules, pattern));
    }

    Hooked(HttpClient client, @Nullable Engine engine) {
        this.client = client;
        this.hook = new JdkHttpHook(() -> engine, (what, cause) -> defects.add(what + ": " + cause));
    }

    static Engine engine(Rules rules, String pattern) {
        Policy policy = Policies.retry().around(rules.policy());
        return new Engine(
                new PolicyTable<>(Map.of(HostPattern.parse(pattern), policy)), new Targets(Observer.NONE), new Timer());
    }

    @SuppressWarnings("unchecked") // as the woven code does: the handler's type is the response's
    <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) throws IOException, InterruptedException {
        Object response = hook.send(client, request, handler);
        return response == null ? client.send(request, handler) : (HttpResponse<T>) response;
    }

    @SuppressWarnings("unchecked") // as the woven code does: the handler's type is the response's
    <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
        Object future = hook.sendAsync(client, request, handler, null);
        return future == null ? client.sendAsync(request, handler) : (CompletableFuture<HttpResponse<T>>) future;
    }

    /** Sends either way; what the asynchronous one ends in is thrown as the blocking one throws it. */
    <T> HttpResponse<T> call(boolean async, HttpRequest request, BodyHandler<T> handler) throws Exception {
        if (!async) {
            return send(request, handler);
        }
        try {
            return sendAsync(request, handler).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
