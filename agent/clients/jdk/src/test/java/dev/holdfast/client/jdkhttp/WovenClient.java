package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Engine;
import dev.holdfast.call.Observer;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.call.Timer;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.ConcurrencyLimit;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.PolicyTable;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * A client as a woven program has it: its calls go to the hook first; the hook's own attempts come by again and pass.
 */
class WovenClient extends HttpClient {
    /** The errors that Holdfast reported. */
    final List<String> defects = new CopyOnWriteArrayList<>();

    /** The clock of Holdfast. */
    final Time time = new Time();

    private final HttpClient real;
    private final PolicyTargets targets;
    final @Nullable Engine engine;
    private final JdkHttpHook hook;

    /**
     * A client under a policy.
     *
     * @param testPolicy for every host, null: no policy
     */
    WovenClient(HttpClient real, @Nullable TestPolicy testPolicy) {
        this(real, testPolicy, FallbackPolicy.NONE);
    }

    /** A client under a policy with a fallback. */
    WovenClient(HttpClient real, @Nullable TestPolicy testPolicy, FallbackPolicy fallback) {
        this(testPolicy == null ? null : Policies.retry().fallback(fallback).around(testPolicy.policy()), real);
    }

    /** A client under any policy; null: none. */
    WovenClient(@Nullable Policy policy, HttpClient real) {
        this(policy, real, Observer.NONE);
    }

    /** A client under any policy, and who is told of what happens. */
    WovenClient(@Nullable Policy policy, HttpClient real, Observer observer) {
        this.real = real;
        this.targets = new PolicyTargets(observer);
        this.engine = policy == null ? null : engine(policy, targets, time);
        List<String> reported = defects;
        this.hook = new JdkHttpHook(
                () -> engine,
                new FallbackStrategies((what, why) -> {}),
                (what, cause) -> reported.add(what + ": " + cause));
    }

    /** Refers to no client: a call keeps its engine, and some tests wait for a client to be collected. */
    private static Engine engine(Policy policy, PolicyTargets targets, Time time) {
        return new Engine(
                new PolicyTable<>(Map.of(HostPattern.parse("*"), policy)),
                targets,
                new Timer(),
                () -> time.clock.getAsLong(),
                () -> {
                    time.aboutToWait.release(); // the wall clock is looked at for a Retry-After, before a wait
                    return System.currentTimeMillis();
                },
                new Random());
    }

    /** Returns the permits of {@code max_concurrent} that are held, of all origins. */
    int permitsTaken() {
        int taken = 0;
        for (PolicyTarget target : targets.all()) {
            ConcurrencyLimit limit = target.concurrency();
            taken += limit == null ? 0 : limit.taken();
        }
        return taken;
    }

    /** A clock that may be set to fail, and who looked at it. */
    static final class Time {
        volatile LongSupplier clock = System::nanoTime;
        private final Semaphore aboutToWait = new Semaphore(0);
    }

    /** The states of the breakers of all origins. */
    List<CircuitBreaker.State> breakers() {
        return targets.all().stream()
                .map(PolicyTarget::breaker)
                .flatMap(Stream::ofNullable)
                .map(CircuitBreaker::state)
                .toList();
    }

    /** Returns when a response was discarded in favour of a retry. */
    void awaitDiscarded() throws InterruptedException {
        if (!time.aboutToWait.tryAcquire(10, TimeUnit.SECONDS)) {
            throw new AssertionError("no response was discarded");
        }
    }

    /** Sends either way; what the asynchronous one ends in is thrown as its cause. */
    <T> HttpResponse<T> call(boolean async, HttpRequest request, BodyHandler<T> handler) throws Exception {
        if (!async) {
            return send(request, handler);
        }
        try {
            return sendAsync(request, handler).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    @Override
    @SuppressWarnings("unchecked") // as the woven code does: the handler's type is the response's
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        Object response = hook.send(this, request, handler);
        return response == null ? real.send(request, handler) : (HttpResponse<T>) response;
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
        return sendAsync(request, handler, null);
    }

    @Override
    @SuppressWarnings("unchecked") // as the woven code does: the handler's type is the response's
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request, BodyHandler<T> handler, @Nullable PushPromiseHandler<T> pushPromises) {
        Object future = hook.sendAsync(this, request, handler, pushPromises);
        return future == null
                ? real.sendAsync(request, handler, pushPromises)
                : (CompletableFuture<HttpResponse<T>>) future;
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return real.cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return real.connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
        return real.followRedirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return real.proxy();
    }

    @Override
    public SSLContext sslContext() {
        return real.sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
        return real.sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return real.authenticator();
    }

    @Override
    public Version version() {
        return real.version();
    }

    @Override
    public Optional<Executor> executor() {
        return real.executor();
    }

    // What ends a client, as woven code does it; called by that name from Java 21 on.

    /** See {@code HttpClient.shutdown}. */
    public void shutdown() {
        if (!hook.shutdown(this)) {
            end("shutdown");
        }
    }

    /** See {@code HttpClient.shutdownNow}. */
    public void shutdownNow() {
        hook.shutdownNow(this);
        end("shutdownNow");
    }

    /** See {@code HttpClient.close}. */
    public void close() {
        hook.close(this);
        end("close");
    }

    private void end(String how) {
        try {
            HttpClient.class.getMethod(how).invoke(real);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
