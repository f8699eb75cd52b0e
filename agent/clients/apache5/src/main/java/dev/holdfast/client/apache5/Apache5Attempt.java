package dev.holdfast.client.apache5;

import dev.holdfast.exchange.AttemptClock;
import dev.holdfast.exchange.LibraryTransport;
import dev.holdfast.exchange.ProxyTunnel;
import dev.holdfast.policy.RetryPolicy;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.CloseableHttpResponse;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.protocol.RedirectLocations;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/**
 * One attempt: one call of the client with the program's own request, which passes the woven method. Cut off by closing
 * the connection that it leased, or by giving up its wait for one; the program's request is not cancelled by that, so
 * that the next attempt can be sent.
 */
final class Apache5Attempt implements LibraryTransport.Attempt<CloseableHttpResponse> {
    private final Apache5Adapter adapter;
    private final CloseableHttpClient client;
    private final @Nullable HttpHost target;
    private final ClassicHttpRequest request;
    private final @Nullable HttpContext context;
    private final @Nullable RetryPolicy decides;
    /** The call whose attempt it is; null: it goes to an alternate origin. */
    private final @Nullable Apache5Call call;

    private @Nullable String counter;
    private int number;
    /** True if the header was added to the program's own request, which a client without copies sends. */
    private boolean addedToOriginal;

    private boolean announced;
    private @Nullable ExecRuntime runtime;

    /** True if another attempt of the call was under way when this one began. */
    private boolean beside;

    private @Nullable AttemptClock clock;
    private boolean hadConnection;
    private volatile boolean cancelled;
    private final ProxyTunnel tunnel = new ProxyTunnel();
    private @Nullable HttpContext used;
    private volatile @Nullable LeaseRequest lease;
    private volatile @Nullable ConnectionEndpoint endpoint;
    /** The part of the client that leased the connection and gives it back; null: it has had none. */
    private volatile @Nullable Cancellable holder;
    /** True while it is being sent, until the head of its response is there. */
    private volatile boolean underWay;

    /**
     * An attempt that was not sent.
     *
     * @param context null: the client makes one
     * @param decides the policy that decides on retries by status in place of the client; null: the client does
     * @param call whose attempt it is; null: it goes to an alternate origin
     */
    Apache5Attempt(
            Apache5Adapter adapter,
            CloseableHttpClient client,
            @Nullable HttpHost target,
            ClassicHttpRequest request,
            @Nullable HttpContext context,
            @Nullable RetryPolicy decides,
            @Nullable Apache5Call call) {
        this.adapter = adapter;
        this.client = client;
        this.target = target;
        this.request = request;
        this.context = context;
        this.decides = decides;
        this.call = call;
    }

    @Override
    @SuppressWarnings("deprecation") // the only public method that gives the response itself in all versions
    public CloseableHttpResponse send() throws IOException {
        if (cancelled) {
            throw new CancellationException();
        }
        underWay = true;
        if (call != null) {
            call.begins(this);
        }
        announced = true;
        Object outer = adapter.sends(this);
        try {
            return client.execute(target, request, context);
        } finally {
            adapter.sent(outer);
            String name = counter;
            if (name != null && addedToOriginal) {
                request.removeHeaders(name);
            }
            underWay = false;
            if (call != null) {
                call.ended();
            }
        }
    }

    /** Returns whether it is being sent. Any thread. */
    boolean isUnderWay() {
        return underWay;
    }

    /** Returns whether it is one of the program's call: not one to an alternate origin. */
    boolean isOfCall() {
        return call != null;
    }

    /** The context that it is sent with; null: the client makes one. */
    @Nullable
    HttpContext context() {
        return context;
    }

    @Override
    public void clock(AttemptClock ofAttempt) {
        clock = ofAttempt;
    }

