package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Outcome;
import dev.holdfast.call.Step;
import dev.holdfast.exchange.FailureClassifier;
import dev.holdfast.exchange.FinalResult;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call: one whole call of the JDK's client, with a request and a handler of its own, and what it gave.
 * Independent of any other attempt of its call; an asynchronous one can be cancelled by itself.
 *
 * <p>What it gave is written before the step that follows is handed on, and read by whoever got that step.
 *
 * @param <T> the application's body type
 */
final class Attempt<T> implements FinalResult.Candidate {
    private final JdkCall<T> call;
    private final HttpClient client;
    private final HttpRequest request;
    private final AttemptHandler<T> handler;
    private volatile @Nullable CompletableFuture<HttpResponse<T>> inFlight;
    private volatile @Nullable HttpResponse<T> response;
    private volatile @Nullable DiscardedResponse<T> discarded;
    private volatile @Nullable Throwable error;
    private volatile boolean lost;

    /** An attempt that was not sent. */
    Attempt(JdkCall<T> call, HttpClient client, Step.Send send) {
        this.call = call;
        this.client = client;
        this.request = call.requestOf(send);
        this.handler = new AttemptHandler<>(call, send);
    }

    /** Another attempt of the same call, by the same client. */
    Attempt<T> beside(Step.Send send) {
        return new Attempt<>(call, client, send);
    }

    /** Returns whether the client would not take another attempt. */
    boolean cannotBeRepeated() {
        return ExecutorWatch.isShutDown(client);
    }

    /** Sends it on the caller's thread, and says what follows from what it gave. */
    Step send() throws InterruptedException {
        try {
            return ended(client.send(request, handler), null);
        } catch (InterruptedException e) {
            call.giveUp();
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            return ended(null, e);
        }
    }

    /**
     * Sends it and comes back.
     *
     * @param then hears, once and on whatever thread, what follows from what it gave
     * @throws RuntimeException where the client does not take the request
     */
    void start(Consumer<Step> then) {
        CompletableFuture<HttpResponse<T>> future = client.sendAsync(request, handler);
        inFlight = future;
        if (handler.attempt() == 1) {
            CompletableFuture<?> unused =
                    future.whenComplete((response, failure) -> then.accept(endedAnyway(response, failure)));
            return;
        }
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<?> unused = future.whenComplete((response, failure) -> {
            if (over.compareAndSet(false, true)) {
                then.accept(endedAnyway(response, failure));
            }
        });
        ExecutorWatch.watch(client, future, request.timeout(), this::awaitsHead, call.engine(), () -> {
            if (over.compareAndSet(false, true)) {
                then.accept(failed(ExecutorWatch.refusal()));
                cancel();
            }
        });
    }

    private boolean awaitsHead() {
        return handler.awaitsHead();
    }

    /** {@link #ended}, also where that runs out of memory: without an end the application would wait for ever. */
    private Step endedAnyway(@Nullable HttpResponse<T> response, @Nullable Throwable failure) {
        try {
            return ended(response, failure);
        } catch (RuntimeException | Error e) {
            error = e;
            call.giveUp();
            return Step.Deliver.INSTANCE;
        }
    }

    /** Returns the step after its end: the session was told at the response's head, or is told now. */
    private Step ended(@Nullable HttpResponse<T> answer, @Nullable Throwable failure) {
        if (answer == null) {
            return failed(failure == null ? new IOException("the client gave no response") : failure);
        }
        Step decided = handler.decision();
        if (decided == null) {
            decided = call.after(handler.attempt(), new JdkCall.Head(answer.statusCode(), answer.headers()));
        }
        if (decided instanceof Step.Deliver) {
            response = answer;
            handler.delivered(answer);
        } else {
            error = handler.lostBody();
            discarded = handler.discarded(answer);
        }
        return decided;
    }

    /** Returns the step after an exception, also after one that the client threw at once. */
    Step failed(Throwable failure) {
        error = failure;
        if (lost) {
            Step decided = handler.decision();
            return decided != null ? decided : call.after(handler.attempt(), Outcome.Cancelled.INSTANCE);
        }
        if (isRefused()) {
            return call.withdraw(handler.attempt());
        }
        if (FailureClassifier.unwrap(failure) instanceof CancellationException
                || (awaitsHead() && ApplicationExceptions.isOne(failure))) {
            call.giveUp();
            return Step.Deliver.INSTANCE;
        }
        Step decided = handler.decision();
        if (decided == null) {
            return call.failed(handler.attempt(), failure);
        }
        if (decided instanceof Step.Deliver && handler.lostBody() == null && !ApplicationExceptions.isOne(failure)) {
            call.bodyFailed(failure);
        }
        return decided;
    }

    /** Returns whether an asynchronous attempt has been sent and has not ended. */
    boolean isInFlight() {
        CompletableFuture<?> future = inFlight;
        return future != null && !future.isDone();
    }

    /**
     * Cancels an asynchronous attempt; it ends as the client ends it. Without effect where it has ended.
     *
     * <p>By a dependent of the client's future, never by the future itself: a tracing agent puts its own in place of
     * that, and ends its span in a stage behind the client's, which a future that is complete already never runs.
     * OpenTelemetry's 2.33 loses the span of every call whose future a program cancels.
     */
    void cancel() {
        CompletableFuture<?> future = inFlight;
        if (future != null) {
            future.copy().cancel(true);
        }
    }

    /**
     * Cancels it, and gives the client's own future, where that is over then.
     *
     * @return null: it is not, or it had ended already, in a response whose body was thrown away, which the application
     *     must not see
     */
    @Nullable
    CompletableFuture<HttpResponse<T>> cancelled() {
        cancel();
        CompletableFuture<HttpResponse<T>> future = inFlight;
        Step decided = handler.decision();
        boolean thrownAway = decided != null && !(decided instanceof Step.Deliver);
        return future == null || !future.isDone() || (thrownAway && !future.isCompletedExceptionally()) ? null : future;
    }

    /** Cancels it because the attempt beside it won. */
    void lose() {
        lost = true;
        cancel();
    }

    /** The response for the application, if there is one. */
    @Nullable
    HttpResponse<T> response() {
        return response;
    }

    /** The response that was discarded, if one was. */
    @Nullable
    DiscardedResponse<T> discarded() {
        return discarded;
    }

    @Override
    public @Nullable Throwable error() {
        return error;
    }

    @Override
    public boolean canStand() {
        DiscardedResponse<T> discardedResponse = discarded;
        return error != null || (discardedResponse != null && discardedResponse.isKept());
    }

    /**
     * Returns whether the client, closed meanwhile or without an executor that works, did not carry the request out.
     */
    @Override
    public boolean isRefused() {
        Throwable thrown = error;
        return thrown != null && awaitsHead() && JdkFailures.isRefusal(thrown);
    }
}
