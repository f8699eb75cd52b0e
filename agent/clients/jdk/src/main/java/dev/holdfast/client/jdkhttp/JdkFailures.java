package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.Outcome;
import dev.holdfast.exchange.FailureClassifier;
import dev.holdfast.policy.ErrorKind;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Classifies the exceptions of the client. By type and stage alone: {@code HttpClient.send} re-creates what it throws,
 * with the original as cause, so the chain of causes is walked; messages are never looked at. Where the JDK throws a
 * plain {@code IOException}, the method that made it tells the stage; without stack traces such a failure is of no
 * kind.
 */
final class JdkFailures {
    private static final int DEEPEST = 16;
    private static final String JDK = "jdk.internal.net.http.";

    private JdkFailures() {}

    /** Makes the exception of an injected fault, as the client would throw it. */
    static IOException injected(ErrorKind kind, String message) {
        return switch (kind) {
            case CONNECTION_TIMEOUT -> new HttpConnectTimeoutException(message);
            case READ_TIMEOUT -> new HttpTimeoutException(message);
            case DNS_RESOLUTION -> unresolved(message);
            case CONNECTION_REFUSED -> new ConnectException(message);
            case CONNECTION_RESET -> new SocketException(message);
            case TLS -> new SSLHandshakeException(message);
            case PREMATURE_EOF, PROXY, OTHER -> new IOException(message);
        };
    }

    private static IOException unresolved(String message) {
        IOException error = new ConnectException(message);
        error.initCause(new UnresolvedAddressException());
        return error;
    }

    /**
     * The progress of the client with a request, as far as it is known.
     *
     * @param notBegun whether it is certain that the client had not begun to write the request, or does not matter
     * @param proven whether that is certain because the client never asked for the body
     * @param once whether the client sends one request for a call, so that its failure is the call's, of which the body
     *     can be sent again
     * @param unprocessed the exception by which the client says that the server did nothing with the request, where
     *     that can be seen by no more than which one it is
     * @param secure whether every connection to an origin has TLS, so that one without is to a proxy
     * @param proxy gives the proxy's address, null if it is not known
     */
    record Sending(
            boolean notBegun,
            boolean proven,
            boolean once,
            @Nullable Throwable unprocessed,
            boolean secure,
            Supplier<@Nullable String> proxy) {
        /** A request of which no more is known. */
        static Sending of(boolean notBegun) {
            return new Sending(notBegun, false, false, null, false, () -> null);
        }
    }

    /** An attempt that gave no response's head. */
    static Outcome.Failure beforeHead(Throwable thrown, Sending sending) {
        Throwable error = FailureClassifier.unwrap(thrown);
        ErrorKind kind = kind(error);
        // Time that is up ends a CONNECT, too, sometimes before it ends the exchange: that is the time's doing.
        boolean timedOut = kind == ErrorKind.CONNECTION_TIMEOUT || kind == ErrorKind.READ_TIMEOUT;
        InetSocketAddress proxy = timedOut ? null : FailedProxyTunnels.proxyOf(error);
        if (proxy != null) {
            return new Outcome.Failure(error, ErrorKind.PROXY, sending.notBegun(), Proxies.address(proxy));
        }
        if (isOfTunnel(error, sending)) {
            return new Outcome.Failure(
                    error, ErrorKind.PROXY, sending.notBegun(), sending.proxy().get());
        }
        if (kind == ErrorKind.PREMATURE_EOF) {
            // Closed before it said anything: to the caller the same as a reset, only more polite.
            kind = ErrorKind.CONNECTION_RESET;
        }
        return new Outcome.Failure(error, kind, nothingDone(error, kind, sending));
    }

    private static boolean nothingDone(Throwable error, ErrorKind kind, Sending sending) {
        if (kind.nothingSent()) {
            return sending.notBegun();
        }
        if (endedInHandshake(error)) {
            return sending.proven();
        }
        // Of a redirected request the origin has acted on the one before.
        return sending.once() && (FailureClassifier.root(error) == sending.unprocessed() || isUnprocessed(error));
    }

    /** An attempt whose response's body broke. */
    static Outcome.Failure afterHead(Throwable thrown) {
        Throwable error = FailureClassifier.unwrap(thrown);
        ErrorKind kind = kind(error);
        if (kind.nothingSent() || kind == ErrorKind.OTHER) {
            // A body of another length than was announced is a plain IOException; what the application's handler throws
            // is not the server's doing.
            kind = error instanceof IOException ? ErrorKind.PREMATURE_EOF : ErrorKind.OTHER;
        }
        return new Outcome.Failure(error, kind, false);
    }

    /** Returns whether the client did not carry the request out: it was closed, or its executor refused a task. */
    static boolean isRefusal(Throwable thrown) {
        if (FailureClassifier.has(thrown, RejectedExecutionException.class)) {
            return true;
        }
        Throwable root = FailureClassifier.root(thrown);
        if (!(root instanceof IOException)) {
            return false;
        }
        StackTraceElement[] trace = root.getStackTrace();
        for (int i = 0; i < Math.min(3, trace.length); i++) {
            if (trace[i].getClassName().equals(JDK + "HttpClientImpl")
                    && trace[i].getMethodName().equals("sendAsync")) {
                return true;
            }
        }
        return false;
    }

