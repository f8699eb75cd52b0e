package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Session;
import dev.holdfast.exchange.FailureClassifier;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The result of a call whose last attempt did not end in a response for the application. Stateless. */
final class FinalResult {
    private FinalResult() {}

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
        Session session = call.session.session();
        boolean takesPrevious = last.refused() || session.deliversPrevious();
        Attempt<T> counts = takesPrevious && before != null && before.canStand() ? before : last;
        Throwable error = counts.error();
        if (error != null) {
            session.finalError(FailureClassifier.unwrap(error));
            return CompletableFuture.failedFuture(error);
        }
        DiscardedResponse<T> discarded = counts.discarded();
        CompletableFuture<HttpResponse<T>> made = discarded == null ? null : discarded.through(call.application);
        return made != null ? made : CompletableFuture.failedFuture(notSent(session, defect));
    }

    /** The exception in place of a response that was discarded, and would be what the call gave. */
    private static IOException notSent(Session session, @Nullable Throwable defect) {
        IOException why = session.notSent();
        if (why == null) {
            return new IOException("Holdfast could not carry out a retry; the answer before it was discarded", defect);
        }
        // The type that this client's users expect of a time that is over.
        return why instanceof SocketTimeoutException ? new HttpTimeoutException(why.getMessage()) : why;
    }
}
