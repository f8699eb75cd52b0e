package dev.holdfast.client.apache4;

import dev.holdfast.exchange.AttemptClock;
import dev.holdfast.exchange.LibraryTransport;
import dev.holdfast.exchange.ProxyTunnel;
import java.io.Closeable;
import java.io.IOException;
import java.util.Set;
import org.apache.http.HttpConnection;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.HttpClient;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.conn.ClientConnectionRequest;
import org.apache.http.conn.ConnectionPoolTimeoutException;
import org.apache.http.conn.ConnectionReleaseTrigger;
import org.apache.http.protocol.BasicHttpContext;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * One attempt: a run of the client's own method with the program's own request, which passes the woven method. Cut off
 * by giving up its wait for a connection, or by closing the one that it leased; the program's request is not aborted by
 * that, so that the next attempt can be sent.
 */
@SuppressWarnings("deprecation") // what all versions have
final class Apache4Attempt implements LibraryTransport.Attempt<HttpResponse> {
    /** The attribute that each request sets which goes over a connection, be it to a proxy. */
    private static final String SENT = "http.request_sent";

    private static final String REQUEST = "http.request";
    private static final String CONNECTION = "http.connection";
    private static final HttpGet ABORTED = new HttpGet();
    private static final String REDIRECTS = "http.protocol.redirect-locations";

    static {
        ABORTED.abort();
    }

    private final Apache4Adapter adapter;
    private final HttpClient client;
    private final @Nullable HttpHost host;
    private final HttpRequest request;
    private final HttpContext context;
    /** True if an earlier call may have left something in the context. */
    private final boolean isUsed;
    /** The call whose attempt it is; null: it goes to an alternate origin. */
    private final @Nullable Apache4Call call;

    private final ProxyTunnel tunnel = new ProxyTunnel();
    private @Nullable String counter;
    private int number;
    private boolean announced;
    /** True if another attempt of the call was under way when this one began. */
    private boolean beside;

    private @Nullable AttemptClock clock;
    /** True while it waits for a connection. */
    private boolean waits;

    private volatile boolean cancelled;
    /** True while it is being sent, until the head of its response is there. */
    private volatile boolean underWay;

    /** The request that the context had when the client was told that it was aborted; null: it was not told. */
    private @Nullable Object retried;

    private boolean leased;
    private boolean executed;
    /** The thing that it waits for, or waited for last, to get a connection; null: nothing, or it has failed. */
    private volatile @Nullable Object lease;
    /** The connection that it has; null: it has none, asks for another one, or has failed. */
    private volatile @Nullable HttpConnection connection;
    /** The client's own response, which has the connection; null: there is none yet. */
    private volatile @Nullable HttpResponse response;

    /**
     * An attempt that was not sent.
     *
     * @param request the program's, or the one to an alternate origin
     * @param given the program's context; null: it has none
     * @param call whose attempt it is; null: it goes to an alternate origin
     */
    Apache4Attempt(
            Apache4Adapter adapter,
            HttpClient client,
            @Nullable HttpHost host,
            HttpRequest request,
            @Nullable HttpContext given,
            @Nullable Apache4Call call) {
        this.adapter = adapter;
        this.client = client;
        this.host = host;
        this.request = request;
        this.call = call;
        this.context = given == null ? new BasicHttpContext() : given;
        this.isUsed = given != null;
    }

    @Override
    public HttpResponse send() throws IOException {
        if (call == null) {
            return executed();
        }
        if (cancelled) { // it lost before it was sent: the program's request may have got to another call
            throw OptionalParts.aborted();
        }
        underWay = true;
        try {
            call.begins(this);
            return executed();
        } finally {
            underWay = false;
            call.ended();
        }
    }

    private HttpResponse executed() throws IOException {
        if (cancelled) {
            throw OptionalParts.aborted();
        }
        announced = true;
        // Of an earlier call with the same context.
        Object earlier = isUsed ? context.removeAttribute(SENT) : null;
        Object outer = adapter.sends(this);
        try {
            HttpResponse received = OldClients.execute(client, host, request, context);
            if (connection == null && context.getAttribute(CONNECTION) instanceof HttpConnection used) {
                connection = used; // of a client that leases it by a method of its own
            }
            response = received;
            if (cancelled) {
                disconnect();
            }
            return received;
        } catch (Throwable e) {
            connection = null; // it was given back, and may be somebody else's
            lease = null;
            throw e;
        } finally {
            adapter.sent(outer);
            if (cancelled && waits && (call == null || !call.isCancelled())) {
                // Most versions take the end of such a wait for an interrupt, and say so again.
                boolean unused = Thread.interrupted();
            }
            if (retried != null) {
                context.setAttribute(REQUEST, retried);
            }
            executed = context.getAttribute(SENT) != null;
            if (!executed && earlier != null) {
                context.setAttribute(SENT, earlier);
            }
        }
    }

    // ---- the woven methods of the client, on the thread that sends it

