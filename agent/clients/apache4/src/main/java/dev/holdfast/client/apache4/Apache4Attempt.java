package dev.holdfast.client.apache4;

import dev.holdfast.exchange.LibraryTransport;
import java.io.IOException;
import org.apache.http.HttpConnection;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.HttpClient;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.protocol.BasicHttpContext;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** One attempt: a run of the client's own method. */
final class Apache4Attempt implements LibraryTransport.Attempt<HttpResponse> {
    /** The attribute that each request sets which goes over a connection, be it to a proxy. */
    private static final String SENT = "http.request_sent";

    private static final String CONNECTION = "http.connection";

    private final Apache4Adapter adapter;
    private final HttpClient client;
    private final @Nullable HttpHost host;
    private final HttpRequest request;
    /** The request, where it is this attempt's alone and can be aborted; null: it is the program's. */
    private final @Nullable HttpUriRequest own;

    private final HttpContext context;
    /** The call whose attempt it is; null: it goes to an alternate origin. */
    private final @Nullable Apache4Call call;

    private volatile boolean cancelled;
    private volatile boolean executed;
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
    }

    @Override
    public HttpResponse send() throws IOException {
        if (call == null) {
            return executed();
        }
        call.begins(this);
        try {
            return executed();
        } finally {
            call.ended(this);
        }
    }

    private HttpResponse executed() throws IOException {
        if (cancelled) {
            throw OptionalParts.aborted();
        }
        // Of an earlier call with the same context.
        Object earlier = context.removeAttribute(SENT);
        try {
            HttpResponse response = adapter.execute(client, host, request, context);
            connection = context.getAttribute(CONNECTION) instanceof HttpConnection used ? used : null;
            return response;
        } finally {
            executed = context.getAttribute(SENT) != null;
            if (!executed && earlier != null) {
                context.setAttribute(SENT, earlier);
            }
        }
    }

    /** Returns whether it sends a request of its own, and can be cancelled while it is under way. */
    boolean isOwn() {
        return own != null;
    }

    /** Returns whether it has used a connection: to the origin, to one that it was redirected from, or to a proxy. */
    boolean isExecuted() {
        return executed;
    }

    @Override
    public void cancel() {
        cancelled = true;
        if (own != null) {
            own.abort();
        }
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
