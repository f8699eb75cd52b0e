package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Outcome;
import dev.holdfast.call.Step;
import dev.holdfast.policy.StreamingMediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call: a connection of the JDK's, what it threw, and what the application reads in place of its body. Also
 * one that shows a fallback's answer. Changed only by the thread that makes the attempt.
 */
final class Attempt {
    private final HttpURLConnection connection;
    private @Nullable Exception raised;
    private boolean late;
    private @Nullable InputStream source;
    private @Nullable InputStream body;

    Attempt(HttpURLConnection connection) {
        this.connection = connection;
    }

    /** The JDK's connection, or one that shows a fallback's answer. */
    HttpURLConnection connection() {
        return connection;
    }

    /** An operation that opens the connection but does not ask for the answer. */
    interface Opening {
        void on(HttpURLConnection connection) throws IOException;
    }

    /**
     * Opens the connection.
     *
     * @return what it threw, null: nothing
     */
    @Nullable
    IOException open(Opening opening, Watchdog watchdog) throws ProtocolException {
        try {
            opening.on(connection);
            return null;
        } catch (ProtocolException e) {
            throw e; // misuse, or a refused expectation: the answer will tell
        } catch (IOException e) {
            late = watchdog.barked();
            IOException error = late ? Talk.timedOut(e) : e;
            raised = error;
            return error;
        }
    }

    /** Sends the request and waits for the response's head. */
    void send(Recipe recipe, Step.Send send, Watchdog watchdog) {
        raised = Talk.send(connection, recipe, send, watchdog);
        late = watchdog.barked();
    }

    /** What the JDK threw when it was last made to talk, null: nothing; with some statuses, there is a head, too. */
    @Nullable
    Exception raised() {
        return raised;
    }

    /** Whether it was cut off for its time. */
    boolean isLate() {
        return late;
    }

    /** The status that it got, -1: no head arrived. */
    int status() {
        return Talk.status(connection);
    }

    /**
     * What it came to.
     *
     * @param status which it got
     * @param recipe what was sent
     */
    Outcome outcome(int status, Recipe recipe) {
        Exception error = raised;
        return status < 0 && error != null
                ? Failures.of(error, recipe.isFirstRequest(connection))
                : new Talk.Head(connection, status);
    }

    /** Lets go of its response, which nobody will read. */
    void discard() {
        Talk.discard(connection, raised);
    }

    // ---- the body

    /**
     * Reads the body before anybody sees it, unless it says that it is longer than the limit or may be a stream; the
     * application will read what came.
     *
     * @return null: nothing was read
     */
    Download.@Nullable Held holdBack(String method, long limit, Watchdog watchdog) {
        long length = Talk.bodyLength(connection, method);
        if (length > limit
                || length == 0
                || !StreamingMediaTypes.mayHoldBack(connection.getHeaderField("Content-Type"), length)) {
            return null;
        }
        InputStream stream = stream();
        if (stream == null) {
            return null;
        }
        watchdog.bodyIsRead();
        Download.Held held = Download.hold(stream, length, limit, watchdog::barked);
        replace(stream, held.stream());
        return held;
    }

    private @Nullable InputStream stream() {
        try {
            return raised == null ? connection.getInputStream() : connection.getErrorStream();
        } catch (IOException e) {
            return null;
        }
    }

    /** The application reads a stream of ours in place of the JDK's. */
    void replace(InputStream theirs, InputStream ours) {
        source = theirs;
        body = ours;
    }

    /** The application reads another stream in place of the one that it would have read. */
    void readAs(InputStream ours) {
        body = ours;
    }

    /** What the application reads in place of a stream of the JDK's, null: nothing was put in its place. */
    @Nullable
    InputStream replacementOf(@Nullable InputStream theirs) {
        return theirs != null && theirs == source ? body : null;
    }

    /** Whether the application reads a stream of ours. */
    boolean hasOwnBody() {
        return body != null;
    }
}
