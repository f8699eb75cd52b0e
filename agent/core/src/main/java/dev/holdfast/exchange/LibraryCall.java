package dev.holdfast.exchange;

import dev.holdfast.call.Engine;
import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.Step;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.fallback.ResponseRecording;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The common part of the blocking and the asynchronous call of a library: its attempts, its fallback, the talk with the
 * session, and the choice of what the program gets. Once the program has given the call up, the session hears of
 * nothing more.
 *
 * <p>As a consumer it takes the failure of a body that the program reads: no lambda and no object more, as each call
 * comes through here. For the same reason the two kinds of calls extend it.
 *
 * @param <R> the library's response
 */
class LibraryCall<R> implements Consumer<IOException> {
    private final FailOpenSession session;
    private final LibraryTransport<R> transport;
    /** Made for a policy that has a strategy, or injects faults. */
    private final @Nullable LibraryFallback<R> fallback;

    private volatile boolean over;
    private volatile @Nullable LibraryAttempt<R> last;
    private volatile @Nullable LibraryAttempt<R> before;

    /** A call that has not begun. */
    LibraryCall(
            Engine engine,
            PolicyTarget target,
            LibraryTransport<R> transport,
            FallbackStrategies fallbackStrategies,
            ErrorReporter errorReporter) {
        this.transport = transport;
        this.session = new FailOpenSession(engine, target, transport, errorReporter);
        session.beginsAt(transport.begunAt());
        this.fallback = target.mayFallBack() ? new LibraryFallback<>(this, fallbackStrategies) : null;
    }

    /** The library's side. */
    LibraryTransport<R> transport() {
        return transport;
    }

    /** The session. */
    FailOpenSession session() {
        return session;
    }

    /** Returns the number of bytes of a response's body to hold back. */
    long holdBackBytes() {
        return session.policy().retry().bufferResponseBytes();
    }

    // ---- attempts

    /**
     * Makes the next attempt, which is the last from now on.
     *
     * @throws RuntimeException where the library's side cannot make it
     */
    LibraryAttempt<R> next(Step.Send send) {
        LibraryAttempt<R> attempt = new LibraryAttempt<>(this, send);
        LibraryAttempt<R> earlier = last;
        if (earlier != null) {
            before = earlier;
        }
        last = attempt;
        return attempt;
    }

    /** The attempt that was sent last, null: none was. */
    @Nullable
    LibraryAttempt<R> last() {
        return last;
    }

    /** Another attempt decided than the one that was sent first. */
    void decided(LibraryAttempt<R> attempt) {
        last = attempt;
    }

    /** A wait begins: the connection of the last response goes back before it. */
    void letGo() {
        LibraryAttempt<R> sent = last;
        if (sent != null) {
            sent.letGo();
        }
    }

    /** Nobody gets the response of the last attempt. */
    void discard() {
        LibraryAttempt<R> sent = last;
        if (sent != null) {
            sent.discard();
        }
    }

    /** The program gave the call up, or it cannot go on: nothing of it counts. */
    void giveUp() {
        over = true;
        session.cancel();
        if (fallback != null) {
            fallback.abandon();
        }
    }

    /** Returns whether the program gave the call up. */
    boolean isOver() {
        if (!over && transport.isCancelled()) {
            giveUp();
        }
        return over;
    }

    // ---- what they gave

    /** Tells the session of an outcome. Also when nobody waits any more: the loser of two hedged attempts ends late. */
    Step after(int attempt, Outcome outcome) {
        return session.after(attempt, outcome);
    }

    /** Tells the session of an attempt that gave no response. */
    Step failed(int number, LibraryTransport.Attempt<R> attempt, Throwable error) {
        return session.after(number, () -> transport.classify(attempt, error));
    }

    /** Tells the session that the library did not carry an attempt out. */
    Step withdraw(int number) {
        return session.withdraw(number);
    }

    /** Tells the session that a body which was held back broke. */
    Step bodyLost(Throwable error) {
        return isOver() ? Step.Deliver.INSTANCE : session.bodyLost(() -> FailureClassifier.responseBody(error));
    }

    // ---- the fallback

    /**
     * Asks the strategies.
     *
     * @return the step itself where one has an answer, else the end without: at once, or later, from whatever thread
     */
    CompletableFuture<Step> resolved(Step.FallBack step) {
        if (fallback == null || isOver()) {
            session.fallbackFailed();
            return CompletableFuture.completedFuture(step.otherwise());
        }
        return fallback.resolve(step);
    }

    // ---- the end

    /**
     * Returns the response that the program gets.
     *
     * @param defect what ended the call out of turn, null: nothing did
     * @throws Throwable what it gets in place of a response: the library's own exception as it was thrown, or one of
     *     its types
     */
    R result(@Nullable Throwable defect) throws Throwable {
        LibraryAttempt<R> sent = last;
        R answer = fallback == null ? null : fallback.response();
        if (answer != null) {
            if (sent != null) {
                sent.discard();
            }
            return answer;
        }
        if (sent == null) {
            throw defect == null ? transport.cancelled() : defect;
        }
        LibraryAttempt<R> counts = FinalResult.of(session, sent, before);
        if (counts != sent) {
            sent.discard();
        }
        try {
            transport.delivers(counts.inner());
        } catch (RuntimeException | LinkageError e) {
            session.report(e);
        }
        R response = counts.response();
        if (response != null) {
            return delivered(counts, response);
        }
        Throwable error = counts.error();
        throw error == null ? missing(defect) : error;
    }

    /** The response with a body that is watched on its way to the program, and recorded. */
    private R delivered(LibraryAttempt<R> attempt, R response) {
        try {
            ResponseHead head = transport.head(response);
            ResponseRecording recording = fallback == null ? null : fallback.recording(response, head, attempt.inner());
            long length = transport.bodyLength(response);
            if (length == 0) {
                if (recording != null) {
                    recording.complete();
                }
                return response;
            }
            boolean watches = !attempt.isDetached();
            if (recording != null) {
                return transport.wrapBody(response, new RecordedBody(recording, watches, length));
            }
            return watches ? transport.watchBody(response, length, this) : response;
        } catch (RuntimeException | LinkageError e) {
            session.report(e);
            return response;
        }
    }

    /** A body breaks that the program reads. */
    @Override
    public void accept(IOException error) {
        if (!isOver()) {
            session.bodyFailed(() -> FailureClassifier.responseBody(error));
        }
    }

    /** The way of a body to the program that is recorded. */
    private final class RecordedBody implements UnaryOperator<InputStream> {
        private final ResponseRecording recording;
        private final boolean watches;
        private final long length;

        RecordedBody(ResponseRecording recording, boolean watches, long length) {
            this.recording = recording;
            this.watches = watches;
            this.length = length;
        }

        @Override
        public InputStream apply(InputStream body) {
            InputStream watched = watches ? ResponseStreams.watched(body, length, LibraryCall.this) : body;
            return RecordedResponseStream.of(watched, length, recording);
        }
    }

    private IOException missing(@Nullable Throwable defect) {
        IOException why = FinalResult.missing(session, defect);
        return why instanceof SocketTimeoutException ? transport.timedOut(why) : why;
    }
}
