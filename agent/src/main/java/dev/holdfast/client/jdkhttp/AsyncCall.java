package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.AsyncDriver;
import dev.holdfast.call.CallFuture;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Step;
import dev.holdfast.call.Target;
import dev.holdfast.weave.Defects;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One {@code HttpClient.sendAsync}. No thread is held while it waits; the application's future completes on the thread
 * on which the client completes its own.
 *
 * @param <T> the application's body type
 */
final class AsyncCall<T> implements AsyncDriver.Attempt {
    /** On which the JDK's client completes its futures, and on which we send again after a wait. */
    private static final Executor ASYNC_POOL = new CompletableFuture<Void>().defaultExecutor();

    private final JdkCall<T> call;
    private final AsyncDriver driver;
    private final Defects defects;
    private final CallFuture<HttpResponse<T>> future = CallFuture.create();

    // Written by one attempt after the other; volatile for cancel, which comes from anywhere.
    private volatile @Nullable CompletableFuture<HttpResponse<T>> inFlight;
    private volatile @Nullable HttpResponse<T> response;
    private volatile @Nullable Throwable error;
    private volatile @Nullable Throwable errorBefore;

    AsyncCall(
            Engine engine,
            Target target,
            HttpClient client,
            HttpRequest request,
            BodyHandler<T> handler,
            Defects defects) {
        this.call = new JdkCall<>(engine, target, client, request, handler, defects);
        this.defects = defects;
        this.driver = new AsyncDriver(engine, call.session, this, ASYNC_POOL);
    }

    /** Starts the call; null: nothing was sent, run the original (which then throws what the client throws at once). */
    @Nullable
    CompletableFuture<HttpResponse<T>> start() {
        future.onCancel(driver::cancel);
        try {
            driver.start();
        } catch (RuntimeException | LinkageError e) {
            if (inFlight == null) {
                return null;
            }
            fail(e);
        }
        return future;
    }

    @Override
    public void send(Step.Send send, Consumer<Step> then) {
        AttemptHandler<T> handler = new AttemptHandler<>(call);
        CompletableFuture<HttpResponse<T>> attempt;
        try {
            attempt = call.client.sendAsync(call.requestOf(send), handler);
        } catch (RuntimeException | Error e) {
            if (send.attempt() == 1) {
                throw e;
            }
            attempt = CompletableFuture.failedFuture(e);
        }
        inFlight = attempt;
        CompletableFuture<?> unused = attempt.whenComplete((answer, failure) -> ended(handler, answer, failure, then));
    }

    private void ended(
            AttemptHandler<T> handler,
            @Nullable HttpResponse<T> answer,
            @Nullable Throwable failure,
            Consumer<Step> then) {
        try {
            errorBefore = error;
            error = failure;
            response = null;
            Step step;
            if (failure instanceof CancellationException) {
                call.session.cancel(call.engine.nanoTime());
                step = Step.Deliver.INSTANCE;
            } else if (failure != null) {
                step = call.afterError(handler, failure);
            } else {
                HttpResponse<T> given = Objects.requireNonNull(answer);
                Step decided = handler.decision();
                step = decided != null ? decided : call.after(new JdkCall.Head(given.statusCode(), given.headers()));
                response = step instanceof Step.Deliver ? given : null;
            }
            then.accept(step);
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    @Override
    public void cancel() {
        CompletableFuture<HttpResponse<T>> attempt = inFlight;
        if (attempt != null) {
            attempt.cancel(true);
        }
        // No effect where the attempt's end was first; during a wait there is no attempt to end.
        if (attempt == null || attempt.isDone()) {
            future.completeExceptionally(new CancellationException());
        }
    }

    @Override
    public void deliver() {
        Throwable last = error;
        if (last == null) {
            future.complete(response);
            return;
        }
        Throwable before = errorBefore;
        if (before != null && Clients.isTerminated(call.client)) {
            last = before;
        }
        call.session.finalError(Failures.unwrap(last));
        future.completeExceptionally(last);
    }

    @Override
    public void fail(Throwable defect) {
        defects.report("a call ends with the outcome it has", defect);
        if (response == null && error == null) {
            future.completeExceptionally(new IOException(
                    "Holdfast could not carry out a retry; the answer before it was discarded", defect));
        } else {
            deliver();
        }
    }
}
