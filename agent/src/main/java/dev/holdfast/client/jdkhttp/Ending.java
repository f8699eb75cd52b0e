package dev.holdfast.client.jdkhttp;

import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt gave: a response for the application, a discarded response, or an exception.
 *
 * @param response as it goes to the application
 * @param discarded as it does not, unless nothing better comes
 * @param error what the client threw
 */
record Ending<T>(
        @Nullable HttpResponse<T> response,
        @Nullable Previous<T> discarded,
        @Nullable Throwable error) {

    static <T> Ending<T> of(HttpResponse<T> response) {
        return new Ending<>(response, null, null);
    }

    static <T> Ending<T> of(Throwable error) {
        return new Ending<>(null, null, error);
    }

    static <T> Ending<T> of(@Nullable Previous<T> discarded) {
        return new Ending<>(null, discarded, null);
    }

    /** Whether the client, closed meanwhile, did not take the request: what was before is then what the call gave. */
    boolean refused() {
        return error != null && Failures.isRefusal(error);
    }
}
