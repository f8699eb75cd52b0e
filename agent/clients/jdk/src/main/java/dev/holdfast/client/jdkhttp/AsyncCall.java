package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.CallFuture;
import dev.holdfast.call.Engine;
import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.Step;
import dev.holdfast.exchange.AsyncExchange;
import dev.holdfast.exchange.HedgedAttempt;
import dev.holdfast.fallback.FallbackStrategies;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One {@code HttpClient.sendAsync}. No thread is held while it waits; the application's future completes on the thread
 * on which the client completes its own.
 *
 * <p>What the application does with its future stops the attempt that is in flight, and the two end as they would
 * without us: a future that is cancelled itself at once, one of which a dependent is cancelled when the client has
 * ended it. A future that the application completes itself, or that times out, or is cancelled without interrupting, is
 * over; the client goes on with the exchange all the same, which therefore holds its permit until it ends.
 *
 * @param <T> the application's body type
 */
final class AsyncCall<T> extends OpenCalls.OpenCall implements AsyncExchange.Transport {
    private final JdkCall<T> call;
    private final HttpClient client;
    private final AsyncExchange exchange;
    private final OpenCalls openCalls;
    private final CallFuture<HttpResponse<T>> future = CallFuture.create();

    /**
     * The thread that is in {@link #start}, where an exception of the client can still be thrown at the application.
     */
    private volatile @Nullable Thread starting;

    private boolean thrownAtOnce;

    // Written by one attempt after the other; volatile for cancel, which comes from anywhere.
    private volatile boolean cancelled;
    /** True if the call's own future was, and not only one derived from it. */
    private volatile boolean cancelledItself;

    private volatile @Nullable Attempt<T> last;
    private volatile @Nullable Attempt<T> before;
    private volatile @Nullable HedgedAttempt<Attempt<T>> hedged;

    AsyncCall(
            Engine engine,
            PolicyTarget target,
            HttpClient client,
            HttpRequest request,
            BodyHandler<T> handler,
            FallbackStrategies fallbackStrategies,
            OpenCalls openCalls,
            ErrorReporter errorReporter) {
        this.call = new JdkCall<>(
                engine,
                target,
                client,
                request,
                handler,
                JdkCall.ANY_THREAD,
                new NobodyWaits(future),
                fallbackStrategies,
                errorReporter);
        this.client = client;
        this.openCalls = openCalls;
        this.exchange = new AsyncExchange(call.session, this, call.pool);
    }

    /**
     * A future that the application has completed (cancel(false), orTimeout, complete) is waited for by nobody. Weakly:
     * what the client keeps of an attempt (see {@link JdkCall}) must not reach what the call gave the application.
     */
    private static final class NobodyWaits extends WeakReference<Future<?>> implements BooleanSupplier {
        NobodyWaits(Future<?> future) {
            super(future);
        }

        @Override
        public boolean getAsBoolean() {
            Future<?> waitedFor = get();
            return waitedFor == null || waitedFor.isDone();
        }
    }

    /**
     * Cancels a call. Weakly, as the client does it: a future that the application keeps must not keep the client.
     * While there is something to cancel, the attempt or the timer holds the call.
     */
    private static final class Canceller extends WeakReference<AsyncCall<?>> implements CallFuture.Stop {
        Canceller(AsyncCall<?> call) {
            super(call);
        }

        @Override
        public void stop(boolean derived) {
            AsyncCall<?> call = get();
            if (call != null) {
                call.cancelledItself |= !derived;
                call.exchange.cancel();
            }
        }
    }

    /** The application's future, or null: nothing was sent, run the original. */
    @Nullable
    CompletableFuture<HttpResponse<T>> start() {
        future.onCancel(new Canceller(this));
        openCalls.enter(client, this);
        if (OpenCalls.CLOSABLE) {
            CompletableFuture<?> unused = future.whenComplete((response, error) -> openCalls.leave(client, this));
        }
        starting = Thread.currentThread();
        try {
            exchange.start();
        } catch (RuntimeException | LinkageError e) {
            call.giveUp();
            if (last == null) {
                openCalls.leave(client, this);
                if (!thrownAtOnce) {
                    call.session.report("a call runs without its policy", e);
                }
                return null;
            }
            fail(e);
        } finally {
            starting = null;
        }
        return future;
    }

    @Override
    boolean isOver() {
        return future.isDone();
    }

    @Override
    void stop() {
        exchange.stop();
    }

