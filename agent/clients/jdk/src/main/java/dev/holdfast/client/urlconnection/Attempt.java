package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Outcome;
import dev.holdfast.call.Privileges;
import dev.holdfast.exchange.FinalResult;
import dev.holdfast.exchange.ResponseStreams;
import dev.holdfast.policy.StreamingMediaTypes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call: a connection of the JDK's, what it threw, and what the application reads in place of its body.
 * Also one that shows a fallback's answer. Changed only by the thread that makes the attempt.
 *
 * <p>A connection of the JDK's that is asked for anything of its response sends its request, unless it has done so
 * before: a look at one whose {@code getOutputStream} failed sends the request without its body. Therefore an attempt
 * records how far it has come, and a {@link ConnectionHead}, through which alone Holdfast looks at a response, exists
 * only where this attempt itself has asked for one. From then on the connection remembers a response or an exception,
 * and sends nothing more.
 */
final class Attempt implements FinalResult.Candidate {
    /** The largest body that is kept until the next attempt has ended. */
    private static final int MAX_KEPT = 16 * 1024;

    /** The progress of an attempt, in this order. */
    private enum Progress {
        /** Nothing was sent. */
        NEW,
        /** The connection is open; a body that the application writes may be on its way. */
        OPEN,
        /** The request's body is written whole, or there is none; a buffered one is at hand. */
        WRITTEN,
        /** The connection was asked for its response, which it remembers, or remembers why there is none. */
        ASKED
    }

    private final HttpURLConnection connection;
    private final boolean ours;
    private final boolean replays;
    private Progress progress = Progress.NEW;
    private @Nullable Exception raised;
    private @Nullable ConnectionHead head;
    private boolean late;
    private boolean misused;
    private boolean keptOpen;
    private @Nullable InputStream source;
    private @Nullable InputStream body;

    private Attempt(HttpURLConnection connection, boolean ours, boolean replays) {
        this.connection = connection;
        this.ours = ours;
        this.replays = replays;
    }

    /** The first attempt, on the connection that the application opened and writes its body to. */
    static Attempt first(HttpURLConnection connection) {
        return new Attempt(connection, false, false);
    }

    /**
     * A further attempt that replaces one which failed while the application opened it: it goes on being the
     * application's.
     *
     * @param requestRecorder which has the body, if the application has written one already
     */
    static Attempt opening(HttpURLConnection connection, RequestRecorder requestRecorder) {
        return new Attempt(connection, false, requestRecorder.upload() != null);
    }

    /** A further attempt, of which the application knows nothing: the whole request is sent by Holdfast. */
    static Attempt again(HttpURLConnection connection, RequestRecorder requestRecorder) {
        return new Attempt(connection, true, requestRecorder.upload() != null);
    }

