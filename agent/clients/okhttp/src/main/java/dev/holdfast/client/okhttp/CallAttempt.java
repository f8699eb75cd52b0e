package dev.holdfast.client.okhttp;

import dev.holdfast.exchange.LibraryTransport;
import java.io.IOException;
import java.io.InterruptedIOException;
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
    private final Call call;
    private volatile boolean enqueued;

    /**
     * An attempt that was not sent.
     *
     * @param blocking whether it stays on the thread that starts it
     */
    CallAttempt(OkHttpTransport transport, Request sent, AttemptCalls calls, boolean blocking) {
        this.transport = transport;
        this.sent = sent;
        this.blocking = blocking;
        this.call = calls.make(sent, stage);
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
        boolean refuses = !blocking && transport.refusesCalls();
        if (blocking || (refuses && transport.isOnChain())) {
            // A thread that waits may hold the slot of the dispatcher that the attempt would wait for; and where the
            // program has shut the dispatcher's executor down, the calls that run go on.
            LibraryTransport.Attempt.super.start(end);
            return;
        }
        enqueued = true;
        if (refuses) {
            // Older versions would keep a slot for it.
            end.accept(null, new InterruptedIOException("executor rejected"));
            return;
        }
        transport.link(call, stage);
        transport.begins(this);
        try {
            call.enqueue(new End(end));
        } catch (RuntimeException | Error e) {
            transport.ends(this);
            throw e;
        }
    }

    @Override
    public boolean isRefused(Throwable error) {
        return enqueued && !stage.isStarted();
    }

    /** Returns whether the library has begun it: not while it is queued. */
    boolean isStarted() {
        return stage.isStarted();
    }

    @Override
    public void cancel() {
        stage.giveUp();
        call.cancel();
    }

    /** The callback of an attempt, by which it is told from the program's calls. */
    final class End implements Callback {
        private final BiConsumer<@Nullable Response, @Nullable Throwable> end;

        private End(BiConsumer<@Nullable Response, @Nullable Throwable> end) {
            this.end = end;
        }

        @Override
        public void onFailure(Call attempt, IOException e) {
            transport.ends(CallAttempt.this);
            transport.failed(e, stage);
            end.accept(null, e);
        }

        @Override
        public void onResponse(Call attempt, Response response) {
            transport.ends(CallAttempt.this);
            end.accept(transport.asked(response, sent), null);
        }
    }
}
