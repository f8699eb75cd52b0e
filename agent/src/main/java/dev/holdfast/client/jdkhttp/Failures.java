package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Outcome;
import dev.holdfast.policy.ErrorKind;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What an exception of the client means. By type and stage alone: {@code HttpClient.send} re-creates what it throws, with
 * the original as cause, so the chain of causes is walked; messages are never looked at.
 */
final class Failures {
    private static final int DEEPEST = 16;

    private Failures() {}

    /** An attempt that gave no response's head. */
    static Outcome.Failure beforeHead(Throwable thrown) {
        Throwable error = unwrap(thrown);
        ErrorKind kind = kind(error);
        if (kind == ErrorKind.PREMATURE_EOF) {
            // Closed before it said anything: to the caller the same as a reset, only more polite.
            kind = ErrorKind.CONNECTION_RESET;
        }
        return new Outcome.Failure(error, kind, kind.nothingSent());
    }

    /** An attempt whose response's body broke. */
    static Outcome.Failure afterHead(Throwable thrown) {
        Throwable error = unwrap(thrown);
        ErrorKind kind = kind(error);
        if (kind.nothingSent()) {
            kind = ErrorKind.OTHER;
        }
        return new Outcome.Failure(error, kind == ErrorKind.OTHER ? ErrorKind.PREMATURE_EOF : kind, false);
    }

    /** The exception behind those that futures put around it. */
    static Throwable unwrap(Throwable thrown) {
        Throwable error = thrown;
        for (int i = 0; i < DEEPEST; i++) {
            Throwable cause = error.getCause();
            if (cause == null || !(error instanceof CompletionException || error instanceof ExecutionException)) {
                break;
            }
            error = cause;
        }
        return error;
    }

    private static ErrorKind kind(Throwable error) {
        // Itself a HttpTimeoutException, so it comes first.
        if (error instanceof HttpConnectTimeoutException) {
            return ErrorKind.CONNECTION_TIMEOUT;
        }
        if (error instanceof HttpTimeoutException) {
            return ErrorKind.READ_TIMEOUT;
        }
        if (has(error, UnresolvedAddressException.class) || has(error, UnknownHostException.class)) {
            return ErrorKind.DNS_RESOLUTION;
        }
        if (has(error, ConnectException.class) || has(error, NoRouteToHostException.class)) {
            return ErrorKind.CONNECTION_REFUSED;
        }
        if (has(error, SSLException.class)) {
            return ErrorKind.TLS;
        }
        if (has(error, EOFException.class)) {
            return ErrorKind.PREMATURE_EOF;
        }
        if (has(error, SocketException.class) || has(error, ClosedChannelException.class) || failedInWriting(error)) {
            return ErrorKind.CONNECTION_RESET;
        }
        return ErrorKind.OTHER;
    }

    /**
     * A reset that the JDK meets while it writes ("Broken pipe", "Connection reset by peer") is a plain
     * {@code IOException}, on 17 and 25 alike: what tells it apart, in any language, is the native method that threw it.
     */
    private static boolean failedInWriting(Throwable error) {
        Throwable root = error;
        for (int i = 0; root.getCause() != null && i < DEEPEST; i++) {
            root = root.getCause();
        }
        StackTraceElement[] trace = root.getStackTrace();
        return root instanceof IOException
                && trace.length > 0
                && trace[0].getClassName().startsWith("sun.nio.ch.")
                && trace[0].getMethodName().startsWith("write");
    }

    private static boolean has(@Nullable Throwable error, Class<? extends Throwable> type) {
        Throwable at = error;
        for (int i = 0; at != null && i < DEEPEST; i++) {
            if (type.isInstance(at)) {
                return true;
            }
            at = at.getCause();
        }
        return false;
    }
}
