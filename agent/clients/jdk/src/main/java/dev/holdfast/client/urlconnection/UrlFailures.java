package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Outcome;
import dev.holdfast.exchange.FailureClassifier;
import dev.holdfast.policy.ErrorKind;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Classifies the exceptions of the JDK's connection. By type and stage, never by message: the client throws a
 * {@code SocketTimeoutException} for both a connection and an answer that did not come in time, and only its stack
 * tells them apart. Where a JVM runs without stack traces, everything counts as "may have been sent".
 */
final class UrlFailures {
    private static final String CONNECTION = "sun.net.www.protocol.http.HttpURLConnection";

    private UrlFailures() {}

    /**
     * A failed attempt.
     *
     * @param error what was thrown
     * @param firstRequest whether the failure can only be one of the first request: false behind a redirect
     * @param proxy gives the address of the proxy that the request goes through, null if it is not known
     */
    static Outcome.Failure of(Throwable error, boolean firstRequest, Supplier<@Nullable String> proxy) {
        FailurePoint failurePoint = FailurePoint.of(first(error));
        ErrorKind kind = kind(error, failurePoint);
        boolean early = failurePoint.beforeRequest() && firstRequest;
        return switch (kind) {
            case PROXY -> new Outcome.Failure(error, kind, early, proxy.get());
            case OTHER -> new Outcome.Failure(error, kind, false);
            default ->
                new Outcome.Failure(
                        error, kind, early && (kind.nothingSent() || failurePoint.stage != Stage.CONNECTING));
        };
    }

    /** Returns whether the time for a response was up, and not that for a connection. */
    static boolean isReadTimeout(Throwable error) {
        return error instanceof SocketTimeoutException && FailurePoint.of(first(error)).stage != Stage.CONNECTING;
    }

    /** Returns whether a server's refusal of the body ({@code Expect: 100-continue}) was being waited for. */
    static boolean whileExpecting(Throwable error) {
        return FailurePoint.of(first(error)).stage == Stage.EXPECTING;
    }

    private static ErrorKind kind(Throwable error, FailurePoint failurePoint) {
        if (error instanceof SocketTimeoutException) {
            return failurePoint.stage == Stage.CONNECTING ? ErrorKind.CONNECTION_TIMEOUT : ErrorKind.READ_TIMEOUT;
        }
        ErrorKind connecting = FailureClassifier.ofConnecting(error);
        if (connecting != null) {
            return connecting;
        }
        // What is no HTTP makes the client fail in taking it apart, in whatever exception it happens to run into.
        if (failurePoint.stage == Stage.TUNNELING
                && !failurePoint.again
                && (error instanceof IOException || failurePoint.byJdk)) {
            return ErrorKind.PROXY;
        }
        if (error instanceof SSLException) {
            return transportBroke(error) ? ErrorKind.CONNECTION_RESET : ErrorKind.TLS;
        }
        if (error instanceof SocketException || error instanceof EOFException || whileWriting(error)) {
            // "Unexpected end of file from server" is a plain SocketException too.
            return ErrorKind.CONNECTION_RESET;
        }
        return ErrorKind.OTHER;
    }

    /**
     * Returns whether what TLS reports is that its connection ended, without an alert of the peer's: no verdict of TLS
     * itself.
     */
    private static boolean transportBroke(Throwable error) {
        return FailureClassifier.has(error, EOFException.class) || FailureClassifier.has(error, SocketException.class);
    }

    /**
     * Returns whether the client itself made the exception since it could not write the request ("Error writing to
     * server"): it finds out by a flag of its stream, so that what the socket said is lost.
     */
    private static boolean whileWriting(Throwable error) {
        StackTraceElement[] stack = first(error).getStackTrace();
        return error.getClass() == IOException.class
                && stack.length > 0
                && stack[0].getClassName().equals(CONNECTION)
                && stack[0].getMethodName().equals("writeRequests");
    }

    private static Throwable first(Throwable error) {
        Throwable at = error;
        for (int i = 0; i < 16; i++) {
            Throwable cause = at.getCause();
            if (cause == null || cause.getClass() != error.getClass()) {
                break;
            }
            at = cause;
        }
        return at;
    }

    /**
     * The stages of an exchange in which the request itself has not been written, as far as the JDK's frames tell them.
     */
    private enum Stage {
        /** The socket is being connected, to the origin or to a proxy. */
        CONNECTING,
        /** A proxy was asked for a tunnel to the origin. */
        TUNNELING,
        /** TLS is being negotiated. */
        HANDSHAKING,
        /** The request's head was sent, and the server is to say whether it wants the body. */
        EXPECTING,
        /** Later, or not known. */
        OTHER
    }

    /**
     * The point at which an exception was thrown, from the stack of the first one in the chain.
     *
     * @param stage the stage of the exchange
     * @param again whether the JDK was at it anew after it had sent something already: its own silent second try, which
     *     runs inside the writing of the request or the reading of the answer, or the way to where a redirect leads, be
     *     that the URL which the request had first
     * @param byJdk whether the stage is known and none but the JDK's own methods were called in it: neither an
     *     authenticator of the application's nor any other code of its own
     */
    private record FailurePoint(Stage stage, boolean again, boolean byJdk) {
        /** Returns whether nothing of the request had left. */
        boolean beforeRequest() {
            return !again && stage != Stage.EXPECTING && stage != Stage.OTHER;
        }

        static FailurePoint of(Throwable thrown) {
            Stage stage = Stage.OTHER;
            boolean again = false;
            boolean byJdk = true;
            for (StackTraceElement frame : thrown.getStackTrace()) {
                Stage at = stage(frame);
                if (stage == Stage.OTHER) {
                    byJdk &= isOfJdk(frame);
                }
                if (at == Stage.TUNNELING) {
                    again = false; // so far it was the proxy's answer that was read
                }
                if (stage == Stage.OTHER) {
                    stage = at;
                }
                again |= sendsAgain(frame);
            }
            return new FailurePoint(stage, again, byJdk && stage != Stage.OTHER);
        }

        private static boolean isOfJdk(StackTraceElement frame) {
            String module = frame.getModuleName();
            return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
        }

        private static Stage stage(StackTraceElement frame) {
            String method = frame.getMethodName();
            return switch (frame.getClassName()) {
                case "java.net.Socket" -> method.equals("connect") ? Stage.CONNECTING : Stage.OTHER;
                case "sun.net.www.protocol.https.HttpsClient" ->
                    method.equals("afterConnect") ? Stage.HANDSHAKING : Stage.OTHER;
                case CONNECTION ->
                    switch (method) {
                        case "doTunneling", "doTunneling0" -> Stage.TUNNELING;
                        case "expect100Continue" -> Stage.EXPECTING;
                        default -> Stage.OTHER;
                    };
                default -> Stage.OTHER;
            };
        }

        private static boolean sendsAgain(StackTraceElement frame) {
            String method = frame.getMethodName();
            return switch (frame.getClassName()) {
                case "sun.net.www.http.HttpClient" -> method.startsWith("parseHTTP");
                case CONNECTION -> method.startsWith("followRedirect") || method.equals("writeRequests");
                default -> false;
            };
        }
    }
}
