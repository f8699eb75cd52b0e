package dev.holdfast.client.okhttp;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Interceptor;
import okhttp3.Response;
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

    private final AtomicInteger requests = new AtomicInteger();
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
        requests.set(0);
    }

    /** The number of requests that were, or may have been, written: redirects and what the library repeats included. */
    int requests() {
        return requests.get();
    }

    @Override
    public @Nullable Response intercept(Chain chain) throws IOException {
        int unused = requests.incrementAndGet();
        return chain.proceed(chain.request());
    }
}
