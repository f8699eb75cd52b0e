package dev.holdfast.client.okhttp;

import dev.holdfast.exchange.ThreadSlots;
import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * Tells how far an attempt came: the library runs network interceptors, of which this is the last one, once it has a
 * connection and before it writes a request.
 */
class Stage implements Interceptor {
    /** The stage of an attempt of which nothing is known. */
    static final Stage UNKNOWN = new Stage() {
        @Override
        int requests() {
            return -1;
        }
    };

    /**
     * The stages of chains that run now, by their threads, but for a request that has a body, whose writing may run
     * calls of the program's.
     */
    private static final ThreadSlots<Stage> RUNNING = new ThreadSlots<>();

    /** Written by the thread alone that runs the chain. */
    private volatile int requests;

    private volatile boolean started;
    private volatile boolean givenUp;
    private volatile @Nullable Runnable onStart;

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

    @Override
    public @Nullable Response intercept(Chain chain) throws IOException {
        int before = requests;
        requests = before + 1;
        Request request = chain.request();
        if (request.body() != null) {
            return chain.proceed(request);
        }
        Stage outer = RUNNING.set(this);
        try {
            return chain.proceed(request);
        } finally {
            RUNNING.restore(outer);
        }
    }

    /**
     * The library has opened the body of a response.
     *
     * @return the body; that of an attempt can be watched, so that the response need not be built once more for it
     */
    static ResponseBody opened(ResponseBody body) {
        return RUNNING.get() == null ? body : StreamBody.watchable(body);
    }
}
