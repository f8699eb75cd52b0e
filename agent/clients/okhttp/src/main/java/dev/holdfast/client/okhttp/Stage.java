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
