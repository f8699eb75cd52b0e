package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Outcome;
import dev.holdfast.call.Privileges;
import dev.holdfast.exchange.BodyCut;
import dev.holdfast.exchange.FinalResult;
import dev.holdfast.exchange.ResponseStreams;
import dev.holdfast.policy.StreamingMediaTypes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * The result of an attempt: its connection's response or exception, and what the application reads in place of the
 * response's body. Changed only by the thread that makes the attempt.
 */
abstract class AttemptResult implements FinalResult.Candidate {
    /** The largest body that is kept until the next attempt has ended. */
    private static final int MAX_KEPT = 16 * 1024;

    private final HttpURLConnection connection;
    private @Nullable Exception raised;
    private @Nullable ConnectionHead head;
    private boolean late;
    private boolean misused;
    private boolean keptOpen;
    private @Nullable InputStream source;
    private @Nullable InputStream body;

    /** An attempt that has not ended. */
    AttemptResult(HttpURLConnection connection) {
        this.connection = connection;
    }

    /** The JDK's connection, or one that shows a fallback's answer. */
    HttpURLConnection connection() {
        return connection;
    }

    /** Returns whether its connection was asked for the response, so that a further question makes it send nothing. */
    abstract boolean isAsked();

    /** The attempt has ended in a response, or in one that shows a fallback's. */
    void answered(@Nullable ConnectionHead arrived) {
        head = arrived;
    }

    /**
     * The attempt has ended in an exception.
     *
     * @param wasLate whether it was cut off for its time
     */
    void failed(Exception error, boolean wasLate) {
        raised = error;
        late = wasLate;
    }

    /** The application's own mistake ends the attempt: it is no failure of the origin. */
    void noteMisuse() {
        misused = true;
    }

    /**
     * Returns the exception that the JDK threw when it last sent or received, null: none; with some statuses there is a
     * head, too.
     */
    @Override
    public @Nullable Exception error() {
        return raised;
    }

    /** Returns true: {@link #keep} has seen to it, where the call may still end in it. */
    @Override
    public boolean canStand() {
        return true;
    }

    /** Returns false: a connection of its own carries out each attempt. */
    @Override
    public boolean isRefused() {
        return false;
    }

    /** Returns whether it was cut off for its time. */
    boolean isLate() {
        return late;
    }

    /** The head of the response, null: none arrived. */
    @Nullable
    ConnectionHead head() {
        return head;
    }

    /** The status that it got, -1: no head arrived. */
    int status() {
        ConnectionHead arrived = head;
        return arrived == null ? -1 : arrived.status();
    }

    /** Returns the outcome. */
    Outcome outcome(RequestRecorder requestRecorder) {
        return outcome(requestRecorder, requestRecorder.isFirstRequest(connection));
    }

    /**
     * Returns the outcome.
     *
     * @param firstRequest whether the failure can only be one of the first request: false behind a redirect
     */
    Outcome outcome(RequestRecorder requestRecorder, boolean firstRequest) {
        ConnectionHead arrived = head;
        Exception error = raised;
        if (arrived != null) {
            return arrived;
        }
        if (error == null) {
            throw new IllegalStateException("the attempt has not ended");
        }
        if (misused) {
            return Outcome.Cancelled.INSTANCE;
        }
        return UrlFailures.of(error, firstRequest, requestRecorder::proxyAddress);
    }

    /** The body of its response; null: there is none. */
    abstract @Nullable InputStream stream() throws IOException;

    /**
     * Lets go of its response, which nobody will read. The JDK drains what is left of a short body, to reuse the
     * connection.
     */
    void discard() {
        try {
            InputStream rest = stream();
            if (rest != null) {
                rest.close();
                return;
            }
        } catch (IOException | RuntimeException e) {
            // It breaks while nobody wants it.
        }
        connection.disconnect();
    }

    /**
     * Another attempt is about to be sent, and what this one gave may still be what the call gives. Takes a small body
     * that has arrived into memory, so that its connection can be used again; keeps the connection open otherwise.
     */
    void keep(String method) {
        if (body != null) {
            return; // read to its end, or as far as it is wanted
        }
        ConnectionHead arrived = head;
        InputStream stream = null;
        try {
            stream = arrived == null ? null : stream();
        } catch (IOException | RuntimeException e) {
            // There is nothing to be read.
        }
        if (arrived == null || stream == null) {
            discard();
            return;
        }
        byte[] whole = ResponseStreams.arrived(stream, arrived.bodyLength(method), MAX_KEPT);
        keptOpen = whole == null;
        if (whole != null) {
            discard();
            replace(stream, new ByteArrayInputStream(whole));
        }
    }

    /** It was kept, and is not what the call gives. */
    void letGo() {
        if (keptOpen) {
            keptOpen = false;
            discard();
        }
    }

    /**
     * Reads the body before anybody sees it, unless it says that it is longer than the limit or may be a stream; the
     * application will read what came.
     *
     * @return null: nothing was read
     */
    ResponseStreams.@Nullable Held holdBack(
            RequestRecorder requestRecorder, long limit, Watchdog watchdog, @Nullable BodyCut cut) {
        ConnectionHead arrived = head;
        if (arrived == null || arrived.connection() == null || body != null) {
            return null;
        }
        long length = arrived.bodyLength(requestRecorder.method());
        if (length > limit || length == 0 || !StreamingMediaTypes.mayHoldBack(arrived.header("Content-Type"), length)) {
            return null;
        }
        InputStream stream;
        try {
            stream = stream();
        } catch (IOException e) {
            return null;
        }
        if (stream == null) {
            return null;
        }
        if (cut != null) {
            stream = cut.of(stream);
        }
        long left = watchdog.leftNanos();
        boolean limited = left != Long.MAX_VALUE;
        // To close a TLS socket takes as long as a read from it may take, and the JDK does so with the body's last
        // byte.
        boolean closing = limited && connection instanceof HttpsURLConnection;
        if ((closing && length < 0 && "close".equalsIgnoreCase(arrived.header("Connection")))
                || !watchdog.stopCutting()) {
            return null;
        }
        int own = requestRecorder.timeouts().read();
        if (limited) {
            setSocketTimeout(Timeouts.shorter(own, left));
        }
        Runnable restore = () -> setSocketTimeout(own);
        ResponseStreams.Held held =
                ResponseStreams.hold(stream, length, limit, watchdog::timedOut, closing ? restore : null);
        if (limited && held.flowsOn()) {
            restore.run(); // behind its end, the socket may be somebody else's already
        }
        replace(stream, held.stream());
        return held;
    }

    private void setSocketTimeout(int millis) {
        HttpURLConnection unused = Privileges.withOwnPrivileges(() -> {
            ConnectionAccess.setSocketTimeout(connection, millis);
            return connection;
        });
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

    /** Returns the stream that the application reads in place of one of the JDK's, null: that one itself. */
    @Nullable
    InputStream replacementOf(@Nullable InputStream theirs) {
        return theirs != null && theirs == source ? body : null;
    }

    /** The stream of ours that the application reads; null: it reads the JDK's. */
    @Nullable
    InputStream ownBody() {
        return body;
    }

    /** Returns whether the application reads a stream of ours. */
    boolean hasOwnBody() {
        return body != null;
    }
}
