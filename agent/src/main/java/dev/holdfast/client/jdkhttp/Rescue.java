package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Step;
import dev.holdfast.fallback.Chain;
import dev.holdfast.fallback.Fallbacks;
import dev.holdfast.fallback.Offer;
import dev.holdfast.fallback.Recording;
import dev.holdfast.fallback.Request;
import dev.holdfast.fallback.Request.Identity;
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
final class Rescue<T> {
    private final JdkCall<T> call;
    private final Fallbacks fallbacks;
    private final HttpRequest request;
    private final @Nullable Identity identity;
    /** Null where no other origin can be asked. */
    private final @Nullable Surroundings surroundings;

    private volatile @Nullable CompletableFuture<Boolean> asked;
    private volatile Offer.@Nullable Answer answer;
    private volatile @Nullable Elsewhere<T> elsewhere;

    /** For a call that has not begun. */
    Rescue(JdkCall<T> call, Fallbacks fallbacks, HttpRequest request) {
        this.call = call;
        this.fallbacks = fallbacks;
        this.request = request;
        this.identity = policy().usesCache() ? Wire.identity(call.sender(), request, fallbacks) : null;
        this.surroundings = policy().usesDegraded() ? Surroundings.here() : null;
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
        return identity.equals(Wire.identity(call.sender(), request, fallbacks));
    }

    /** Begins to record a response that the application is about to read; null: it is not to be kept. */
    @Nullable
    Recording record(ResponseInfo head) {
        if (identity == null) {
            return null;
        }
        if (!call.method().equals("GET") && !call.method().equals("HEAD")) {
            fallbacks.heed(policy(), described(), head.statusCode());
            return null;
        }
        return fallbacks.record(
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
        ask(fallbacks.chain(policy(), described()), step, begun);
        return begun;
    }

    private void ask(Chain chain, Step.FallBack step, CompletableFuture<Boolean> answered) {
        while (!call.isOver()) {
            Offer offer = chain.next();
            if (offer == null) {
                break;
            }
            if (offer instanceof Offer.Answer found) {
                answer = found;
                call.session.fellBack(found.strategy(), step.reason(), found.status(), call.engine.nanoTime());
                answered.complete(true);
                return;
            }
            if (offer instanceof Offer.Elsewhere other && call.session.maySendElsewhere()) {
                askElsewhere(other, chain, step, answered);
                return;
            }
        }
        answered.complete(false);
    }

    private void askElsewhere(
            Offer.Elsewhere other, Chain chain, Step.FallBack step, CompletableFuture<Boolean> answered) {
        Elsewhere<T> sent = sentElsewhere(other);
        elsewhere = sent;
        CompletableFuture<?> unused = sent.good().thenAccept(good -> {
            try {
                if (good) {
                    call.session.fellBack(other.strategy(), step.reason(), call.engine.nanoTime());
                    answered.complete(true);
                } else {
                    elsewhere = null;
                    ask(chain, step, answered);
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

    private Elsewhere<T> sentElsewhere(Offer.Elsewhere other) {
        if (surroundings == null) {
            return Elsewhere.send(call, request, other);
        }
        AtomicReference<@Nullable Elsewhere<T>> sent = new AtomicReference<>();
        surroundings.run(() -> sent.set(Elsewhere.send(call, request, other)));
        return Objects.requireNonNull(sent.get());
    }

    /** The application gave the call up: nobody waits for another origin. */
    void abandon() {
        Elsewhere<T> sent = elsewhere;
        if (sent != null) {
            sent.abandon();
        }
    }

    /** Whether a strategy had an answer. */
    boolean hasAnswer() {
        CompletableFuture<Boolean> answered = asked;
        return answered != null && answered.getNow(false);
    }

    private Request described() {
        boolean hasBody = request.bodyPublisher()
                .map(publisher -> publisher.contentLength() != 0)
                .orElse(false);
        return new Request(call.method(), request.uri(), request.headers().map(), hasBody, identity);
    }

    /**
     * What the application gets, where there is an answer. Runs the application's handler, unless that is at it
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
        Elsewhere<T> other = elsewhere;
        if (other != null) {
            return other.response();
        }
        Offer.Answer found = answer;
        if (found == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("no answer"));
        }
        HttpHeaders headers = headers(found.headers());
        ResponseInfo head = new MadeHead(found.status(), headers, HttpClient.Version.HTTP_1_1);
        List<List<ByteBuffer>> parts = found.body().length() == 0
                ? List.of()
                : List.of(List.of(ByteBuffer.wrap(found.body().bytes()).asReadOnlyBuffer()));
        return Relay.through(call.application, head, parts)
                .thenApply(body -> new MadeResponse<>(
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
