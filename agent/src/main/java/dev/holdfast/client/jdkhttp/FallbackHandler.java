package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Step;
import dev.holdfast.fallback.FallbackCandidate;
import dev.holdfast.fallback.FallbackChain;
import dev.holdfast.fallback.FallbackRequest;
import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.fallback.ResponseRecording;
import dev.holdfast.policy.FallbackPolicy;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The fallback of one call: asks the strategies, and makes what the application gets of their answer, through the
 * application's own handler.
 *
 * @param <T> the application's body type
 */
final class FallbackHandler<T> {
    private final JdkCall<T> call;
    private final FallbackStrategies fallbackStrategies;
    private final HttpRequest request;
    private final @Nullable Identity identity;
    /** Null where no other origin can be asked. */
    private final @Nullable CapturedContext capturedContext;

    private volatile @Nullable CompletableFuture<Boolean> asked;
    private volatile FallbackCandidate.@Nullable Response response;
    private volatile @Nullable AlternateOriginCall<T> alternateOrigin;

    /** For a call that has not begun. */
    FallbackHandler(JdkCall<T> call, FallbackStrategies fallbackStrategies, HttpRequest request) {
        this.call = call;
        this.fallbackStrategies = fallbackStrategies;
        this.request = request;
        this.identity =
                policy().usesCache() ? JdkCallerIdentity.identity(call.sender(), request, fallbackStrategies) : null;
        this.capturedContext = policy().usesDegraded() ? CapturedContext.here() : null;
    }

    private FallbackPolicy policy() {
        return call.session.policy().fallback();
    }

    /**
     * Returns whether the client would still say the same of who asks: what was sent meanwhile may have had a cookie
     * more, and a later attempt another proxy. All else is the client's for good. To ask costs some 5 % of a call.
     *
     * @param attempt which attempt the response is of, the first being 1
     */
    boolean isAskedByTheSame(int attempt) {
        if (identity == null || (attempt == 1 && call.sender().cookieHandler().isEmpty())) {
            return identity != null;
        }
        return identity.equals(JdkCallerIdentity.identity(call.sender(), request, fallbackStrategies));
    }

    /** Begins to record a response that the application is about to read; null: it is not to be kept. */
    @Nullable
    ResponseRecording record(ResponseInfo head) {
        if (identity == null) {
            return null;
        }
        if (!call.method().equals("GET") && !call.method().equals("HEAD")) {
            fallbackStrategies.invalidate(policy(), described(), head.statusCode());
            return null;
        }
        return fallbackStrategies.record(
                policy(), described(), head.statusCode(), head.headers().map());
    }

    /**
     * Asks the strategies, unless they were asked before.
     *
     * @return whether one has an answer: at once, or later and from whatever thread, where another origin is asked
     */
    CompletableFuture<Boolean> ask(Step.FallBack step) {
        CompletableFuture<Boolean> before = asked;
        if (before != null) {
            return before;
        }
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        asked = begun;
        ask(fallbackStrategies.chain(policy(), described()), step, begun);
        return begun;
    }

    private void ask(FallbackChain fallbackChain, Step.FallBack step, CompletableFuture<Boolean> answered) {
        while (!call.isOver()) {
            FallbackCandidate fallbackCandidate = fallbackChain.next();
            if (fallbackCandidate == null) {
                break;
            }
            if (fallbackCandidate instanceof FallbackCandidate.Response found) {
                response = found;
                call.session.fellBack(found.strategy(), step.reason(), found.status(), call.engine.nanoTime());
                answered.complete(true);
                return;
            }
            if (fallbackCandidate instanceof FallbackCandidate.AlternateOriginRequest other
                    && call.session.maySendToAlternateOrigin()) {
                askAlternateOrigin(other, fallbackChain, step, answered);
                return;
            }
        }
        answered.complete(false);
    }

    private void askAlternateOrigin(
            FallbackCandidate.AlternateOriginRequest other,
            FallbackChain fallbackChain,
            Step.FallBack step,
            CompletableFuture<Boolean> answered) {
        AlternateOriginCall<T> sent = sentToAlternateOrigin(other);
        alternateOrigin = sent;
        CompletableFuture<?> unused = sent.good().thenAccept(good -> {
            try {
                if (good) {
                    call.session.fellBack(other.strategy(), step.reason(), call.engine.nanoTime());
                    answered.complete(true);
                } else {
                    alternateOrigin = null;
                    ask(fallbackChain, step, answered);
                }
            } catch (RuntimeException | LinkageError e) {
                call.failedInside(e);
                answered.complete(false);
            }
        });
        if (call.isOver()) {
            sent.abandon();
        }
    }

    private AlternateOriginCall<T> sentToAlternateOrigin(FallbackCandidate.AlternateOriginRequest other) {
        if (capturedContext == null) {
            return AlternateOriginCall.send(call, request, other);
        }
        AtomicReference<@Nullable AlternateOriginCall<T>> sent = new AtomicReference<>();
        capturedContext.run(() -> sent.set(AlternateOriginCall.send(call, request, other)));
        return Objects.requireNonNull(sent.get());
    }

    /** The application gave the call up: nobody waits for another origin. */
    void abandon() {
        AlternateOriginCall<T> sent = alternateOrigin;
        if (sent != null) {
            sent.abandon();
        }
    }

    /** Returns whether a strategy had an answer. */
    boolean hasResponse() {
        CompletableFuture<Boolean> answered = asked;
        return answered != null && answered.getNow(false);
    }

    private FallbackRequest described() {
        boolean hasBody = request.bodyPublisher()
                .map(publisher -> publisher.contentLength() != 0)
                .orElse(false);
        return new FallbackRequest(
                call.method(), request.uri(), request.headers().map(), hasBody, identity);
    }

    /**
     * What the application gets, where there is an answer. Runs the application's handler, unless that is at it
     * already.
     */
    CompletableFuture<HttpResponse<T>> synthesized() {
        try {
            return shown();
        } catch (RuntimeException | LinkageError e) {
            return CompletableFuture.failedFuture(
                    new IOException("Holdfast could not show the answer of a fallback", e));
        }
    }

    private CompletableFuture<HttpResponse<T>> shown() {
        AlternateOriginCall<T> other = alternateOrigin;
        if (other != null) {
            return other.response();
        }
        FallbackCandidate.Response found = response;
        if (found == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("no answer"));
        }
        HttpHeaders headers = headers(found.headers());
        ResponseInfo head = new SyntheticHead(found.status(), headers, HttpClient.Version.HTTP_1_1);
        List<List<ByteBuffer>> parts = found.body().length() == 0
                ? List.of()
                : List.of(List.of(ByteBuffer.wrap(found.body().bytes()).asReadOnlyBuffer()));
        return BackpressureRelay.through(call.application, head, parts)
                .thenApply(body -> new SyntheticResponse<>(
                        found.status(),
                        request,
                        Optional.empty(),
                        headers,
                        body,
                        Optional.empty(),
                        request.uri(),
                        head.version()));
    }

    /** Names that differ by case only, as a file or another client may have them, are one. */
    private static HttpHeaders headers(Map<String, List<String>> headers) {
        Map<String, List<String>> together = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, values) ->
                together.computeIfAbsent(name, n -> new ArrayList<>()).addAll(values));
        return HttpHeaders.of(together, (name, value) -> true);
    }

    /** A head that the client did not make. */
    private record SyntheticHead(int statusCode, HttpHeaders headers, HttpClient.Version version)
            implements ResponseInfo {}
}
