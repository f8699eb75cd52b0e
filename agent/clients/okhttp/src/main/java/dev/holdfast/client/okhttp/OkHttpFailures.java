package dev.holdfast.client.okhttp;

import dev.holdfast.call.Outcome;
import dev.holdfast.exchange.FailureClassifier;
import dev.holdfast.policy.ErrorKind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Classifies what the library throws, by type, and by how far the attempt came: as long as it has no connection,
 * nothing was sent, whatever went wrong.
 */
final class OkHttpFailures {
    private static final String STREAM_RESET = "StreamResetException";
    private static final String CONNECTION_SHUTDOWN = "ConnectionShutdownException";
    /** The method's name in all versions, which newer ones add something to. */
    private static final String TUNNEL = "createTunnel";

    private static final String INTERNAL = okhttp3.Call.class.getPackageName() + ".internal.";
    private static final String REFUSED = "REFUSED_STREAM";

    private OkHttpFailures() {}

    /**
     * Classifies a failure.
     *
     * @param requests how many requests were, or may have been, written; -1: not known
     * @param proxy gives the proxy through which the origin is reached by TLS, as {@code host:port}; null: there is
     *     none, or it is not known
     */
    static Outcome of(Throwable error, int requests, Supplier<@Nullable String> proxy) {
        if (FailureClassifier.has(error, RejectedExecutionException.class)) {
            return Outcome.Cancelled.INSTANCE; // the program has shut its executor down
        }
        boolean timedOut = error instanceof SocketTimeoutException;
        if (error instanceof InterruptedIOException && !timedOut) {
            return Outcome.Cancelled.INSTANCE;
        }
        boolean nothingSent = requests == 0 || (requests == 1 && isUnprocessed(error));
        boolean inTunnel = requests == 0 && isInTunnel(error);
        if (inTunnel || (requests == 0 && error.getClass() == IOException.class)) {
            String failed = proxy.get();
            if (failed != null) {
                return Outcome.Failure.ofProxy(error, failed);
            }
            if (inTunnel) {
                return new Outcome.Failure(error, ErrorKind.PROXY, true); // of a selector of the program's
            }
        }
        return new Outcome.Failure(error, kind(error, timedOut, requests), nothingSent);
    }

    /**
     * Returns whether it comes from the library's method that asks a proxy for a tunnel: neither its type nor a request
     * of the call tells a reset by the proxy from one by the origin behind it.
     */
    private static boolean isInTunnel(Throwable error) {
        for (StackTraceElement frame : error.getStackTrace()) {
            if (frame.getMethodName().startsWith(TUNNEL) && frame.getClassName().startsWith(INTERNAL)) {
                return true;
            }
        }
        return false;
    }

    private static ErrorKind kind(Throwable error, boolean timedOut, int requests) {
        if (timedOut) {
            return requests == 0 ? ErrorKind.CONNECTION_TIMEOUT : ErrorKind.READ_TIMEOUT;
        }
        ErrorKind connecting = FailureClassifier.ofConnecting(error);
        if (connecting != null) {
            return connecting;
        }
        boolean broken =
                FailureClassifier.has(error, SocketException.class) || FailureClassifier.has(error, EOFException.class);
        if (FailureClassifier.has(error, SSLException.class)) {
            // A connection that breaks within a handshake is a broken connection, not a refused certificate.
            return broken ? ErrorKind.CONNECTION_RESET : ErrorKind.TLS;
        }
        if (error instanceof ProtocolException || !(error instanceof IOException)) {
            return ErrorKind.OTHER;
        }
        return broken || isOf(error, STREAM_RESET) || isOf(error, CONNECTION_SHUTDOWN)
                ? ErrorKind.CONNECTION_RESET
                : ErrorKind.OTHER;
    }

    /** The server says that it did nothing with the request (RFC 9113, 8.7), or it was never written. */
    private static boolean isUnprocessed(Throwable error) {
        if (isOf(error, CONNECTION_SHUTDOWN)) {
            return true;
        }
        if (!isOf(error, STREAM_RESET)) {
            return false;
        }
        try {
            return error.getClass().getField("errorCode").get(error) instanceof Enum<?> code
                    && code.name().equals(REFUSED);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return false; // a module that exports nothing
        }
    }

    /** Returns whether it is of a class of the library's internals, whose packages differ by version. */
    private static boolean isOf(Throwable error, String simpleName) {
        return error.getClass().getSimpleName().equals(simpleName)
                && error.getClass().getName().startsWith(INTERNAL);
    }
}
