package dev.holdfast.client.jdkhttp;

import dev.holdfast.exchange.FailureClassifier;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/**
 * Creates the exceptions that {@code HttpClient.send} throws for the failure of an asynchronous call: one of a few
 * types, made anew.
 */
final class SendExceptions {
    private SendExceptions() {}

    /** The exception that a blocking call ends in. */
    static Exception of(Throwable thrown) {
        Throwable error = FailureClassifier.unwrap(thrown);
        String message = error.getMessage();
        if (error instanceof IllegalArgumentException) {
            return new IllegalArgumentException(message, error);
        }
        if (error instanceof SecurityException) {
            return new SecurityException(message, error);
        }
        if (error instanceof HttpConnectTimeoutException) {
            return caused(new HttpConnectTimeoutException(message), error);
        }
        if (error instanceof HttpTimeoutException) {
            return new HttpTimeoutException(message);
        }
        if (error instanceof ConnectException) {
            return caused(new ConnectException(message), error);
        }
        if (error instanceof SSLHandshakeException) {
            return caused(new SSLHandshakeException(message), error);
        }
        if (error instanceof SSLException) {
            return new SSLException(message, error);
        }
        return error instanceof ProtocolException
                ? caused(new ProtocolException(message), error)
                : new IOException(message, error);
    }

    private static Exception caused(Exception made, Throwable cause) {
        made.initCause(cause);
        return made;
    }
}
