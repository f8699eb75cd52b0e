package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Privileges;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.util.Map;
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
final class Attempt extends AttemptResult {
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

    private final boolean ours;
    private final boolean replays;
    private Progress progress = Progress.NEW;

    private Attempt(HttpURLConnection connection, boolean ours, boolean replays) {
        super(connection);
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
        shown.answered(made.isPending() ? null : shown.headOnce());
        return shown;
    }

    /** An operation that opens the connection but does not ask for the answer. */
    interface Opening {
        void on(HttpURLConnection connection) throws IOException;
    }

    /**
     * Opens the connection().
     *
     * @return false: the attempt has failed, or was answered before the body was sent
     * @throws ProtocolException if the application may not do this; nothing was sent, and the attempt has not ended
     */
    boolean open(Opening opening, Watchdog watchdog) throws ProtocolException {
        try {
            opening.on(connection());
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
            connection().getInputStream();
            if (!watchdog.stopCutting()) {
                // The JDK takes the end of a connection that is cut within a head for the end of that head.
                throw new SocketTimeoutException("Read timed out");
            }
            answered(headOnce());
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
            upload.replayTo(connection().getOutputStream());
        } else if (requestRecorder.isStreaming() && connection().getDoInput()) {
            OutputStream stream = upload == null ? connection().getOutputStream() : upload.stream();
            if (stream != null) {
                close(stream);
            }
        }
    }

    private void close(OutputStream stream) throws IOException {
        try {
            stream.close();
        } catch (IOException e) {
            noteMisuse(); // it holds fewer bytes than the application announced; nothing else is thrown here
            throw e;
        }
    }

    private void failed(Exception error, Watchdog watchdog) {
        boolean late = !watchdog.stopCutting();
        failed(late ? timedOut(error) : error, late);
        // Time that is up within a head leaves half of it, which the JDK shows as a whole one.
        boolean cut = late || (progress == Progress.ASKED && UrlFailures.isReadTimeout(error));
        answered(cut ? null : headOnce());
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
            return error() instanceof ProtocolException && status >= 400 && status <= 599
                    ? new ConnectionHead(
                            null, status, Privileges.withOwnPrivileges(() -> ConnectionAccess.headersOf(connection())))
                    : null;
        }
        int status;
        try {
            status = connection().getHeaderField(0) == null ? -1 : connection().getResponseCode();
        } catch (IOException | RuntimeException e) {
            status = -1;
        }
        return status < 0 && error() != null ? null : new ConnectionHead(connection(), status, Map.of());
    }

    /** The status that the connection has noted, such as that of a server which refused the body; -1: none. */
    int knownStatus() {
        return Privileges.withOwnPrivileges(() -> ConnectionAccess.statusOf(connection()));
    }

    @Override
    boolean isAsked() {
        return progress == Progress.ASKED;
    }

    /** Returns whether the application has no part in it: what it failed in is none of the application's own calls. */
    boolean isOurs() {
        return ours;
    }

    @Override
    @Nullable
    InputStream stream() throws IOException {
        if (!isAsked()) {
            return null;
        }
        return error() == null ? connection().getInputStream() : connection().getErrorStream();
    }
}
