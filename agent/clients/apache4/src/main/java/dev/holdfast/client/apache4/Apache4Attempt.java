package dev.holdfast.client.apache4;

import dev.holdfast.exchange.AttemptClock;
import dev.holdfast.exchange.LibraryTransport;
import dev.holdfast.exchange.ProxyTunnel;
import java.io.IOException;
import java.util.Set;
import org.apache.http.HttpConnection;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.HttpClient;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.conn.ConnectionPoolTimeoutException;
import org.apache.http.protocol.BasicHttpContext;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** One attempt: a run of the client's own method. */
final class Apache4Attempt implements LibraryTransport.Attempt<HttpResponse> {
    /** The attribute that each request sets which goes over a connection, be it to a proxy. */
    private static final String SENT = "http.request_sent";

    private static final String REQUEST = "http.request";
    private static final String CONNECTION = "http.connection";
    private static final String REDIRECTS = "http.protocol.redirect-locations";

    private final Apache4Adapter adapter;
    private final HttpClient client;
    private final @Nullable HttpHost host;
    private final HttpRequest request;
    /** The request, where it is this attempt's alone and can be aborted; null: it is the program's. */
    private final @Nullable HttpUriRequest own;

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

    private boolean leased;
    private boolean executed;
    private volatile @Nullable HttpConnection connection;

    /**
     * An attempt that was not sent.
     *
     * @param request the program's, or one of the attempt's own
     * @param own whether it is the attempt's own
     * @param given the program's context; null: it has none
     * @param call whose attempt it is; null: it goes to an alternate origin
     */
    Apache4Attempt(
            Apache4Adapter adapter,
            HttpClient client,
            @Nullable HttpHost host,
            HttpRequest request,
            boolean own,
            @Nullable HttpContext given,
            @Nullable Apache4Call call) {
        this.adapter = adapter;
        this.client = client;
        this.host = host;
        this.request = request;
        this.own = own && request instanceof HttpUriRequest abortable ? abortable : null;
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
            HttpResponse response = OldClients.execute(client, host, request, context);
            connection = context.getAttribute(CONNECTION) instanceof HttpConnection used ? used : null;
            return response;
        } finally {
            adapter.sent(outer);
            if (cancelled && waits && (call == null || !call.isCancelled())) {
                // Most versions take the end of such a wait for an interrupt, and say so again.
                boolean unused = Thread.interrupted();
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

    /** It asks for a connection. */
    void leases() {
        leased = true;
        waits = true;
        tunnel.leases();
        if (clock != null) {
            clock.pause();
        }
    }

    /** It has a connection. */
    void leased() {
        waits = false;
        if (clock != null) {
            clock.resume();
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

    /** Returns whether it sends a request of its own, and can be cancelled while it is under way. */
    boolean isOwn() {
        return own != null;
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

    /**
     * The program gives it up, by aborting or releasing its own request: the connection is closed and given back as
     * that of an aborted request is. No effect where the connection was given back.
     */
    void abort() {
        cancelled = true;
        if (own != null) {
            own.abort();
        }
    }

    @Override
    public void cancel() {
        abort();
        HttpConnection used = connection;
        if (used != null) {
            try {
                used.shutdown(); // without effect on one that was given back
            } catch (IOException | RuntimeException e) {
                // It is closed, or somebody else's by now.
            }
        }
    }
}
