package dev.holdfast.client.okhttp;

import dev.holdfast.exchange.ThreadSlots;
import java.io.IOException;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * Tells how far an attempt came. Of the program's own call the library says when it has a connection and is about to
 * write a request. Until it has been seen to say so, in versions that do not, and in a call that carries an attempt,
 * this is the last network interceptor, which runs at the same point and costs a chain and two lists.
 */
class Stage implements Interceptor {
    /** The stage of an attempt of which nothing is known. */
    static final Stage UNKNOWN = new Stage() {
        @Override
        int requests() {
            return -1;
        }

        @Override
        Response proceed(Chain chain, Request request) throws IOException {
            return chain.proceed(request);
        }
    };

    /** The stages of chains that run now, by their threads. */
    private static final ThreadSlots<Stage> RUNNING = new ThreadSlots<>();

    /** The program's call, along whose chain the attempt goes; null: it is one of its own. */
    private final @Nullable Call call;
    /** True if it is a network interceptor. Written before the chain runs. */
    private boolean intercepts;
    /**
     * True from where a request without a body is written on, as to write a body may run calls of the program's; until
     * another call of the thread's is at that point. Read and written by the thread alone that runs the chain.
     */
    private boolean opensBody;

    /** Written by the thread alone that runs the chain. */
    private volatile int requests;

    private volatile boolean started;
    private volatile boolean givenUp;
    private volatile @Nullable Runnable onStart;

    /** The stage of an attempt that is a call of its own. */
    Stage() {
        this(null);
    }

    /**
     * The stage of attempts along the chain of a call.
     *
     * @param call the program's
     */
    Stage(@Nullable Call call) {
        this.call = call;
    }

    /** The interceptor that it is from now on. */
    Interceptor intercepting() {
        intercepts = true;
        return this;
    }

    /** Asks for a signal when the library begins the call that carries the attempt. */
    void onStart(Runnable action) {
        onStart = action;
    }

    /** The library has begun a call that carries an attempt. */
    void start() {
        started = true;
        Runnable action = onStart;
        if (action != null) {
            onStart = null; // it leads to all that the program's call has
            action.run();
        }
    }

    /** Returns whether the library has begun it: not while it is queued, nor where the dispatcher refused it. */
    boolean isStarted() {
        return started;
    }

    /** The policy ends the attempt; anybody else who cancels its call means the program's. */
    void giveUp() {
        givenUp = true;
    }

    /** Returns whether the policy has ended it. */
    boolean isGivenUp() {
        return givenUp;
    }

    /** A new attempt begins that has the same network interceptors. */
    void begin() {
        if (requests != 0) {
            requests = 0;
        }
    }

    /** The number of requests that were, or may have been, written: redirects and what the library repeats included. */
    int requests() {
        return requests;
    }

    /** Sends a request along a chain whose stage this is. */
    Response proceed(Chain chain, Request request) throws IOException {
        Stage outer = RUNNING.set(this);
        try {
            return chain.proceed(request);
        } finally {
            RUNNING.restore(outer);
        }
    }

    @Override
    public @Nullable Response intercept(Chain chain) throws IOException {
        Request request = chain.request();
        writes(request);
        try {
            return chain.proceed(request);
        } finally {
            opensBody = false;
        }
    }

    private void writes(Request request) {
        counts();
        opensBody = request.body() == null;
    }

    private void counts() {
        int before = requests;
        requests = before + 1;
    }

    /**
     * The library is about to write a request of whatever call.
     *
     * @return whether it is one of the call along whose chain the thread's attempt goes: that call's stages need not be
     *     interceptors
     */
    static boolean reached(Chain chain) {
        Stage stage = RUNNING.get();
        if (stage == null || stage.call == null) {
            return false;
        }
        boolean mine = OptionalMethods.callOf(chain) == stage.call;
        if (mine && !stage.intercepts) {
            stage.writes(chain.request());
        } else if (!mine) {
            stage.opensBody = false;
        }
        return mine;
    }

    /**
     * The library is about to write a request of which nothing more is known: it may be that of the thread's attempt.
     */
    static void mayHaveReached() {
        Stage stage = RUNNING.get();
        if (stage != null) {
            stage.counts();
        }
    }

    /**
     * The library has opened the body of a response.
     *
     * @return the body; that of an attempt can be watched, so that the response need not be built once more for it
     */
    static ResponseBody opened(ResponseBody body) {
        Stage stage = RUNNING.get();
        return stage == null || !stage.opensBody ? body : StreamBody.watchable(body);
    }
}