    /** Returns whether a call is this attempt's own entry, which passes. Once. */
    boolean passes(HttpClient entered, @Nullable HttpRequest sent) {
        boolean mine = announced && entered == client && sent == request;
        announced &= !mine;
        return mine;
    }

    /**
     * The client asks its retry handler about a failure. Where it is that of an attempt that was cut off, the library's
     * own handler, from 4.1 on, gets to see an aborted request, and says no.
     */
    void retries() {
        if (cancelled && retried == null) {
            retried = context.getAttribute(REQUEST);
            context.setAttribute(REQUEST, ABORTED);
        }
    }

    /** It asks for a connection. */
    void leases(Object waited) {
        leased = true;
        connection = null;
        lease = waited;
        waits = true;
        tunnel.leases();
        if (clock != null) {
            clock.pause();
        }
        if (cancelled) { // the client goes on by itself: as far as here
            disconnect();
        }
    }

    /** It has a connection. */
    void leased(Object got) {
        waits = false;
        if (got instanceof HttpConnection opened) {
            connection = opened;
        }
        if (clock != null) {
            clock.resume();
        }
        if (cancelled) {
            disconnect();
        }
    }

    /**
     * Sends the number of attempts before it.
     *
     * @param counter the header; null: none
     * @param attempt its own number
     */
    Apache4Attempt numbered(@Nullable String counter, int attempt) {
        this.counter = counter;
        this.number = attempt;
        return this;
    }

    /** It is about to send the program's request, or the one that it was redirected to. */
    void executes() {
        if (counter != null) {
            addNumber(counter);
        }
        tunnel.leases(); // there is a connection, whatever a proxy has said before
        tunnel.sends();
        if (call != null) {
            call.executes();
        }
    }

    /** The client's copy of the request, so that the program's stays as it is. */
    private void addNumber(String name) {
        if (context.getAttribute(REQUEST) instanceof HttpRequest executed && !executed.containsHeader(name)) {
            executed.addHeader(name, Integer.toString(number - 1));
        }
    }

    /** It is about to ask a proxy for a tunnel. */
    void asksForTunnel(HttpHost proxy) {
        tunnel.asks(proxy.getHostName(), proxy.getPort(), proxy.getSchemeName());
    }

    // ---- what is known of it

    /**
     * Returns whether a second attempt beside one under way got no connection, as where the program's pool has none
     * left: it was not carried out, and the first one goes on.
     */
    @Override
    public boolean isRefused(Throwable error) {
        return beside
                && !isSent()
                && (error instanceof ConnectionPoolTimeoutException || error instanceof IllegalStateException);
    }

    /** Another attempt of the call is under way. */
    void standsBeside() {
        beside = true;
    }

    /** Returns whether it is being sent. Any thread. */
    boolean isUnderWay() {
        return underWay;
    }

    /** Returns whether it is one of the program's call: not one to an alternate origin. */
    boolean isOfCall() {
        return call != null;
    }

    /** The context that it is sent with. */
    HttpContext context() {
        return context;
    }

    /** Its way through a proxy. */
    ProxyTunnel tunnel() {
        return tunnel;
    }

    /**
     * Returns whether a request of the program's may have been sent. A request to a proxy is told from it only where
     * the client asked for a connection by a woven method: the same class sends.
     */
    boolean isSent() {
        return tunnel.isSent() || (executed && !leased);
    }

    /** Returns whether another resource than the request's may have answered. */
    boolean isRedirected() {
        Object locations = context.getAttribute(REDIRECTS);
        try {
            return locations != null
                    && !(ClientParts.OBJECTS.field(
                                            locations,
                                            ClientParts.OBJECTS.hasField(locations, "uris") ? "uris" : "unique")
                                    instanceof Set<?> set
                            && set.isEmpty());
        } catch (NoSuchFieldException e) {
            return true;
        }
    }

    @Override
    public void clock(AttemptClock ofAttempt) {
        clock = ofAttempt;
    }

    @Override
    public void cancel() {
        cancelled = true;
        disconnect();
    }

    /**
     * Ends its wait for a connection, or closes its connection and gives it back, as the client does with a request
     * that is aborted or reset. No effect where the connection was given back. Any thread.
     */
    void disconnect() {
        HttpResponse received = response;
        HttpConnection used = connection;
        Object waited = lease;
        try {
            if (used instanceof ConnectionReleaseTrigger releasing) {
                releasing.abortConnection();
            } else if (used != null) {
                if (received == null || ClientParts.isLease(used)) {
                    used.shutdown(); // a reader need not wait until it is closed in good order
                }
            } else if (waited instanceof ClientConnectionRequest waiting) {
                waiting.abortRequest();
            } else if (waited != null) {
                OptionalParts.cancel(waited);
            }
            if (received instanceof Closeable closeable) {
                closeable.close();
            }
        } catch (IOException | RuntimeException e) {
            // It is closed, or somebody else's by now.
        }
    }
}
