package dev.holdfast.client.okhttp;

import dev.holdfast.exchange.AttemptClock;
import dev.holdfast.exchange.LibraryTransport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** An attempt as a call of its own, which can be cancelled without the program's call. */
final class CallAttempt implements LibraryTransport.Attempt<Response> {
    private final OkHttpTransport transport;
    private final Request sent;
    private final boolean blocking;
    private final Stage stage = new Stage();
    private final CallEnd end = new CallEnd();
    private final Call call;
    private volatile @Nullable AttemptClock clock;
    /** Its callback; null: the library carries it out on the thread that started it. */
    private volatile @Nullable End enqueued;

    /**
     * An attempt that was not sent.
     *
     * @param blocking whether it stays on the thread that starts it
     */
    CallAttempt(OkHttpTransport transport, Request sent, AttemptCalls calls, boolean blocking) {
        this.transport = transport;
        this.sent = sent;
        this.blocking = blocking;
        this.call = calls.make(sent, stage, end);
    }

    @Override
    public Response send() throws IOException {
        transport.link(call, stage);
        try {
            return transport.asked(call.execute(), sent);
        } catch (IOException | RuntimeException e) {
            transport.failed(e, stage);
            throw e;
        }
    }

    @Override
    public void start(BiConsumer<@Nullable Response, @Nullable Throwable> end) {
        if (blocking || transport.isOnChain()) {
            // A thread of the dispatcher's has the slot already that the attempt would wait for, behind all that is
            // queued; and where the program has shut the executor down, the calls that run go on.
            LibraryTransport.Attempt.super.start(end);
            return;
        }
        End callback = new End(end);
        enqueued = callback;
        if (transport.refusesCalls()) {
            // Older versions would keep a slot for it.
            end.accept(null, new InterruptedIOException("executor rejected"));
            return;
        }
        AttemptClock running = clock;
        if (running != null) {
            stage.onStart(running::resume);
            running.pause();
        }
        transport.link(call, stage);
        transport.begins(this);
        try {
            call.enqueue(callback);
        } catch (RuntimeException | Error e) {
            transport.ends(this);
            throw e;
        }
    }

    @Override
    public void clock(AttemptClock ofAttempt) {
        clock = ofAttempt;
    }

    @Override
    public boolean isRefused(Throwable error) {
        return enqueued != null && !stage.isStarted();
    }

    /** The end of its call. */
    CallEnd end() {
        return end;
    }

    /** Returns whether the library has begun it: not while it is queued. */
    boolean isStarted() {
        return stage.isStarted();
    }

    @Override
    public void cancel() {
        stage.giveUp();
        call.cancel();
        End queued = enqueued;
        if (queued != null && !stage.isStarted()) {
            // The dispatcher would say so when it comes to it.
            transport.onDispatcher(() -> queued.onFailure(call, transport.cancelled()));
        }
    }

    /** The callback of an attempt, by which it is told from the program's calls. */
    final class End implements Callback {
        private final BiConsumer<@Nullable Response, @Nullable Throwable> end;
        private final AtomicBoolean over = new AtomicBoolean();

        private End(BiConsumer<@Nullable Response, @Nullable Throwable> end) {
            this.end = end;
        }

        @Override
        public void onFailure(Call attempt, IOException e) {
            transport.ends(CallAttempt.this);
            if (over.compareAndSet(false, true)) {
                transport.failed(e, stage);
                end.accept(null, e);
            }
        }

        @Override
        public void onResponse(Call attempt, Response response) {
            transport.ends(CallAttempt.this);
            if (over.compareAndSet(false, true)) {
                end.accept(transport.asked(response, sent), null);
            } else {
                transport.close(response);
            }
        }
    }
}
