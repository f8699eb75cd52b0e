package dev.holdfast.client.apache4;

import dev.holdfast.call.Outcome;
import dev.holdfast.exchange.FailureClassifier;
import dev.holdfast.exchange.ProxyTunnel;
import dev.holdfast.policy.ErrorKind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLException;
import org.apache.http.ConnectionClosedException;
import org.apache.http.HttpHost;
import org.apache.http.NoHttpResponseException;
import org.apache.http.client.ClientProtocolException;
import org.apache.http.client.NonRepeatableRequestException;
import org.apache.http.conn.ConnectTimeoutException;
import org.apache.http.conn.ConnectionPoolTimeoutException;
import org.apache.http.conn.HttpHostConnectException;
import org.jspecify.annotations.Nullable;

/** Classifies the exceptions of the client: by type, never by message. */
final class Apache4Failures {
    private Apache4Failures() {}

    /**
     * Makes the exception of an injected fault, where the client has a type of its own for it; else null.
     *
     * @param host the origin
     */
    @SuppressWarnings("deprecation") // what all versions have
    static @Nullable IOException injected(ErrorKind kind, String message, @Nullable HttpHost host) {
        return switch (kind) {
            case CONNECTION_TIMEOUT -> new ConnectTimeoutException(message);
            case CONNECTION_REFUSED ->
                host == null ? null : new HttpHostConnectException(host, new ConnectException(message));
            default -> null;
        };
    }

    /**
     * Classifies an attempt that ended without a response.
     *
     * @param sent whether a request of the program's may have been sent, be it to the first of several origins
     * @param tunnel how far it came through a proxy
     */
    static Outcome of(Throwable thrown, boolean sent, ProxyTunnel tunnel) {
        Throwable error = unwrapped(thrown);
        // The pool is the program's own: full, or shut down. What is no IOException is code of the program's own, or
        // the client's own state; and so is what the client says of HTTP before anything was sent, to a proxy or
        // beyond; and that it cannot repeat a body for an origin which has answered and wants a password.
        if (error instanceof ConnectionPoolTimeoutException
                || !(error instanceof IOException)
                || isInterruption(error)
                || isUnrepeatable(error)
                || (error instanceof ClientProtocolException && !sent && !tunnel.isAwaited())) {
            return Outcome.Cancelled.INSTANCE;
        }
        Outcome.Failure ofProxy = tunnel.failure(error);
        return ofProxy == null ? new Outcome.Failure(error, kind(error), !sent) : ofProxy;
    }

    /** The failure for which the client would have sent the request again, had it been able to. */
    private static Throwable unwrapped(Throwable thrown) {
        Throwable error = thrown;
        if (error instanceof ClientProtocolException && error.getCause() instanceof NonRepeatableRequestException) {
            error = error.getCause();
        }
        Throwable cause = error instanceof NonRepeatableRequestException ? error.getCause() : null;
        return cause == null ? thrown : cause;
    }

    /** Returns whether it is an answer, and no failure, for which the client would have sent the request again. */
    private static boolean isUnrepeatable(Throwable error) {
        return error instanceof NonRepeatableRequestException
                || (error instanceof ClientProtocolException
                        && error.getCause() instanceof NonRepeatableRequestException);
    }

    /**
     * Returns whether the call was ended from outside: the request aborted, the pool shut down, the thread interrupted.
     */
    private static boolean isInterruption(@Nullable Throwable error) {
        return error instanceof InterruptedIOException
                && !(error instanceof SocketTimeoutException)
                && !(error instanceof ConnectTimeoutException);
    }

    private static ErrorKind kind(Throwable error) {
        if (error instanceof ConnectTimeoutException) {
            return ErrorKind.CONNECTION_TIMEOUT;
        }
        if (error instanceof SocketTimeoutException) {
            return ErrorKind.READ_TIMEOUT;
        }
        ErrorKind connecting = FailureClassifier.ofConnecting(error);
        if (connecting != null) {
            return connecting;
        }
        if (error instanceof SSLException) {
            // A connection that ends without an alert of the peer's is no verdict of TLS itself.
            return FailureClassifier.has(error, EOFException.class)
                            || FailureClassifier.has(error, SocketException.class)
                    ? ErrorKind.CONNECTION_RESET
                    : ErrorKind.TLS;
        }
        return error instanceof SocketException
                        || error instanceof EOFException
                        || error instanceof ConnectionClosedException
                        || error instanceof NoHttpResponseException
                ? ErrorKind.CONNECTION_RESET
                : ErrorKind.OTHER;
    }
}