    @Override
    public void send(Step.Send send, Consumer<Step> then) {
        if (send.attempt() > 1 && call.isOver()) {
            return;
        }
        if (last != null && ExecutorWatch.isShutDown(client)) {
            call.giveUp();
            ended(Step.Deliver.INSTANCE, then); // what there is
            return;
        }
        Attempt<T> attempt = new Attempt<>(call, client, send);
        before = last;
        last = attempt;
        try {
            if (send.hedgeNanos() < 0) {
                attempt.start(step -> ended(step, then));
            } else {
                HedgedAttempt<Attempt<T>> begun = HedgeTransport.of(call, attempt);
                CompletableFuture<?> unused = begun.result().thenAccept(result -> {
                    last = result.attempt();
                    ended(result.step(), then);
                });
                hedged = begun;
                HedgeTransport.start(begun, attempt, send.hedgeNanos());
            }
        } catch (RuntimeException | Error e) {
            if (send.attempt() == 1 && starting == Thread.currentThread()) {
                last = null;
                thrownAtOnce = true; // and the original throws it too
                throw e;
            }
            ended(attempt.failed(e), then);
        }
    }

    private void ended(Step step, Consumer<Step> then) {
        try {
            // Read after the attempt has ended: a cancel that comes later finds it ended, and completes the future.
            if (cancelled && step instanceof Step.Wait) {
                call.giveUp();
                endAsCancelled();
            } else {
                then.accept(step);
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    @Override
    public void fallBack(Step.FallBack step, Consumer<Step> then) {
        call.resolve(step, resolved -> {
            try {
                if (cancelled) {
                    endAsCancelled(); // while a strategy was asked: what it was asked for is nobody's any more
                    return;
                }
                then.accept(resolved == step ? Step.Deliver.INSTANCE : resolved);
            } catch (RuntimeException | Error e) {
                fail(e);
            }
        });
    }

    @Override
    public void cancel() {
        Attempt<T> attempt = last;
        boolean inFlight = attempt != null && attempt.isInFlight();
        if (!inFlight && future.isDone()) {
            return; // a dependent of a call that is over
        }
        cancelled = true;
        call.end();
        HedgedAttempt<Attempt<T>> running = hedged;
        if (running != null) {
            running.abandon();
        }
        if (attempt == null || !inFlight) {
            // During a wait there is no attempt to end. No effect where the attempt's end was first.
            endAsCancelled();
        } else if (cancelledItself) {
            CompletableFuture<HttpResponse<T>> over = attempt.cancelled();
            if (over != null) {
                endAs(over); // here and now; without it, the future ends as any that is cancelled
            }
        } else {
            attempt.cancel();
        }
        // Last: an attempt whose body waits for another origin's word would take its own for the one to deliver.
        call.abandonFallback();
    }

    /** Ends the future as the client's ends where a dependent was cancelled, and not on the cancelling thread. */
    private void endAsCancelled() {
        if (!future.isDone()) {
            CompletionException end = new CompletionException(new CancellationException("Request cancelled"));
            AsyncPool.INSTANCE.execute(() -> future.completeExceptionally(end));
        }
    }

    @Override
    public void deliver() {
        if (call.isRescued()) {
            // This may be the thread that called sendAsync, on which the client runs no handler.
            call.pool.execute(() -> endAs(call.rescued()));
            return;
        }
        Attempt<T> attempt = last;
        HttpResponse<T> response = attempt == null ? null : attempt.response();
        if (response != null) {
            call.releaseBody();
            future.complete(response);
        } else {
            endAs(CallResult.of(call, attempt, before, null));
        }
    }

    private void endAs(CompletableFuture<HttpResponse<T>> result) {
        CompletableFuture<?> unused = result.whenComplete((response, error) -> {
            call.releaseBody();
            if (error != null) {
                future.completeExceptionally(error);
            } else {
                future.complete(response);
            }
        });
    }

    @Override
    public void reject(IOException error) {
        call.releaseBody();
        future.completeExceptionally(new CompletionException(error));
    }

    @Override
    public void fail(Throwable defect) {
        Attempt<T> attempt = last;
        if (future.isDone()) {
            return;
        }
        call.session.report(defect);
        call.giveUp();
        if (attempt == null) {
            endAs(original());
        } else if (!attempt.isInFlight()) {
            endAs(CallResult.of(call, attempt, before, defect));
        }
    }

    /** The call as it would be without us. For the case that Holdfast failed before anything was sent. */
    private CompletableFuture<HttpResponse<T>> original() {
        return client.sendAsync(call.request(), AttemptHandler.letThrough(call));
    }
}