    /**
     * Ends its wait for a connection, or closes its connection and gives it back, as the client does with a request
     * that is cancelled or reset. No effect where the connection was given back. Any thread.
     */
    void disconnect() {
        Cancellable leasing = holder;
        LeaseRequest waiting = lease;
        if (leasing != null) {
            boolean unused = leasing.cancel();
        }
        if (waiting != null) {
            boolean unused = waiting.cancel();
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        ConnectionEndpoint leased = endpoint;
        LeaseRequest waiting = lease;
        if (leased != null) {
            leased.close(CloseMode.IMMEDIATE);
        } else if (waiting != null) {
            boolean unused = waiting.cancel();
        }
    }

    // ---- the woven methods of the client, on the thread that sends it

    /** Returns whether a call is this attempt's own entry, which passes. Once. */
    boolean passes(CloseableHttpClient entered, @Nullable ClassicHttpRequest sent) {
        boolean mine = announced && entered == client && sent == request;
        announced &= !mine;
        return mine;
    }

    /** It waits for a connection. */
    void leases(LeaseRequest waiting) {
        if (endpoint != null) {
            endpoint = null;
        }
        lease = waiting;
        AttemptClock running = clock;
        if (running != null) {
            running.pause();
        }
        tunnel.leases();
        if (cancelled) {
            boolean unused = waiting.cancel();
        }
    }

    /**
     * Returns whether a second attempt beside one under way got no connection, as where the program's pool has none
     * left: it was not carried out, and the first one goes on.
     */
    @Override
    public boolean isRefused(Throwable error) {
        return beside
                && !hadConnection
                && (error instanceof ConnectionRequestTimeoutException || error instanceof IllegalStateException);
    }

    /** Another attempt of the call is under way. */
    void standsBeside() {
        beside = true;
    }

    /**
     * It has a connection.
     *
     * @param by gives the connection back when it is cancelled
     */
    void leased(ConnectionEndpoint connection, @Nullable Cancellable by) {
        hadConnection = true;
        holder = by;
        endpoint = connection;
        AttemptClock running = clock;
        if (running != null) {
            running.resume();
        }
        if (cancelled) {
            connection.close(CloseMode.IMMEDIATE);
        }
    }

    /**
     * Sends the number of attempts before it.
     *
     * @param counter the header; null: none
     * @param attempt its own number
     */
    Apache5Attempt numbered(@Nullable String counter, int attempt) {
        this.counter = counter;
        this.number = attempt;
        return this;
    }

    /** It is about to send a request, its own or one on the way there. */
    void executes(HttpContext current) {
        if (counter != null) {
            addNumber(current, counter);
        }
        used = current;
        tunnel.sends();
        if (call != null) {
            call.executes();
        }
    }

    /** Adds to the client's copy of the request, or for the time of the attempt to the program's own. */
    @SuppressWarnings("deprecation") // what all versions have
    private void addNumber(HttpContext current, String name) {
        HttpRequest executed = HttpClientContext.adapt(current).getRequest();
        if (executed != null && !executed.containsHeader(name)) {
            executed.addHeader(name, Integer.toString(number - 1));
            addedToOriginal |= executed == request;
        }
    }

    /** It is about to ask a proxy for a tunnel. */
    void asksForTunnel(HttpHost proxy) {
        tunnel.asks(proxy.getHostName(), proxy.getPort(), proxy.getSchemeName());
    }

    /** Its way through a proxy. */
    ProxyTunnel tunnel() {
        return tunnel;
    }

    /** Returns whether the policy retries the request of a response with this status. */
    boolean leavesToPolicy(int status) {
        return decides != null && decides.retries(status);
    }

    /** Returns whether the policy, and not the client itself, decides on the repeat of a response's request. */
    boolean decidesRetries(ExecChain.Scope scope) {
        if (decides == null) {
            return false;
        }
        if (runtime == null && scope.originalRequest == request) {
            runtime = scope.execRuntime;
        }
        return scope.execRuntime == runtime; // that of an interceptor's own call is another
    }

    // ---- what is known of it

    /**
     * Returns whether a request of the program's may have been sent. That none was is known only where the client asked
     * for a connection by the woven method: the same class sends.
     */
    boolean isSent() {
        return tunnel.isSent() || lease == null;
    }

    /** Returns whether another resource than the request's may have answered. */
    @SuppressWarnings("deprecation") // what all versions have
    boolean isRedirected() {
        HttpContext current = used;
        if (current == null) {
            return true;
        }
        RedirectLocations locations = HttpClientContext.adapt(current).getRedirectLocations();
        return locations != null && locations.size() > 0;
    }

    /** Returns whether it was cut off. */
    boolean isCancelled() {
        return cancelled;
    }
}