    private static ErrorKind kind(Throwable error) {
        // Itself a HttpTimeoutException, so it comes first.
        if (error instanceof HttpConnectTimeoutException) {
            return ErrorKind.CONNECTION_TIMEOUT;
        }
        if (error instanceof HttpTimeoutException || closedByTheClient(error)) {
            return ErrorKind.READ_TIMEOUT;
        }
        // Not in the chain of causes: there, it would be what the application's publisher or handler ran into.
        ErrorKind connecting = FailureClassifier.ofConnecting(error);
        if (connecting != null) {
            return connecting;
        }
        boolean broken = FailureClassifier.has(error, SocketException.class)
                || FailureClassifier.has(error, ClosedChannelException.class);
        if (FailureClassifier.has(error, SSLException.class)) {
            // A connection that breaks within a handshake is a broken connection, not a refused certificate.
            return broken || FailureClassifier.has(error, EOFException.class) || endedInHandshake(error)
                    ? ErrorKind.CONNECTION_RESET
                    : ErrorKind.TLS;
        }
        if (FailureClassifier.has(error, EOFException.class)) {
            return ErrorKind.PREMATURE_EOF;
        }
        return broken || failedInWriting(error) || http2Ended(error) ? ErrorKind.CONNECTION_RESET : ErrorKind.OTHER;
    }

    /**
     * A reset that the JDK meets while it writes ("Broken pipe", "Connection reset by peer") is a plain
     * {@code IOException}, on 17 and 25 alike: what tells it apart, in any language, is the native method that threw
     * it.
     */
    private static boolean failedInWriting(Throwable error) {
        StackTraceElement at = made(FailureClassifier.root(error));
        return at != null
                && at.getClassName().startsWith("sun.nio.ch.")
                && at.getMethodName().startsWith("write");
    }

    /**
     * The client itself closed the connection under an exchange, which it does where the request's time is over. On 17
     * the end of the connection is sometimes faster than the exception that says so.
     */
    private static boolean closedByTheClient(Throwable error) {
        StackTraceElement at = made(FailureClassifier.root(error));
        return at != null
                && at.getClassName().equals(JDK + "SocketTube")
                && at.getMethodName().equals("signalClosed");
    }

    /** The server reset the HTTP/2 stream (RST_STREAM) or took leave of the connection (GOAWAY). */
    private static boolean http2Ended(Throwable error) {
        StackTraceElement at = made(FailureClassifier.root(error));
        return at != null
                && (at.getClassName().equals(JDK + "Stream")
                        || at.getClassName().equals(JDK + "Http2Connection"));
    }

    /**
     * The server said that it did nothing with the request: GOAWAY with the number of an earlier one (RFC 9113, 6.8);
     * or the client did not send it, since the connection has as many streams as the server allows (5.1.2).
     *
     * <p>A stream that the server refuses (REFUSED_STREAM), and on 17 any GOAWAY, cannot be seen here: the same
     * statement makes the exceptions of other ends, and nothing but their message differs. See
     * {@link Sending#unprocessed}.
     */
    private static boolean isUnprocessed(Throwable error) {
        StackTraceElement at = made(FailureClassifier.root(error));
        if (at == null) {
            return false;
        }
        return switch (at.getClassName()) {
            case JDK + "Stream" -> at.getMethodName().equals("closeAsUnprocessed");
            case JDK + "Http2Connection" -> at.getMethodName().startsWith("reserveStream");
            default -> false;
        };
    }

    /**
     * A proxy did not open the tunnel to the origin, where {@link FailedProxyTunnels} does not know, since the JDK's
     * class was not woven. An answer with another status than 200 and 407 is an exception that the tunnel's own class
     * makes. An end of the connection looks like one of the origin's but for two things: it is read without TLS, which
     * shows where the end was orderly; and the client has not asked for the request's body.
     */
    private static boolean isOfTunnel(Throwable error, Sending sending) {
        Throwable root = FailureClassifier.root(error);
        StackTraceElement at = made(root);
        if (at == null) {
            return false;
        }
        return at.getClassName().startsWith(JDK + "PlainTunnelingConnection")
                || (sending.secure() && endedWithoutTls(root))
                || (sending.secure() && sending.proven() && root instanceof SocketException && isReadingHead(error));
    }

    private static boolean endedWithoutTls(Throwable root) {
        StackTraceElement[] trace = root.getStackTrace();
        return root instanceof EOFException
                && trace.length > 1
                && trace[0].getClassName().equals(JDK + "Http1AsyncReceiver$Http1TubeSubscriber")
                && trace[1].getClassName().startsWith(JDK + "SocketTube");
    }

    /** Returns whether an HTTP/1.1 response's head was waited for. */
    private static boolean isReadingHead(Throwable error) {
        return anyMade(error, 2, at -> at.getClassName().equals(JDK + "Http1Response$HeadersReader"));
    }

    /** The peer ended the connection within the TLS handshake, without an alert that would say why. */
    private static boolean endedInHandshake(Throwable error) {
        return FailureClassifier.has(error, SSLException.class)
                && anyMade(
                        error,
                        1,
                        at -> at.getClassName().equals(JDK + "common.SSLTube")
                                && at.getMethodName().equals("checkForHandshake"));
    }

    /** Returns whether one of the first frames of an exception in the chain of causes is like this. */
    private static boolean anyMade(Throwable error, int frames, Predicate<StackTraceElement> like) {
        Throwable one = error;
        for (int i = 0; one != null && i < DEEPEST; i++) {
            StackTraceElement[] trace = one.getStackTrace();
            for (int k = 0; k < Math.min(frames, trace.length); k++) {
                if (like.test(trace[k])) {
                    return true;
                }
            }
            one = one.getCause();
        }
        return false;
    }

    /** Returns the frame that created an {@code IOException}. */
    private static @Nullable StackTraceElement made(Throwable error) {
        StackTraceElement[] trace = error.getStackTrace();
        return error instanceof IOException && trace.length > 0 ? trace[0] : null;
    }
}
