package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Outcome;
import dev.holdfast.policy.ErrorKind;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/**
 * What an exception of the JDK's connection means. By type and stage, never by message: the client throws a
 * {@code SocketTimeoutException} for both a connection and an answer that did not come in time, and only its stack tells
 * them apart. Where a JVM runs without stack traces, everything counts as "may have been sent".
 */
final class Failures {
    private Failures() {}

    /**
     * A failed attempt.
     *
     * @param error what was thrown
     * @param firstRequest whether the failure can only be one of the first request: false behind a redirect
     */
    static Outcome.Failure of(Throwable error, boolean firstRequest) {
        boolean connecting = whileConnecting(error);
        ErrorKind kind = kind(error, connecting);
        boolean nothingSent = kind.nothingSent() && connecting && firstRequest && !afterSending(error);
        return new Outcome.Failure(error, kind, nothingSent);
    }

    /** A request body that could not be written to its end: the origin, or the way there, took no more of it. */
    static Outcome.Failure upload(Throwable error) {
        ErrorKind kind = error instanceof SocketTimeoutException ? ErrorKind.READ_TIMEOUT : ErrorKind.CONNECTION_RESET;
        return new Outcome.Failure(error, kind, false);
    }

    /** A body that ended too early, or broke. */
    static Outcome.Failure body(Throwable error) {
        ErrorKind kind = error instanceof SocketTimeoutException
                ? ErrorKind.READ_TIMEOUT
                : error instanceof SocketException ? ErrorKind.CONNECTION_RESET : ErrorKind.PREMATURE_EOF;
        return new Outcome.Failure(error, kind, false);
    }

    private static ErrorKind kind(Throwable error, boolean connecting) {
        if (error instanceof SocketTimeoutException) {
            return connecting ? ErrorKind.CONNECTION_TIMEOUT : ErrorKind.READ_TIMEOUT;
        }
        if (error instanceof UnknownHostException) {
            return ErrorKind.DNS_RESOLUTION;
        }
        if (error instanceof ConnectException || error instanceof NoRouteToHostException) {
            return ErrorKind.CONNECTION_REFUSED;
        }
        if (error instanceof SSLException) {
            return ErrorKind.TLS;
        }
        if (error instanceof SocketException || error instanceof EOFException || whileWriting(error)) {
            // "Unexpected end of file from server" is a plain SocketException too.
            return ErrorKind.CONNECTION_RESET;
        }
        return ErrorKind.OTHER;
    }

    /**
     * Whether the client itself made the exception since it could not write the request ("Error writing to server"): it
     * finds out by a flag of its stream, so that what the socket said is lost.
     */
    private static boolean whileWriting(Throwable error) {
        StackTraceElement[] stack = first(error).getStackTrace();
        return error.getClass() == IOException.class
                && stack.length > 0
                && stack[0].getClassName().equals("sun.net.www.protocol.http.HttpURLConnection")
                && stack[0].getMethodName().equals("writeRequests");
    }

    /** Whether the socket was being connected: the frame stands in the stack of whoever threw first. */
    private static boolean whileConnecting(Throwable error) {
        for (StackTraceElement frame : first(error).getStackTrace()) {
            if (frame.getClassName().equals("java.net.Socket")
                    && frame.getMethodName().equals("connect")) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the JDK was connecting anew after it had sent something already: its own silent re-send, which runs inside the
     * reading of the answer, or the way to where a redirect leads, be that the URL which the request had first.
     */
    private static boolean afterSending(Throwable error) {
        for (StackTraceElement frame : first(error).getStackTrace()) {
            String type = frame.getClassName();
            String method = frame.getMethodName();
            boolean resending = type.equals("sun.net.www.http.HttpClient") && method.startsWith("parseHTTP");
            boolean redirected =
                    type.equals("sun.net.www.protocol.http.HttpURLConnection") && method.startsWith("followRedirect");
            if (resending || redirected) {
                return true;
            }
        }
        return false;
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
}
