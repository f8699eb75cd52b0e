package dev.holdfast.exchange;

import dev.holdfast.call.Session;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the attempt whose result the application gets at {@link dev.holdfast.call.Step.Deliver}: one rule for every
 * client. Stateless.
 */
public final class FinalResult {
    private FinalResult() {}

    /** An attempt of a client, as far as the choice depends on it. */
    public interface Candidate {
        /** The exception that the attempt ended in; null: it ended in a response. */
        @Nullable
        Throwable error();

        /** Returns whether the call can still end in the attempt's result after a next attempt was sent. */
        boolean canStand();

        /**
         * Returns whether the client did not carry the attempt out, as where it was closed during the wait: the result
         * before it is then the call's.
         */
        boolean isRefused();
    }

    /**
     * Returns the last attempt; the one before it, where the deadline cut the last one short or the client refused it,
     * and the result before is still at hand. Where the attempt ended in an exception, that exception gets the failures
     * of earlier attempts as suppressed ones.
     *
     * @param last the last attempt that was sent
     * @param before the attempt before it, null: there was none, or its result was let go of
     */
    public static <A extends Candidate> A of(FailOpenSession session, A last, @Nullable A before) {
        Session told = session.session();
        A counts = before != null && (last.isRefused() || told.deliversPrevious()) && before.canStand() ? before : last;
        Throwable error = counts.error();
        if (error != null) {
            Throwable unused = told.finalError(FailureClassifier.unwrap(error));
        }
        return counts;
    }

    /**
     * The exception in place of a response that was discarded before a retry, where that retry was not sent and the
     * response cannot be given any more.
     *
     * @param defect the defect that ended the call, null: none did
     * @return the session's reason, where it has one: a {@link java.net.SocketTimeoutException} for a deadline
     */
    public static IOException missing(FailOpenSession session, @Nullable Throwable defect) {
        IOException why = session.session().notSent();
        return why != null
                ? why
                : new IOException("Holdfast could not carry out a retry; the response before it was discarded", defect);
    }
}
