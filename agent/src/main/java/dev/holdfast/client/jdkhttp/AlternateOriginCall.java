package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Outcome;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
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
final class AlternateOriginCall<T> implements BodyHandler<T> {
    private final JdkCall<T> call;
    private final Session session;
    private final CompletableFuture<Boolean> good = new CompletableFuture<>();
    private final CompletableFuture<HttpResponse<T>> response = new CompletableFuture<>();
    private volatile @Nullable CompletableFuture<HttpResponse<T>> inFlight;
    /** True if a head was good; null: none arrived. */
    private volatile @Nullable Boolean decided;

    private volatile boolean abandoned;

    private AlternateOriginCall(JdkCall<T> call, Session session) {
        this.call = call;
        this.session = session;
    }

    /** Sends it, unless the other origin's breaker is open, and comes back. */
    static <T> AlternateOriginCall<T> send(
            JdkCall<T> call, HttpRequest request, FallbackCandidate.AlternateOriginRequest offer) {
        Session session = call.engine.alternateOrigin(call.session.policy(), call, offer.uri());
        AlternateOriginCall<T> alternateOrigin = new AlternateOriginCall<>(call, session);
        try {
            if (session.begin(call.engine.nanoTime()) instanceof Step.Send send) {
                alternateOrigin.start(request, offer, send);
            } else {
                alternateOrigin.good.complete(false);
            }
        } catch (RuntimeException | Error e) {
            // The client does not take it: closed, or the application's publisher failed.
            session.cancel(call.engine.nanoTime());
            alternateOrigin.good.complete(false);
        }
        return alternateOrigin;
    }

    private void start(HttpRequest request, FallbackCandidate.AlternateOriginRequest offer, Step.Send send) {
        HttpRequest sent = AttemptRequest.toAlternateOrigin(
                request,
                offer.uri(),
                name -> AlternateOrigin.goesAlong(name, offer.policy()),
                call.publisherOf(call.session.attempts() + 1),
                call.shorterTimeout(send.timeoutNanos()));
        HttpClient client =
                offer.policy().forwardCredentials() ? call.sender() : CredentialFreeClients.of(call.sender());
        if (ExecutorWatch.isShutDown(client)) {
            throw ExecutorWatch.refusal();
        }
        CompletableFuture<HttpResponse<T>> future = client.sendAsync(sent, this);
        inFlight = future;
        CompletableFuture<?> unused = future.whenComplete(this::ended);
        ExecutorWatch.watch(client, future, sent.timeout(), () -> decided == null, call.engine, () -> {
            ended(null, ExecutorWatch.refusal());
            future.copy().cancel(true); // see Attempt.cancel
        });
        if (abandoned) {
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
        abandoned = true;
        CompletableFuture<?> future = inFlight;
        if (future != null) {
            future.copy().cancel(true); // see Attempt.cancel
        }
    }

    @Override
    public BodySubscriber<T> apply(ResponseInfo info) {
        if (decided != null) {
            return call.application.apply(info); // the client asks twice for one call
        }
        Outcome.Response head = JdkCall.Head.of(info);
        session.after(head, call.engine.nanoTime());
        boolean isGood = !call.isOver() && call.session.isGoodFromAlternateOrigin(head);
        decided = isGood;
        if (!isGood) {
            good.complete(false);
            return new DiscardedBody<>(call.engine);
        }
        try {
            return call.application.apply(new MarkedHead(info.statusCode(), marked(info.headers()), info.version()));
        } finally {
            good.complete(true);
        }
    }

    private void ended(@Nullable HttpResponse<T> answer, @Nullable Throwable failure) {
        boolean isGood = Boolean.TRUE.equals(decided);
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
        long now = call.engine.nanoTime();
        if (abandoned
                || failure instanceof CancellationException
                || (decided == null && FailureClassifier.isRefusal(failure))) {
            session.cancel(now);
        } else if (decided == null) {
            Step unused =
                    session.after(FailureClassifier.beforeHead(failure, FailureClassifier.Sending.of(false)), now);
        } else if (Boolean.TRUE.equals(decided)) {
            session.bodyFailed(FailureClassifier.afterHead(failure), now);
        }
    }

    private static HttpHeaders marked(HttpHeaders headers) {
        return HttpHeaders.of(AlternateOrigin.marked(headers.map()), (name, value) -> true);
    }

    private record MarkedHead(int statusCode, HttpHeaders headers, HttpClient.Version version)
            implements ResponseInfo {}
}
