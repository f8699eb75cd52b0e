package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Step;
import dev.holdfast.exchange.AlternateOriginCall;
import dev.holdfast.exchange.FailureClassifier;
import dev.holdfast.fallback.AlternateOrigin;
import dev.holdfast.fallback.FallbackCandidate;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The request of a call to another origin (the strategy {@code degraded}), sent once. Its own body handler, whose type
 * is how the woven entry lets it pass: a head that is no good is discarded, a good one goes to the application's
 * handler, which has seen no response yet. Holds no thread.
 *
 * @param <T> the application's body type
 */
final class AlternateOriginRequest<T> implements BodyHandler<T> {
    private final JdkCall<T> call;
    private final AlternateOriginCall alternate;
    private final CompletableFuture<Boolean> good = new CompletableFuture<>();
    private final CompletableFuture<HttpResponse<T>> response = new CompletableFuture<>();
    private volatile @Nullable CompletableFuture<HttpResponse<T>> inFlight;

    private AlternateOriginRequest(JdkCall<T> call, AlternateOriginCall alternate) {
        this.call = call;
        this.alternate = alternate;
    }

    /** Sends it, unless the other origin's breaker is open, and comes back. */
    static <T> AlternateOriginRequest<T> send(JdkCall<T> call, FallbackCandidate.AlternateOriginRequest offer) {
        AlternateOriginRequest<T> sent =
                new AlternateOriginRequest<>(call, new AlternateOriginCall(call.session, call, offer));
        sent.begin(offer);
        return sent;
    }

    private void begin(FallbackCandidate.AlternateOriginRequest offer) {
        try {
            Step.Send send = alternate.begin();
            if (send == null) {
                good.complete(false);
            } else {
                start(offer, send);
            }
        } catch (RuntimeException | Error e) {
            // The client does not take it: closed, or the application's publisher failed.
            alternate.cancel();
            good.complete(false);
        }
    }

    private void start(FallbackCandidate.AlternateOriginRequest offer, Step.Send send) {
        HttpRequest sent = AttemptRequest.toAlternateOrigin(
                call.request(),
                offer.uri(),
                name -> AlternateOrigin.goesAlong(name, offer.policy()),
                call.publisherOf(call.session.session().attempts() + 1),
                call.shorterTimeout(send.timeoutNanos()));
        HttpClient client =
                offer.policy().forwardCredentials() ? call.sender() : CredentialFreeClients.of(call.sender());
        if (ExecutorWatch.isShutDown(client)) {
            throw ExecutorWatch.refusal();
        }
        CompletableFuture<HttpResponse<T>> future = client.sendAsync(sent, this);
        inFlight = future;
        CompletableFuture<?> unused = future.whenComplete(this::ended);
        ExecutorWatch.watch(client, future, sent.timeout(), () -> !alternate.isDecided(), call.engine(), () -> {
            ended(null, ExecutorWatch.refusal());
            future.copy().cancel(true); // see Attempt.cancel
        });
        if (alternate.isAbandoned()) {
            future.copy().cancel(true); // see Attempt.cancel
        }
    }

    /** Returns whether it has a good answer: known at the head. */
    CompletableFuture<Boolean> good() {
        return good;
    }

    /** Its answer, where it is good: complete when the application's handler has made its body. */
    CompletableFuture<HttpResponse<T>> response() {
        return response;
    }

    /** Nobody wants it any more. */
    void abandon() {
        alternate.abandon();
        CompletableFuture<?> future = inFlight;
        if (future != null) {
            future.copy().cancel(true); // see Attempt.cancel
        }
    }

    @Override
    public BodySubscriber<T> apply(ResponseInfo info) {
        if (alternate.isDecided()) {
            return call.application.apply(info); // the client asks twice for one call
        }
        if (!alternate.decide(JdkCall.Head.of(info), !call.isOver())) {
            good.complete(false);
            return new DiscardedBody<>(call.engine(), info);
        }
        try {
            return call.application.apply(new MarkedHead(info.statusCode(), marked(info.headers()), info.version()));
        } finally {
            good.complete(true);
        }
    }

    private void ended(@Nullable HttpResponse<T> answer, @Nullable Throwable failure) {
        boolean isGood = alternate.isGood();
        if (failure != null) {
            count(FailureClassifier.unwrap(failure));
        }
        if (isGood && answer != null) {
            response.complete(new SyntheticResponse<>(
                    answer.statusCode(),
                    answer.request(),
                    answer.previousResponse(),
                    marked(answer.headers()),
                    answer.body(),
                    answer.sslSession(),
                    answer.uri(),
                    answer.version()));
        } else if (isGood && failure != null) {
            response.completeExceptionally(failure); // the application's handler has seen a part of it
        }
        good.complete(false); // unless a head was good
    }

    private void count(Throwable failure) {
        boolean notCarriedOut =
                failure instanceof CancellationException || (!alternate.isDecided() && JdkFailures.isRefusal(failure));
        if (alternate.isAbandoned() || notCarriedOut) {
            alternate.cancel();
        } else if (!alternate.isDecided()) {
            alternate.failed(JdkFailures.beforeHead(failure, JdkFailures.Sending.of(false)));
        } else if (alternate.isGood()) {
            alternate.bodyFailed(() -> JdkFailures.afterHead(failure));
        }
    }

    private static HttpHeaders marked(HttpHeaders headers) {
        return HttpHeaders.of(AlternateOrigin.marked(headers.map()), (name, value) -> true);
    }

    private record MarkedHead(int statusCode, HttpHeaders headers, HttpClient.Version version)
            implements ResponseInfo {}
}
