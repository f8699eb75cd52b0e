package dev.holdfast.client.apache5;

import dev.holdfast.call.Outcome;
import dev.holdfast.exchange.FailureClassifier;
import dev.holdfast.exchange.ProxyTunnel;
import dev.holdfast.policy.ErrorKind;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.jspecify.annotations.Nullable;

/** Classifies the exceptions of the client: by type, never by message. */
final class Apache5Failures {
    private Apache5Failures() {}

    /** Makes the exception of an injected fault, where the client has a type of its own for it; else null. */
    static @Nullable IOException injected(ErrorKind kind, String message) {
        return switch (kind) {
            case CONNECTION_TIMEOUT -> new ConnectTimeoutException(message);
            case CONNECTION_REFUSED -> new HttpHostConnectException(message);
            default -> null;
        };
    }

    /**
     * Classifies an attempt that ended without a response.
     *
     * @param sent whether a request of the program's may have been sent, be it to the first of several origins
     * @param tunnel how far it came through a proxy
     */
    static Outcome of(Throwable error, boolean sent, ProxyTunnel tunnel) {
        // The first two are the program's own pool: full, or shut down. What is no IOException is code of the program's
        // own, or the client's own state; and so is what it says of HTTP before anything is known to be sent, to a
        // proxy or beyond.
        if (error instanceof ConnectionRequestTimeoutException
                || error instanceof RequestFailedException
                || !(error instanceof IOException)
                || (error instanceof ClientProtocolException && !tunnel.isSent() && !tunnel.isAwaited())) {
            return Outcome.Cancelled.INSTANCE;
        }
        Outcome.Failure ofProxy = tunnel.failure(error);
        return ofProxy == null ? new Outcome.Failure(error, kind(error), !sent) : ofProxy;
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
