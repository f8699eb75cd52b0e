package dev.holdfast.exchange;

import dev.holdfast.call.Outcome;
import dev.holdfast.policy.ErrorKind;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Classifies exceptions by what every client has from the JDK: their types and causes, never their messages. A client's
 * own classifier adds what its own types and stages tell, and asks them first. Stateless.
 */
public final class FailureClassifier {
    /** The number of causes that are followed: they may form a circle. */
    private static final int DEEPEST = 16;

    private FailureClassifier() {}

    /**
     * The kind of a failure to reach a host; null: it is none.
     *
     * @param error not its causes: there, it would be what code of the application's ran into
     */
    public static @Nullable ErrorKind ofConnecting(Throwable error) {
        if (error instanceof UnknownHostException) {
            return ErrorKind.DNS_RESOLUTION;
        }
        if (error instanceof ConnectException || error instanceof NoRouteToHostException) {
            return has(error, UnresolvedAddressException.class)
                    ? ErrorKind.DNS_RESOLUTION
                    : ErrorKind.CONNECTION_REFUSED;
        }
        return null;
    }

    /**
     * A streamed request body that could not be written to its end: the origin, or the way there, took no more of it.
     */
    public static Outcome.Failure requestBody(Throwable error) {
        ErrorKind kind = error instanceof SocketTimeoutException ? ErrorKind.READ_TIMEOUT : ErrorKind.CONNECTION_RESET;
        return new Outcome.Failure(error, kind, false);
    }

    /** A streamed response body that ended too early, or broke. */
    public static Outcome.Failure responseBody(Throwable error) {
        ErrorKind kind = error instanceof SocketTimeoutException
                ? ErrorKind.READ_TIMEOUT
                : error instanceof SocketException ? ErrorKind.CONNECTION_RESET : ErrorKind.PREMATURE_EOF;
        return new Outcome.Failure(error, kind, false);
    }

    /** The exception behind those that futures put around it. */
    public static Throwable unwrap(Throwable thrown) {
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

    /** The last of an exception's causes, or the exception itself. */
    public static Throwable root(Throwable error) {
        Throwable root = error;
        for (int i = 0; i < DEEPEST; i++) {
            Throwable cause = root.getCause();
            if (cause == null) {
                break;
            }
            root = cause;
        }
        return root;
    }

    /** Returns whether an exception or one of its causes is of a type. */
    public static boolean has(@Nullable Throwable error, Class<? extends Throwable> type) {
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
