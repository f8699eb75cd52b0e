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
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One {@code HttpClient.sendAsync}. No thread is held while it waits; the application's future completes on the thread
 * on which the client completes its own.
 *
 * <p>What the application does with its future is done to the client's own while an attempt is in flight: a cancel of the
 * future itself to that future, a cancel of a dependent to a dependent. So the two end as they would without us.
 *
 * @param <T> the application's body type
 */
final class AsyncCall<T> implements AsyncDriver.Attempt {
    /** On which the JDK's client completes its futures, and on which we send again after a wait. */
    static final Executor ASYNC_POOL = new CompletableFuture<Void>().defaultExecutor();

    private final JdkCall<T> call;
    private final AsyncDriver driver;
    private final Defects defects;
    private final CallFuture<HttpResponse<T>> future = CallFuture.create();

    // Written by one attempt after the other; volatile for cancel, which comes from anywhere.
    private volatile boolean sent;
    private volatile boolean cancelled;
    private volatile @Nullable CompletableFuture<HttpResponse<T>> inFlight;
    private volatile @Nullable Ending<T> last;
    private volatile @Nullable Ending<T> before;

    AsyncCall(
            Engine engine,
            Target target,
            HttpClient client,
            HttpRequest request,
            BodyHandler<T> handler,
            Defects defects) {
        // A future that the application has completed (cancel(false), orTimeout, complete) is waited for by nobody.
        this.call = new JdkCall<>(engine, target, client, request, handler, future::isDone, defects);
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
            if (!sent) {
                return null;
            }
            fail(e);
        }
        return future;
    }

    @Override
    public void send(Step.Send send, Consumer<Step> then) {
        if (send.attempt() > 1 && call.isOver()) {
            return;
        }
        HttpRequest request = call.requestOf(send);
        AttemptHandler<T> handler = new AttemptHandler<>(call, send);
        before = last;
        CompletableFuture<HttpResponse<T>> attempt;
        try {
            attempt = call.client.sendAsync(request, handler);
        } catch (RuntimeException | Error e) {
            if (send.attempt() == 1) {
                throw e; // nothing was sent: what the client throws at once, the original throws at once
            }
            attempt = CompletableFuture.failedFuture(e);
        }
        sent = true;
        inFlight = attempt;
        CompletableFuture<?> unused = attempt.whenComplete((answer, failure) -> ended(handler, answer, failure, then));
    }

    private void ended(
            AttemptHandler<T> handler,
            @Nullable HttpResponse<T> answer,
            @Nullable Throwable failure,
            Consumer<Step> then) {
        try {
            Step step;
            if (answer != null) {
                Step decided = handler.decision();
                step = decided != null ? decided : call.after(new JdkCall.Head(answer.statusCode(), answer.headers()));
                last = SyncCall.ending(step, handler, answer);
            } else {
                Throwable error = failure == null ? SyncCall.lost(null) : failure;
                Ending<T> ending = Ending.of(error);
                last = ending;
                if (cancelled || Failures.unwrap(error) instanceof CancellationException || ending.refused()) {
                    call.giveUp();
                    step = Step.Deliver.INSTANCE;
                } else {
                    step = call.afterError(handler, error);
                }
            }
            // Read after the attempt has ended: a cancel that comes later finds it ended, and completes the future.
            if (cancelled && step instanceof Step.Wait) {
                call.giveUp();
                future.completeExceptionally(cancellation());
            } else {
                then.accept(step);
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    @Override
    public void cancel() {
        CompletableFuture<HttpResponse<T>> attempt = inFlight;
        boolean ended = attempt != null && attempt.isDone();
        if (ended && future.isDone() && !future.isCancelled()) {
            return; // a dependent of a call that is over
        }
        cancelled = true;
        call.giveUp();
        if (attempt == null || attempt.isDone()) {
            // During a wait there is no attempt to end. No effect where the attempt's end was first.
            future.completeExceptionally(cancellation());
        } else if (future.isDone()) {
            attempt.cancel(true);
        } else {
            attempt.copy().cancel(true);
        }
    }

    /** As the client's future ends where a dependent was cancelled. */
    private static CompletionException cancellation() {
        return new CompletionException(new CancellationException("Request cancelled"));
    }

    @Override
    public void deliver() {
        Ending<T> ending = last;
        Ending<T> earlier = before;
        if (ending != null && earlier != null && ending.refused()) {
            if (deliverDiscarded(earlier)) {
                return;
            }
            ending = earlier.error() != null ? earlier : ending;
        }
        if (ending == null) {
            future.completeExceptionally(SyncCall.lost(null));
        } else if (ending.error() != null) {
            call.session.finalError(Failures.unwrap(ending.error()));
            future.completeExceptionally(ending.error());
        } else {
            future.complete(ending.response());
        }
    }

    private boolean deliverDiscarded(Ending<T> ending) {
        Previous<T> discarded = ending.discarded();
        CompletionStage<HttpResponse<T>> made = discarded == null ? null : discarded.through(call.application);
        if (made == null) {
            return false;
        }
        CompletionStage<?> unused = made.whenComplete((response, error) -> {
            if (error != null) {
                future.completeExceptionally(error);
            } else {
                future.complete(response);
            }
        });
        return true;
    }

    @Override
    public void reject(IOException error) {
        future.completeExceptionally(error);
    }

    @Override
    public void fail(Throwable defect) {
        if (future.isDone()) {
            return;
        }
        defects.report("a call ends with the outcome it has", defect);
        Ending<T> ending = last;
        try {
            if (ending != null && (ending.discarded() == null || deliverDiscarded(ending))) {
                if (ending.discarded() == null) {
                    deliver();
                }
                return;
            }
        } catch (RuntimeException | Error e) {
            defect.addSuppressed(e);
        }
        future.completeExceptionally(SyncCall.lost(defect));
    }
}
