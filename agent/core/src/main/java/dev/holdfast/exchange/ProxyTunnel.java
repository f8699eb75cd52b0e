package dev.holdfast.exchange;

import dev.holdfast.call.Outcome;
import dev.holdfast.policy.ErrorKind;
import java.io.IOException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Follows how far one attempt of a blocking client gets on its way through an HTTP proxy: whether it waits for a tunnel
 * to the origin (CONNECT, RFC 9110, 9.3.6), and whether a request of the program's was sent. What goes wrong while it
 * waits is the proxy's doing. Used by the thread that sends the attempt, and by whoever gets its result from that.
 */
public final class ProxyTunnel {
    private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

    /** The proxy that was asked and has opened no tunnel, as {@code host:port}; null: there is none. */
    private @Nullable String asked;

    private boolean sent;

    /** An attempt that has no connection yet. */
    public ProxyTunnel() {}

    /** The attempt asks for a connection, and what it knew of the one before says nothing of it. */
    public void leases() {
        asked = null;
    }

    /**
     * The attempt is about to ask a proxy for a tunnel.
     *
     * @param port -1: that of the scheme
     */
    public void asks(String host, int port, String scheme) {
        int inUse = port >= 0 ? port : "https".equalsIgnoreCase(scheme) ? 443 : 80;
        asked = host + ':' + inUse;
    }

    /** The proxy has answered: with a status of 2xx the tunnel is open. */
    public void answers(int status) {
        if (status >= 200 && status < 300) {
            asked = null;
        }
    }

    /** A request is sent: that for a tunnel, or one of the program's. */
    public void sends() {
        if (asked == null) {
            sent = true;
        }
    }

    /** Returns whether a request of the program's was, or may have been, sent. */
    public boolean isSent() {
        return sent;
    }

    /** Returns whether a tunnel was asked for and is not open. */
    public boolean isAwaited() {
        return asked != null;
    }

    /**
     * Returns the failure of the proxy in which the attempt ended.
     *
     * @param error what the client threw
     * @return null: it is none, or nothing tells: the proxy cannot be reached, or the time is up, for which the origin
     *     may be as much to blame
     */
    public Outcome.@Nullable Failure failure(Throwable error) {
        String proxy = asked;
        return proxy == null || error instanceof SocketTimeoutException || FailureClassifier.ofConnecting(error) != null
                ? null
                : new Outcome.Failure(error, ErrorKind.PROXY, !sent, proxy);
    }

    /**
     * Returns the failure of a proxy that has answered in place of the origin.
     *
     * @param status of the response that the attempt gave
     * @return null: the response is the origin's, or one that asks for credentials
     */
    public Outcome.@Nullable Failure refusal(int status) {
        String proxy = asked;
        return proxy == null || status == PROXY_AUTHENTICATION_REQUIRED
                ? null
                : new Outcome.Failure(
                        new IOException("status " + status + " to CONNECT"), ErrorKind.PROXY, !sent, proxy);
    }
}
