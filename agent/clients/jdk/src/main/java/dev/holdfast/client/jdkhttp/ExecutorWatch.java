package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Engine;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches the executor that the application gave its client, while a request is in flight that the application did not
 * send itself. Where such an executor is shut down or refuses a task, a client of Java 17 never ends the request:
 * whatever would end it, the request's own timeout included, is a task for that executor. Without Holdfast the call
 * would have been over before, with the outcome of its first attempt.
 *
 * <p>Looks once a second whether the executor was shut down, and whether the request's timeout has long passed. Nothing
 * is given to the executor to find out: it is the application's. Thread-safe.
 */
final class ExecutorWatch implements Runnable {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Tasks that ran at the shutdown may still bring the response. */
    private static final int CHANCES = 2;

    /**
     * The time that the client has to end a request after its timeout: generous, as it is only late on a busy machine.
     */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Executor executor;
    private final CompletableFuture<?> inFlight;
    private final Engine engine;
    private final BooleanSupplier awaitsHead;
    private final Runnable gone;
    private final long overdueNanos;
    private final long startedAt;
    private volatile @Nullable Future<?> timer;
    private int found;

    private ExecutorWatch(
            Executor executor,
            CompletableFuture<?> inFlight,
            Optional<Duration> timeout,
            BooleanSupplier awaitsHead,
            Engine engine,
            Runnable gone) {
        this.executor = executor;
        this.awaitsHead = awaitsHead;
        this.inFlight = inFlight;
        this.engine = engine;
        this.gone = gone;
        this.overdueNanos = timeout.map(limit -> TimeUnit.NANOSECONDS.convert(limit) + GRACE_NANOS)
                .filter(nanos -> nanos > 0)
                .orElse(Long.MAX_VALUE);
        this.startedAt = engine.nanoTime();
    }

    /** Returns whether the client has an executor of the application's. */
    static boolean concerns(HttpClient client) {
        return client.executor().isPresent();
    }

    /** Returns whether the client's executor is known to take no more tasks. */
    static boolean isShutDown(HttpClient client) {
        return client.executor().map(ExecutorWatch::isShutDown).orElse(false);
    }

    private static boolean isShutDown(Executor executor) {
        return executor instanceof ExecutorService service && service.isShutdown();
    }

    /** The exception of a request that the client can neither send nor end. */
    static RejectedExecutionException refusal() {
        return new RejectedExecutionException("the client's executor takes no more tasks");
    }

    /**
     * Begins to watch.
     *
     * @param inFlight the client's future of the request
     * @param timeout the request's own, which ends at the response's head
     * @param awaitsHead whether that head has not arrived
     * @param gone run once, on a thread of the common pool, where the client will not end the request
     */
    static void watch(
            HttpClient client,
            CompletableFuture<?> inFlight,
            Optional<Duration> timeout,
            BooleanSupplier awaitsHead,
            Engine engine,
            Runnable gone) {
        Executor executor = client.executor().orElse(null);
        if (executor != null && !inFlight.isDone()) {
            ExecutorWatch watch = new ExecutorWatch(executor, inFlight, timeout, awaitsHead, engine, gone);
            watch.again();
            CompletableFuture<?> unused = inFlight.whenComplete((response, error) -> watch.end());
        }
    }

    private void again() {
        // Not on the timer's thread: the executor may be a class of the application's.
        timer = engine.schedule(() -> AsyncPool.INSTANCE.execute(this), INTERVAL_NANOS);
    }

    private void end() {
        Future<?> task = timer;
        if (task != null) {
            task.cancel(false);
        }
    }

    @Override
    public void run() {
        if (inFlight.isDone()) {
            return;
        }
        found = isShutDown(executor) ? found + 1 : 0;
        if (found > CHANCES || (engine.nanoTime() - startedAt > overdueNanos && awaitsHead.getAsBoolean())) {
            gone.run();
        } else {
            again();
        }
    }
}
