package dev.holdfast.client.jdkhttp;

import dev.holdfast.exchange.FinalResult;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The result of a call whose last attempt did not end in a response for the application. Stateless. */
final class CallResult {
    private CallResult() {}

    /**
     * An exception, or the response that was discarded before a next attempt that could not be sent. May run the
     * application's handler.
     *
     * @param last the last attempt, null: none was sent, as the client was closed before
     * @param before the one before it
     * @param defect what ended the call out of turn, null: nothing did
     */
    static <T> CompletableFuture<HttpResponse<T>> of(
            JdkCall<T> call, @Nullable Attempt<T> last, @Nullable Attempt<T> before, @Nullable Throwable defect) {
        if (last == null) {
            return CompletableFuture.failedFuture(OpenCalls.refusal()); // nothing was sent: its client is closed
        }
        Attempt<T> counts = FinalResult.of(call.session, last, before);
        Throwable error = counts.error();
        if (error != null) {
            return CompletableFuture.failedFuture(error);
        }
        DiscardedResponse<T> discarded = counts.discarded();
        CompletableFuture<HttpResponse<T>> made = discarded == null ? null : discarded.through(call.application);
        return made != null ? made : CompletableFuture.failedFuture(missing(call, defect));
    }

    /** The exception in place of the response, of the type that this client's users expect of a time that is over. */
    private static IOException missing(JdkCall<?> call, @Nullable Throwable defect) {
        IOException why = FinalResult.missing(call.session, defect);
        return why instanceof SocketTimeoutException ? new HttpTimeoutException(why.getMessage()) : why;
    }
}
