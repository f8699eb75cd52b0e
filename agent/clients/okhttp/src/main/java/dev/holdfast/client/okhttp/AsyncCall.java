package dev.holdfast.client.okhttp;

import dev.holdfast.call.Engine;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.Privileges;
import dev.holdfast.exchange.AsyncLibraryCall;
import dev.holdfast.instrumentation.AdapterContext;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * An asynchronous call of the program's: stands in place of its callback. The first attempt runs where the library runs
 * the call. If that is what the program gets, the call ends as it would without us. Before a wait, the thread and the
 * dispatcher's slot are given back ({@link Suspended}); later attempts are enqueued as calls of their own, and the
 * program's callback is called from their end, once.
 */
final class AsyncCall implements Callback, BiConsumer<@Nullable Response, @Nullable Throwable> {
    private final OkHttpAdapter adapter;
    private final Call call;
    private final Callback program;

    // Guarded by this, which is held for moments: nothing of the program's runs under it.
    private boolean suspended;
    private boolean left;
    private boolean over;
    /** A response, or what the call failed with; null: it has not ended. No record of both, as each call has one. */
    private @Nullable Object ending;

    private SuspendedCalls.@Nullable Suspension suspension;

    /** Written when the library begins the call; its end is behind that. */
    private boolean isTaken;

    /** The thread within {@code Call.enqueue}; null: that has returned, or nobody asks any more. */
    private volatile @Nullable Thread enqueuing = Thread.currentThread();

    private volatile @Nullable AsyncLibraryCall<Response> exchange;
    private volatile @Nullable Object listener;
    private volatile @Nullable Future<?> limit;

    AsyncCall(OkHttpAdapter adapter, Call call, Callback program) {
        this.adapter = adapter;
        this.call = call;
        this.program = program;
    }

    /**
     * Returns whether the library runs the call within {@code Call.enqueue}, by an executor that runs what it is given
     * on the calling thread: the program then has its end when that method returns. Asked once, when the call begins.
     */
    boolean isWithinEnqueue() {
        boolean within = enqueuing == Thread.currentThread();
        enqueuing = null;
        return within;
    }

    /** {@code Call.enqueue} returns before the library has begun the call. */
    void enqueueReturns() {
        enqueuing = null;
    }

    /** The library has begun the call, and nobody looks for this object any more. */
    void taken() {
        isTaken = true;
    }

    /** The call has ended: it may never have begun. */
    private void forget() {
        if (!isTaken) {
            adapter.ended(call);
        }
    }

    /**
     * Begins the call, on the library's thread.
     *
     * @return the response, where there was nothing to wait for; null: nothing was sent, and no policy applies
     * @throws Suspended if the call goes on elsewhere
     */
    @Nullable
    Response begin(Engine engine, PolicyTarget target, OkHttpTransport begun, OkHttpClient client) throws Exception {
        AdapterContext context = adapter.context();
        Executor dispatching = Privileges.withCallerPrivileges(
                new DispatcherExecutor(engine, client.dispatcher().executorService()));
        AsyncLibraryCall<Response> made = AsyncLibraryCall.of(
                engine, target, begun, context.fallbackStrategies(), context.errorReporter(), dispatching, this);
        if (made == null) {
            return null;
        }
        exchange = made;
        begun.dispatching(dispatching);
        made.start();
        Object known;
        synchronized (this) {
            known = ending;
            suspended = known == null;
            over |= known != null;
        }
        if (known == null) {
            begun.leaveChain();
            suspension = adapter.suspendedCalls().begin(engine, client.dispatcher(), call);
            limit(engine, begun.begun(), dispatching);
            begun.onCancel(() -> dispatching.execute(() -> {
                if (!begun.isUnderWay()) {
                    made.cancel();
                }
            }));
            throw new Suspended(this);
        }
        if (known instanceof Response response) {
            return response;
        }
        throw OkHttpAdapter.<RuntimeException>sneaky((Throwable) known);
    }

    /** The time for the whole call, which the library watches over only as long as it runs the call itself. */
    private void limit(Engine engine, long start, Executor dispatching) {
        long all = OptionalMethods.callTimeoutNanos(call);
        if (all > 0) {
            long rest = Math.max(0, all - (engine.nanoTime() - start));
            limit = engine.schedule(() -> dispatching.execute(this::timedOut), rest);
        }
    }

    private void timedOut() {
        AsyncLibraryCall<Response> running = exchange;
        if (running != null) {
            running.end(new InterruptedIOException("timeout"));
            call.cancel(); // as the library does it
        }
    }

    /** The library has told the listener that it does not hear of the call's end now. */
    void hears(Object programListener) {
        listener = programListener;
    }

    @Override
    public void onFailure(Call ended, IOException e) {
        forget();
        if (e instanceof Suspended mine && mine.call == this) {
            Object known;
            synchronized (this) {
                left = true;
                known = over ? null : ending;
                over |= known != null;
            }
            if (known != null) {
                deliver(known);
            }
            return;
        }
        AsyncLibraryCall<Response> running = exchange;
        if (take() && running != null) {
            running.cancel();
        }
        try {
            program.onFailure(call, e);
        } finally {
            endSuspension();
        }
    }

    @Override
    public void onResponse(Call ended, Response response) throws IOException {
        forget();
        boolean unused = take();
        try {
            program.onResponse(call, response);
        } finally {
            endSuspension();
        }
    }

    /** The library calls the callback for a call that was not suspended, or that ended in another way meanwhile. */
    private synchronized boolean take() {
        boolean first = !over;
        over = true;
        return first;
    }

    /** The call has ended, where it was carried out. */
    @Override
    public void accept(@Nullable Response response, @Nullable Throwable failure) {
        ended(response != null ? response : failure != null ? failure : new IOException("Canceled"));
    }

    private void ended(Object now) {
        synchronized (this) {
            ending = now;
            if (!suspended || !left || over) {
                return;
            }
            over = true;
        }
        deliver(now);
    }

    private void deliver(Object known) {
        Future<?> running = limit;
        if (running != null) {
            running.cancel(false);
        }
        try {
            tell(known);
        } finally {
            try {
                endSuspension();
            } catch (RuntimeException | Error e) {
                uncaught(e);
            }
        }
    }

    /** The callback has returned: for the dispatcher the call is over now. */
    private void endSuspension() {
        SuspendedCalls.Suspension ended;
        synchronized (this) {
            ended = suspension;
            suspension = null;
        }
        if (ended != null) {
            ended.end();
        }
    }

    private void tell(Object known) {
        Response response = known instanceof Response given ? given : null;
        Object hearing = listener;
        CallEnd end = adapter.openCalls().takeEnd(call);
        IOException failure = response != null ? null : OkHttpAdapter.asIoException((Throwable) known);
        try {
            if (hearing != null && (failure != null || end == null || !end.isYetToCome())) {
                Events.INSTANCE.ended(hearing, call, failure);
            }
        } catch (RuntimeException | Error e) {
            uncaught(e);
        }
        try {
            if (failure != null) {
                program.onFailure(call, failure);
            } else if (response != null) {
                program.onResponse(call, response);
            }
        } catch (IOException e) {
            // The library logs it, and does nothing about it: the callback was called.
        } catch (RuntimeException | Error e) {
            call.cancel(); // as the library does it
            uncaught(e);
        }
    }

    /** Hands what code of the program's throws to the handler of its thread, as if nobody were above it. */
    private static void uncaught(Throwable thrown) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
    }
}
