package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Engine;
import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.Step;
import dev.holdfast.exchange.BlockingExchange;
import dev.holdfast.exchange.HedgedAttempt;
import dev.holdfast.fallback.FallbackStrategies;
import java.io.IOException;
import java.lang.ref.Reference;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One {@code HttpClient.send}, on the caller's thread.
 *
 * @param <T> the application's body type
 */
final class SyncCall<T> extends OpenCalls.OpenCall implements BlockingExchange.Transport {
    private final JdkCall<T> call;
    private final HttpClient client;
    private volatile boolean stopped;
    private volatile @Nullable Runnable wait;
    private @Nullable Attempt<T> last;
    private @Nullable Attempt<T> before;

    SyncCall(
            Engine engine,
            PolicyTarget target,
            HttpClient client,
            HttpRequest request,
            BodyHandler<T> handler,
            FallbackStrategies fallbackStrategies,
            ErrorReporter errorReporter) {
        long thread = Thread.currentThread().getId();
        this.call = new JdkCall<>(
                engine, target, client, request, handler, thread, () -> false, fallbackStrategies, errorReporter);
        this.client = client;
    }

    /**
     * Runs the call.
     *
     * @param openCalls the calls that are under way, of which it is one meanwhile
     * @return the response that the application gets, or null: nothing was sent, run the original
     */
    @Nullable
    HttpResponse<T> run(OpenCalls openCalls) throws IOException, InterruptedException {
        openCalls.enter(client, this);
        try {
            return ended();
        } finally {
            openCalls.leave(client, this);
            Reference.reachabilityFence(client); // the application may have let go of it
        }
    }

    private @Nullable HttpResponse<T> ended() throws IOException, InterruptedException {
        Throwable defect = null;
        try {
            BlockingExchange.run(call.session, this);
        } catch (IOException e) {
            call.releaseBody();
            throw e;
        } catch (RuntimeException | LinkageError e) {
            call.giveUp();
            if (last == null) {
                call.session.report("a call runs without its policy", e);
                return null;
            }
            call.session.report(e);
            defect = e;
        }
        try {
            return deliver(defect);
        } finally {
            call.releaseBody();
        }
    }

    @Override
    boolean isOver() {
        return false; // until it leaves
    }

    @Override
    void stop() {
        stopped = true;
        Runnable end = wait;
        if (end != null) {
            end.run();
        }
    }

    @Override
    public void waiting(Runnable end) {
        wait = end;
        if (stopped) {
            end.run();
        }
    }

    @Override
    public boolean isStopped() {
        return stopped;
    }

    @Override
    public Step send(Step.Send send) throws InterruptedException {
        boolean further = last != null;
        if (further && ExecutorWatch.isShutDown(client)) {
            call.giveUp();
            return Step.Deliver.INSTANCE; // what there is
        }
        Attempt<T> attempt = new Attempt<>(call, client, send);
        before = last;
        last = attempt;
        if (send.hedgeNanos() >= 0) {
            return hedged(attempt, send.hedgeNanos());
        }
        return further && ExecutorWatch.concerns(client) ? watched(attempt) : attempt.send();
    }

    private Step hedged(Attempt<T> first, long hedgeNanos) throws InterruptedException {
        HedgedAttempt<Attempt<T>> hedged = HedgeTransport.of(call, first);
        CompletableFuture<Step> end = hedged.result().thenApply(result -> {
            last = result.attempt(); // seen by this thread, which waits for what comes next
            return result.step();
        });
        return await(end, first, () -> HedgeTransport.start(hedged, first, hedgeNanos), hedged::abandon);
    }

    /** Sends it so that its end need not be awaited, where the client may never end it. */
    private Step watched(Attempt<T> attempt) throws InterruptedException {
        CompletableFuture<Step> end = new CompletableFuture<>();
        return await(end, attempt, () -> attempt.start(end::complete), () -> {});
    }

    private Step await(CompletableFuture<Step> end, Attempt<T> first, Runnable start, Runnable abandon)
            throws InterruptedException {
        try {
            start.run();
            return end.get();
        } catch (InterruptedException e) {
            call.giveUp();
            abandon.run();
            first.cancel();
            throw e;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // nobody completes it so
        } catch (RuntimeException | Error e) {
            return first.failed(e);
        }
    }

    @Override
    public Step fallBack(Step.FallBack step) throws InterruptedException {
        try {
            return call.resolved(step).get() == step ? Step.Deliver.INSTANCE : step.otherwise();
        } catch (InterruptedException e) {
            call.giveUp();
            throw e;
        } catch (ExecutionException e) {
            call.session.report(e);
            return step.otherwise();
        }
    }

    private HttpResponse<T> deliver(@Nullable Throwable defect) throws InterruptedException {
        boolean rescued = call.isRescued();
        HttpResponse<T> response = last == null ? null : last.response();
        if (response != null && !rescued) {
            return response;
        }
        try {
            return (rescued ? call.rescued() : CallResult.of(call, last, before, defect)).get();
        } catch (InterruptedException e) {
            call.giveUp();
            throw e;
        } catch (ExecutionException e) {
            Throwable error = e.getCause() == null ? e : e.getCause();
            throw SyncCall.<RuntimeException>sneaky(
                    isOf(last, error) || isOf(before, error) ? error : SendExceptions.of(error));
        }
    }

    private static boolean isOf(@Nullable Attempt<?> attempt, Throwable error) {
        return attempt != null && attempt.error() == error;
    }

    /** Throws the client's exception unchanged, whatever its type. */
    // The cast is not checked, which is the point: the exception passes untouched.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E sneaky(Throwable error) throws E {
        throw (E) error;
    }
}
