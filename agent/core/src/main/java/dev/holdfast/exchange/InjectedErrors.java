package dev.holdfast.exchange;

import dev.holdfast.policy.ErrorKind;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLHandshakeException;

/** Makes the exceptions of injected faults, of the types that sockets of the JDK throw. */
public final class InjectedErrors {
    private InjectedErrors() {}

    /**
     * Makes the exception.
     *
     * @param kind the fault
     * @param message says that it was injected
     */
    public static IOException of(ErrorKind kind, String message) {
        return switch (kind) {
            case CONNECTION_TIMEOUT, READ_TIMEOUT -> new SocketTimeoutException(message);
            case CONNECTION_REFUSED -> new ConnectException(message);
            case CONNECTION_RESET -> new SocketException(message);
            case DNS_RESOLUTION -> new UnknownHostException(message);
            case TLS -> new SSLHandshakeException(message);
            case PREMATURE_EOF -> new EOFException(message);
            case PROXY, OTHER -> new IOException(message);
        };
    }
}
