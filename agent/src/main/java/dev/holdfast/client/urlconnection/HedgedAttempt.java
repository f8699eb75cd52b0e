package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Engine;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.Privileges;
import dev.holdfast.call.Step;
import java.net.HttpURLConnection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A second attempt beside one that takes long (hedging). The first one goes on on the caller's thread; this one has a
 * thread of its own, started only when the time has come. Whichever of the two loses is disconnected, which ends the
 * read that waits on it. Thread-safe.
 */
final class HedgedAttempt {
    /** What it gave, and what follows from it. */
    record Result(Attempt attempt, Step step) {}

    private final Engine engine;
    private final UrlCall call;
    private final RequestRecorder requestRecorder;
    private final HttpURLConnection first;
    private final ClassLoader context = Thread.currentThread().getContextClassLoader();
    private final Executor rights = Privileges.withCallerPrivileges(Runnable::run);
    private final CompletableFuture<@Nullable Result> end = new CompletableFuture<>();
    private volatile @Nullable HttpURLConnection connection;
    private volatile boolean lost;
    private volatile boolean won;
    private @Nullable Future<?> timer;

    private HedgedAttempt(Engine engine, UrlCall call, RequestRecorder requestRecorder, HttpURLConnection first) {
        this.engine = engine;
        this.call = call;
        this.requestRecorder = requestRecorder;
        this.first = first;
    }

    /**
     * Starts one after a while.
     *
     * @param nanos how long the first attempt stays alone
     * @param first the connection of that
     */
    static HedgedAttempt after(
            long nanos, Engine engine, UrlCall call, RequestRecorder requestRecorder, HttpURLConnection first) {
        HedgedAttempt hedgedAttempt = new HedgedAttempt(engine, call, requestRecorder, first);
        hedgedAttempt.timer = hedgedAttempt.engine.schedule(hedgedAttempt::start, nanos);
        return hedgedAttempt;
    }

    private void start() {
        engine.onThread(() -> {
            // Cookie handlers and authenticators of the application may look at it.
            Thread.currentThread().setContextClassLoader(context);
            rights.execute(this::run);
        });
    }

    private void run() {
        try {
            Result result = lost ? null : result();
            if (result != null && result.step() instanceof Step.Deliver) {
                won = true;
                first.disconnect();
            }
            end.complete(result);
        } catch (RuntimeException | Error e) {
            end.completeExceptionally(e);
        }
    }

    /** Makes the attempt on the calling thread; null: there was none, or the first one decides. */
    private @Nullable Result result() {
        Step.Send send = call.hedge();
        if (send == null) {
            return null;
        }
        try {
            return result(send);
        } catch (RuntimeException | Error e) {
            call.withdraw(send.attempt());
            throw e;
        }
    }

    private @Nullable Result result(Step.Send send) {
        HttpURLConnection opened = requestRecorder.open(first);
        if (opened == null) {
            call.withdraw(send.attempt());
            return null;
        }
        talksTo(opened);
        requestRecorder.timeouts().shorten(opened, send);
        Attempt attempt = Attempt.again(opened, requestRecorder);
        try (Watchdog watchdog = Watchdog.start(engine, opened, send)) {
            attempt.send(requestRecorder, watchdog);
            Outcome outcome = lost ? Outcome.Cancelled.INSTANCE : attempt.outcome(requestRecorder);
            Step step = call.after(send.attempt(), outcome);
            if (step instanceof Step.Drop) {
                attempt.discard();
                return null;
            }
            return new Result(attempt, step);
        }
    }

    private void talksTo(HttpURLConnection opened) {
        connection = opened;
        if (lost) {
            opened.disconnect();
        }
    }

    /** The first attempt decided, or nobody wants either. */
    void lose() {
        lost = true;
        Future<?> waiting = timer;
        if (waiting != null) {
            waiting.cancel(false);
        }
        HttpURLConnection opened = connection;
        if (opened != null) {
            opened.disconnect();
        }
    }

    /** Returns whether it ended the first attempt: what fails there, fails because of that. */
    boolean hasWon() {
        return won;
    }

    /** Waits for its end. Null: it gave nothing that counts. */
    @Nullable
    Result await() throws InterruptedException {
        try {
            return end.get();
        } catch (ExecutionException e) {
            return null;
        }
    }
}
