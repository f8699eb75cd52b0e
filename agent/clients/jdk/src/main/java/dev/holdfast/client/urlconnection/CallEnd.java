package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Engine;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.Step;
import dev.holdfast.exchange.BodyCut;
import dev.holdfast.exchange.FailOpenSession;
import dev.holdfast.exchange.FailureClassifier;
import dev.holdfast.exchange.FinalResult;
import dev.holdfast.exchange.ResponseStreams;
import dev.holdfast.instrumentation.AdapterContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.net.SocketException;

/**
 * The end of a call: the delivery of what an attempt, a fallback or the application itself ended it with, and the body
 * that the application reads then.
 */
abstract class CallEnd extends CallFacts {
    /** A call that has not begun, with a connection that has not talked. */
    CallEnd(
            Engine engine,
            PolicyTarget target,
            HttpURLConnection first,
            RequestRecorder requestRecorder,
            AdapterContext context) {
        super(engine, target, first, requestRecorder, context);
    }

    /**
     * The current attempt is the application's, or the one before it, where that is what the call gives and was kept.
     */
    void deliver() {
        settleNow();
        Attempt last = attempt;
        Attempt counts = FinalResult.of(failOpen(), last, previous);
        if (counts != last) {
            last.discard();
            attempt = counts;
            previous = null;
        }
        closePrevious();
        showHead();
        Exception raised = attempt.error();
        ConnectionHead head = attempt.head();
        CallFallback recorder = fallback;
        if (head != null && recorder != null) {
            recorder.answered(head);
        }
        if (raised == null) {
            return;
        }
        if (attempt.isLate() && raised instanceof IOException timeout && head == null) {
            ended = timeout; // what the JDK remembers of it is whatever a connection that we cut off came to
        } else if (attempt.isOurs() && !attempt.isAsked()) {
            // The application wrote its body to an earlier one: asked for anything, this one would send the request
            // without.
            attempt = Attempt.showing(
                    SyntheticConnection.failed(attempt.connection(), requestRecorder.method(), head, raised));
        }
    }

    /** The current attempt is the application's; no other one will need the request's body. */
    void settleNow() {
        settled = true;
        sending = null;
        requestRecorder.releaseUpload();
    }

    void closePrevious() {
        Attempt earlier = previous;
        previous = null;
        if (earlier != null) {
            earlier.letGo();
        }
    }

    void showHead() {
        ConnectionWrapper shown = requestRecorder.front();
        if (shown != null && attempt.error() == null) {
            shown.show(true, attempt.status(), null);
        }
    }

    /** Settles the call with a fallback's answer, if there is one, as if a connection had brought it. */
    boolean rescued(Step.FallBack step) {
        Attempt failed = attempt;
        boolean beforeBody = onlyOpening && failed.connection().getDoOutput() && requestRecorder.upload() == null;
        CallFallback asked = fallback;
        SyntheticConnection made =
                asked == null ? null : asked.answer(step, failed.connection(), failed.error(), beforeBody);
        if (made == null) {
            return false;
        }
        failed.discard();
        closePrevious();
        attempt = Attempt.showing(made);
        settled = true;
        sending = null;
        if (!beforeBody) {
            requestRecorder.releaseUpload();
            showHead();
        }
        return true;
    }

    /** The application itself ended the call during a wait. */
    void end(IOException how) throws IOException {
        failOpen().cancel();
        throw ended(how);
    }

    /** Sets the exception that every method throws from now on. */
    IOException ended(IOException how) {
        settleNow();
        ended = how;
        return how;
    }

    /** A virtual thread gets what its socket throws: an interrupt closes that. */
    static IOException interrupted(String message) {
        return VirtualThreads.isCurrent()
                ? new SocketException("Closed by interrupt")
                : new InterruptedIOException(message);
    }

    /** Throws what the current attempt ended in, if that was an exception. */
    void throwRaised() throws IOException {
        Exception raised = attempt.error();
        if (raised instanceof RuntimeException e) {
            throw e;
        }
        if (raised != null) {
            throw (IOException) raised;
        }
    }

    /**
     * Ends the call after an {@link Error}, or a defect, which the application gets: whatever there is goes on without
     * Holdfast.
     */
    void abort(Throwable error) {
        FailOpenSession begun = session;
        if (settled || begun == null) {
            return;
        }
        begun.cancel();
        settleNow();
        closePrevious();
        if (attempt.isOurs() && !attempt.isAsked()) {
            // Asked for anything, its connection would send the request without the body.
            attempt = Attempt.showing(SyntheticConnection.failed(
                    attempt.connection(), requestRecorder.method(), attempt.head(), new IOException(error)));
        }
    }

    /** Ends what was begun and is not under way: it counts as nothing, and the next entry that talks begins a call. */
    void abandon() {
        FailOpenSession begun = session;
        if (!settled && begun != null) {
            sending = null;
            session = null;
            closePrevious();
            begun.cancel();
        }
    }

    /**
     * Returns the stream that the application reads in place of one of the JDK's: it is watched, and recorded where
     * needed.
     */
    InputStream watched(InputStream stream) {
        ConnectionHead head = attempt.head();
        if (head == null || head.connection() instanceof SyntheticConnection) {
            return stream; // of a fallback, or of an exchange that the application began when the call was over
        }
        FailOpenSession begun = session;
        BodyCut cut = begun == null ? null : begun.bodyCut();
        InputStream given = cut == null ? stream : cut.of(stream);
        long length = head.bodyLength(requestRecorder.method());
        if (length != 0 && session != null) {
            given = ResponseStreams.watched(given, length, this::bodyBroke);
        }
        given = recorded(head, given);
        if (given != stream) {
            attempt.replace(stream, given);
        }
        return given;
    }

    /** The stream to give in place of a body's own, where the answer may be stored. */
    InputStream recorded(ConnectionHead head, InputStream stream) {
        CallFallback recorder = fallback;
        return recorder == null ? stream : recorder.recorded(head, stream);
    }

    void bodyBroke(IOException how) {
        if (disconnectSignal.abandoned()) {
            return; // the application itself cut it off
        }
        failOpen().bodyFailed(() -> FailureClassifier.responseBody(how));
    }
}