    /** Returns an attempt that shows a synthetic connection, which never sends anything. */
    static Attempt showing(SyntheticConnection made) {
        Attempt shown = new Attempt(made, true, false);
        shown.progress = Progress.ASKED;
        shown.head = made.isPending() ? null : shown.headOnce();
        return shown;
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
     * @return false: the attempt has failed, or was answered before the body was sent
     * @throws ProtocolException if the application may not do this; nothing was sent, and the attempt has not ended
     */
    boolean open(Opening opening, Watchdog watchdog) throws ProtocolException {
        try {
            opening.on(connection);
            if (!watchdog.stopCutting()) {
                throw new SocketTimeoutException("Read timed out");
            }
            progress = Progress.OPEN;
            return true;
        } catch (IOException | RuntimeException e) {
            if (e instanceof ProtocolException misuse && knownStatus() < 0 && !UrlFailures.whileExpecting(misuse)) {
                throw misuse;
            }
            failed(e, watchdog);
            return false;
        }
    }

    /** Sends the request, or what is left of it to send, and waits for the response's head. */
    void send(RequestRecorder requestRecorder, Watchdog watchdog) {
        try {
            write(requestRecorder);
            progress = Progress.WRITTEN;
            if (watchdog.timedOut()) {
                throw new SocketTimeoutException("Read timed out"); // asked now, the connection would be opened anew
            }
            progress = Progress.ASKED;
            connection.getInputStream();
            if (!watchdog.stopCutting()) {
                // The JDK takes the end of a connection that is cut within a head for the end of that head.
                throw new SocketTimeoutException("Read timed out");
            }
            head = headOnce();
        } catch (IOException | RuntimeException e) {
            failed(e, watchdog);
        }
    }

    /**
     * Writes the request's body whole. Where it is streamed, the connection would itself ask for the stream and close
     * it, but forget the exception if that fails, and send the request again the next time that it is asked for
     * anything.
     */
    private void write(RequestRecorder requestRecorder) throws IOException {
        Upload upload = requestRecorder.upload();
        if (upload != null && replays) {
            if (!upload.replayable()) {
                throw new IOException("the request's body was not recorded");
            }
            upload.replayTo(connection.getOutputStream());
        } else if (requestRecorder.isStreaming() && connection.getDoInput()) {
            OutputStream stream = upload == null ? connection.getOutputStream() : upload.stream();
            if (stream != null) {
                close(stream);
            }
        }
    }

    private void close(OutputStream stream) throws IOException {
        try {
            stream.close();
        } catch (IOException e) {
            misused = true; // it holds fewer bytes than the application announced; nothing else is thrown here
            throw e;
        }
    }

    private void failed(Exception error, Watchdog watchdog) {
        late = !watchdog.stopCutting();
        raised = late ? timedOut(error) : error;
        // Time that is up within a head leaves half of it, which the JDK shows as a whole one.
        boolean cut = late || (progress == Progress.ASKED && UrlFailures.isReadTimeout(error));
        head = cut ? null : headOnce();
    }

    private static SocketTimeoutException timedOut(Exception cause) {
        SocketTimeoutException timeout = new SocketTimeoutException("Read timed out");
        timeout.initCause(cause);
        return timeout;
    }

    private @Nullable ConnectionHead headOnce() {
        if (progress != Progress.ASKED) {
            int status = knownStatus();
            // Less than 400 is no refusal: a success is none whose body was not sent.
            return raised instanceof ProtocolException && status >= 400 && status <= 599
                    ? new ConnectionHead(
                            null, status, Privileges.withOwnPrivileges(() -> ConnectionAccess.headersOf(connection)))
                    : null;
        }
        int status;
        try {
            status = connection.getHeaderField(0) == null ? -1 : connection.getResponseCode();
        } catch (IOException | RuntimeException e) {
            status = -1;
        }
        return status < 0 && raised != null ? null : new ConnectionHead(connection, status, Map.of());
    }

    /** The status that the connection has noted, such as that of a server which refused the body; -1: none. */
    int knownStatus() {
        return Privileges.withOwnPrivileges(() -> ConnectionAccess.statusOf(connection));
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

    /** Returns whether its connection was asked for the response, so that a further question makes it send nothing. */
    boolean isAsked() {
        return progress == Progress.ASKED;
    }

    /** Returns whether the application has no part in it: what it failed in is none of the application's own calls. */
    boolean isOurs() {
        return ours;
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

    /**
     * Another attempt is about to be sent, and what this one gave may still be what the call gives. Takes a small body
     * that has arrived into memory, so that its connection can be used again; keeps the connection open otherwise.
     */
    void keep(String method) {
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

    // ---- the body

    /**
     * Reads the body before anybody sees it, unless it says that it is longer than the limit or may be a stream; the
     * application will read what came.
     *
     * @return null: nothing was read
     */
    ResponseStreams.@Nullable Held holdBack(RequestRecorder requestRecorder, long limit, Watchdog watchdog) {
        ConnectionHead arrived = head;
        if (arrived == null || arrived.connection() == null) {
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

    /** The body of its response; null: there is none. */
    @Nullable
    InputStream stream() throws IOException {
        if (progress != Progress.ASKED) {
            return null;
        }
        return raised == null ? connection.getInputStream() : connection.getErrorStream();
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

    /** Returns whether the application reads a stream of ours. */
    boolean hasOwnBody() {
        return body != null;
    }
}
