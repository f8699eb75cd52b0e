package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Client;
import dev.holdfast.call.Step;
import dev.holdfast.exchange.FallbackHandler;
import dev.holdfast.exchange.ResponseHead;
import dev.holdfast.fallback.FallbackCandidate;
import dev.holdfast.fallback.FallbackRequest;
import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.fallback.ResponseRecording;
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
 * Serves the fallback of a call on this client, and makes for the application what it gets of a strategy's response,
 * through its own handler.
 *
 * @param <T> the application's body type
 */
final class CallFallback<T> implements FallbackHandler.Transport {
    private final JdkCall<T> call;
    private final FallbackStrategies fallbackStrategies;
    private final HttpRequest request;
    private final FallbackHandler handler;
    /** Null where no other origin can be asked. */
    private final @Nullable CapturedContext capturedContext;

    private volatile @Nullable AlternateOriginRequest<T> alternateOrigin;

    /** Creates the handler of a call that has not begun. */
    CallFallback(JdkCall<T> call, FallbackStrategies fallbackStrategies, HttpRequest request) {
        this.call = call;
        this.fallbackStrategies = fallbackStrategies;
        this.request = request;
        this.handler = new FallbackHandler(call.session, fallbackStrategies, this, this::caller);
        this.capturedContext = call.session.policy().fallback().usesDegraded() ? CapturedContext.here() : null;
    }

    private @Nullable Identity caller() {
        return JdkCallerIdentity.identity(call.sender(), request, fallbackStrategies);
    }

    /**
     * Returns whether the client would still say the same of who asks: what was sent meanwhile may have had a cookie
     * more, and a later attempt another proxy. All else is the client's for good. To ask costs some 5 % of a call.
     *
     * @param attempt which attempt the response is of, the first being 1
     */
    boolean isAskedByTheSame(int attempt) {
        boolean cannotDiffer = attempt == 1 && call.sender().cookieHandler().isEmpty();
        return cannotDiffer ? handler.caller() != null : handler.isSameCaller(this::caller);
    }

    /** See {@link FallbackHandler#record}. */
    @Nullable
    ResponseRecording record(ResponseHead head) {
        return handler.record(head);
    }

    /** See {@link FallbackHandler#resolve}. */
    CompletableFuture<Step> resolve(Step.FallBack step) {
        return handler.resolve(step);
    }

    /** Returns whether a strategy had an answer. */
    boolean hasAnswer() {
        return handler.hasAnswer();
    }

    @Override
    public Client client() {
        return call.client();
    }

    @Override
    public String method() {
        return call.method();
    }

    @Override
    public @Nullable String requestHeader(String name) {
        return call.requestHeader(name);
    }

    @Override
    public boolean bodyReplayable() {
        return call.bodyReplayable();
    }

    @Override
    public boolean isOver() {
        return call.isOver();
    }

    @Override
    public FallbackRequest request(@Nullable Identity caller) {
        boolean hasBody = request.bodyPublisher()
                .map(publisher -> publisher.contentLength() != 0)
                .orElse(false);
        return new FallbackRequest(
                call.method(), request.uri(), request.headers().map(), hasBody, caller);
    }

    @Override
    public CompletableFuture<Boolean> sendElsewhere(FallbackCandidate.AlternateOriginRequest offer) {
        AlternateOriginRequest<T> sent = sent(offer);
        alternateOrigin = sent;
        CompletableFuture<Boolean> good = sent.good().thenApply(isGood -> {
            if (!isGood) {
                alternateOrigin = null;
            }
            return isGood;
        });
        if (call.isOver()) {
            sent.abandon();
        }
        return good;
    }

    private AlternateOriginRequest<T> sent(FallbackCandidate.AlternateOriginRequest offer) {
        if (capturedContext == null) {
            return AlternateOriginRequest.send(call, offer);
        }
        AtomicReference<@Nullable AlternateOriginRequest<T>> sent = new AtomicReference<>();
        capturedContext.run(() -> sent.set(AlternateOriginRequest.send(call, offer)));
        return Objects.requireNonNull(sent.get());
    }

    /** The application gave the call up: nobody waits for another origin. */
    void abandon() {
        AlternateOriginRequest<T> sent = alternateOrigin;
        if (sent != null) {
            sent.abandon();
        }
    }

    /**
     * Gives what the application gets, where there is a response. Runs the application's handler, unless that is at it
     * already.
     */
    CompletableFuture<HttpResponse<T>> made() {
        try {
            return shown();
        } catch (RuntimeException | LinkageError e) {
            return CompletableFuture.failedFuture(
                    new IOException("Holdfast could not show the answer of a fallback", e));
        }
    }

    private CompletableFuture<HttpResponse<T>> shown() {
        AlternateOriginRequest<T> other = alternateOrigin;
        if (other != null) {
            return other.response();
        }
        FallbackCandidate.Response found = handler.answer();
        if (found == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("no answer"));
        }
        HttpHeaders headers = headers(found.headers());
        ResponseInfo head = new MadeHead(found.status(), headers, HttpClient.Version.HTTP_1_1);
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
    private record MadeHead(int statusCode, HttpHeaders headers, HttpClient.Version version) implements ResponseInfo {}
}
