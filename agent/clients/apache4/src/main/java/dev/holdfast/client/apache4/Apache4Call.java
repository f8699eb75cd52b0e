package dev.holdfast.client.apache4;

import dev.holdfast.call.Client;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.Step;
import dev.holdfast.exchange.LibraryTransport;
import dev.holdfast.exchange.ResponseHead;
import dev.holdfast.fallback.AlternateOrigin;
import dev.holdfast.fallback.FallbackCandidate;
import dev.holdfast.fallback.FallbackRequest;
import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryPolicy;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.HttpEntityEnclosingRequest;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.HttpClient;
import org.apache.http.client.methods.AbortableHttpRequest;
import org.apache.http.client.methods.HttpRequestBase;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.conn.ConnectionReleaseTrigger;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** One call of the client. */
final class Apache4Call implements LibraryTransport<HttpResponse> {
    private final Apache4Adapter adapter;
    private final HttpClient client;
    /** The origin of the call. */
    private final HttpHost origin;
    /** The host as the program gave it; null: the request or the client names it. */
    private final @Nullable HttpHost host;

    private final HttpRequest request;
    private final @Nullable HttpContext context;
    private final boolean hedges;
    /** The contexts of attempts that may be under way at a time; null: they share the program's, or have none. */
    private final @Nullable AttemptContexts contexts;
    /** The body of the program's request, where it can be read once and is recorded. */
    private final @Nullable RecordedEntity recorded;

    private final long caller = Thread.currentThread().getId();
    private final RetryPolicy attemptHeaders;
    /** The attempts of a hedged call that were sent; null: it is none. */
    private final @Nullable Set<Apache4Attempt> sent;
    /** True if the program's request may know another action of ours than to end the attempt that was sent last. */
    private boolean signalled;
    /** True once two attempts were under way at a time: the request knows of one at a time. */
    private volatile boolean sentBeside;

    /** A call that has not begun. */
    Apache4Call(
            Apache4Adapter adapter,
            Engine engine,
            Policy policy,
            HttpClient client,
            HttpHost origin,
            @Nullable HttpHost host,
            HttpRequest request,
            @Nullable HttpContext context) {
        this.adapter = adapter;
        this.client = client;
        this.origin = origin;
        this.host = host;
        this.request = request;
        this.context = context;
        HttpEntity entity = entity();
        this.recorded = entity == null || entity.isRepeatable() || !mayRetry(policy)
                ? null
                : new RecordedEntity(entity, policy.retry(), engine.replayMemory());
        this.attemptHeaders = policy.retry();
        this.hedges = policy.mode() == Mode.ENFORCE && policy.hedge().enabled();
        this.sent = hedges ? ConcurrentHashMap.newKeySet() : null;
        this.contexts = hedges && context != null ? AttemptContexts.of(context) : null;
    }

    private static boolean mayRetry(Policy policy) {
        return policy.mode() == Mode.ENFORCE
                && (policy.retry().enabled() || policy.fallback().usesDegraded());
    }

    private @Nullable HttpEntity entity() {
        return request instanceof HttpEntityEnclosingRequest enclosing ? enclosing.getEntity() : null;
    }

    // ---- the request

    @Override
    public Client client() {
        return Apache4Adapter.CLIENT;
    }

    @Override
    public String method() {
        return Requests.method(request);
    }

    @Override
    public @Nullable String requestHeader(String name) {
        Header header = request.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    @Override
    public long responseTimeoutNanos() {
        return ResponseTimeouts.nanos(client, request, context);
    }

    @Override
    public IOException faultError(ErrorKind kind, String message) {
        IOException own = Apache4Failures.injected(kind, message, host);
        return own == null ? LibraryTransport.super.faultError(kind, message) : own;
    }

    @Override
    public boolean bodyReplayable() {
        HttpEntity entity = entity();
        return entity == null
                || (recorded == null
                        ? entity.isRepeatable()
                        : recorded.recording().canBeSent());
    }

    @Override
    public long fingerprint() {
        return (caller << 32) ^ (31L * method().hashCode() + address().hashCode());
    }

    private String address() {
        return origin.toURI() + Requests.target(request);
    }

    @Override
    public FallbackRequest request(@Nullable Identity identity) {
        String address = address();
        HttpEntity entity = entity();
        return new FallbackRequest(
                method(),
                new FallbackRequest.Address(address, () -> URI.create(address)),
                Heads.fields(request.getAllHeaders()),
                entity != null && entity.getContentLength() != 0,
                identity);
    }

    @Override
    public @Nullable Identity caller() {
        return adapter.callers().identity(client, request, context, address());
    }

    @Override
    public Attempt<HttpResponse> attempt(Step.Send send) {
        HttpContext used = contexts == null ? context : contexts.create();
        String counter = attemptHeaders.attemptHeaderOf(send.attempt());
        return new Apache4Attempt(adapter, client, host, request, used, this)
                .numbered(counter == null || requestHeader(counter) != null ? null : counter, send.attempt());
    }

    @Override
    public void delivers(Attempt<HttpResponse> attempt) {
        Apache4Attempt delivered = (Apache4Attempt) attempt;
        if (contexts != null && delivered.isOfCall()) {
            contexts.writeBack(delivered.context());
        }
        if (signalled || sentBeside || !delivered.isOfCall()) {
            onCancel(delivered::disconnect);
        }
    }

    /** An attempt is about to be sent. */
    void begins(Apache4Attempt attempt) {
        if (sent != null) {
            if (sent.stream().anyMatch(Apache4Attempt::isUnderWay)) {
                sentBeside = true;
                attempt.standsBeside();
            }
            sent.add(attempt);
        }
        if (recorded != null && request instanceof HttpEntityEnclosingRequest enclosing) {
            enclosing.setEntity(recorded);
        }
    }

    /** An attempt has a connection: the program's request knows of one at a time that is to be ended with it. */
    void executes() {
        if (sentBeside) {
            onCancel(this::endAll);
        }
    }

    /** An attempt has ended, but for the body of its response. */
    void ended() {
        if (sentBeside && isCancelled()) {
            endAll();
        }
    }

    /**
     * The program has aborted its request, or has reset it: then the client sends again by itself what was under way.
     * Those that have ended count as well: the body of a response may be on its way.
     */
    private void endAll() {
        if (sent == null) {
            return;
        }
        boolean cancelled = isCancelled();
        for (Apache4Attempt attempt : sent) {
            if (cancelled) {
                attempt.cancel();
            } else {
                attempt.disconnect();
            }
        }
    }

    /** Returns whether two attempts can be under way at a time: they would share the program's context. */
    @Override
    public boolean canHedge() {
        HttpEntity entity = entity();
        return hedges
                && (context == null || contexts != null)
                && (entity == null
                        || (recorded == null
                                ? entity.isRepeatable()
                                : recorded.recording().isWhole()));
    }

    @Override
    public void release() {
        if (recorded != null) {
            if (request instanceof HttpEntityEnclosingRequest enclosing && enclosing.getEntity() == recorded) {
                enclosing.setEntity(recorded.original());
            }
            recorded.recording().release();
        }
    }

    @Override
    public Attempt<HttpResponse> alternateOrigin(FallbackCandidate.AlternateOriginRequest offer, Step.Send send) {
        URI uri = offer.uri();
        List<Header> headers = new ArrayList<>();
        for (Header header : request.getAllHeaders()) {
            if (AlternateOrigin.goesAlong(header.getName(), offer.policy())) {
                headers.add(header);
            }
        }
        HttpRequest other = AlternateRequest.of(
                method(),
                uri,
                request.getProtocolVersion(),
                headers.toArray(Header[]::new),
                recorded == null ? entity() : recorded);
        HttpHost to = new HttpHost(uri.getHost(), uri.getPort(), uri.getScheme());
        HttpClient sender =
                offer.policy().forwardCredentials() ? client : CredentialFreeClients.like(client, request, context, to);
        return new Apache4Attempt(adapter, sender, to, other, null, null);
    }

    // ---- the program's own end of the call

    @Override
    public boolean isCancelled() {
        return request instanceof HttpUriRequest own ? own.isAborted() : OptionalParts.isAborted(request);
    }

    @Override
    public void onCancel(Runnable action) {
        signalled = true;
        try {
            signal(action);
        } catch (IOException e) {
            action.run(); // it was aborted before
        }
    }

    /**
     * Asks for a signal, as {@link #onCancel}.
     *
     * @throws IOException from a request of 4.0 to 4.2 that was aborted before: its own
     */
    @SuppressWarnings("deprecation") // the fastest way, and the only one that all versions have
    private void signal(Runnable action) throws IOException {
        if (OptionalParts.isExecutionAware(request) && !(request instanceof HttpRequestBase)) {
            OptionalParts.setCancellable(request, action);
        } else if (request instanceof AbortableHttpRequest abortable) {
            abortable.setReleaseTrigger(new ConnectionReleaseTrigger() {
                @Override
                public void releaseConnection() {
                    action.run();
                }

                @Override
                public void abortConnection() {
                    action.run();
                }
            });
        } else {
            return;
        }
        if (isCancelled()) {
            action.run();
        }
    }

    @Override
    public IOException cancelled() {
        return OptionalParts.aborted();
    }

    @Override
    public IOException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt(); // as the client does
        IOException error = OptionalParts.aborted();
        error.initCause(cause);
        return error;
    }

    @Override
    public IOException timedOut(@Nullable Throwable cause) {
        SocketTimeoutException error = new SocketTimeoutException("Read timed out");
        error.initCause(cause);
        return error;
    }

    // ---- what an attempt gave

    @Override
    public Outcome classify(Attempt<HttpResponse> attempt, Throwable error) {
        Apache4Attempt sent = (Apache4Attempt) attempt;
        return Apache4Failures.of(error, sent.isSent(), sent.tunnel());
    }

    @Override
    public Outcome.@Nullable Failure refusedTunnel(Attempt<HttpResponse> attempt, HttpResponse response) {
        return ((Apache4Attempt) attempt)
                .tunnel()
                .refusal(response.getStatusLine().getStatusCode());
    }

    @Override
    public ResponseHead head(HttpResponse response) {
        return new Heads(response);
    }

    /**
     * Returns whether it is a response to the program's own request, over a connection: not one of a caching module.
     */
    @Override
    public boolean mayBeStored(Attempt<HttpResponse> attempt, HttpResponse response) {
        HttpEntity entity = response.getEntity();
        Apache4Attempt sent = (Apache4Attempt) attempt;
        return sent.tunnel().isSent()
                && !sent.tunnel().isAwaited()
                && !sent.isRedirected()
                && (entity == null || entity.isStreaming());
    }

    @Override
    public long bodyLength(HttpResponse response) {
        HttpEntity entity = response.getEntity();
        return entity == null || !entity.isStreaming() ? 0 : entity.getContentLength();
    }

    @Override
    public @Nullable InputStream body(HttpResponse response) throws IOException {
        HttpEntity entity = response.getEntity();
        return entity == null || !entity.isStreaming() ? null : entity.getContent();
    }

    @Override
    public void close(HttpResponse response) throws IOException {
        if (response instanceof Closeable closeable) {
            closeable.close();
        } else if (response.getEntity() instanceof ConnectionReleaseTrigger connection) {
            connection.abortConnection(); // without effect where it was given back
        }
    }

    @Override
    public HttpResponse wrapBody(HttpResponse response, UnaryOperator<InputStream> wrapper) {
        HttpEntity entity = response.getEntity();
        if (entity != null && entity.isStreaming()) {
            response.setEntity(ReceivedEntity.of(entity, wrapper));
        }
        return response;
    }

    @Override
    public HttpResponse withBody(HttpResponse response, InputStream body) {
        HttpEntity entity = response.getEntity();
        if (entity != null) {
            response.setEntity(ReceivedEntity.of(entity, body));
        }
        return response;
    }

    @Override
    public HttpResponse synthetic(FallbackCandidate.Response response) {
        return SyntheticResponses.of(response, method());
    }

    @Override
    public HttpResponse withHeaders(HttpResponse response, Map<String, List<String>> headers) {
        response.setHeaders(Heads.headers(headers));
        return response;
    }
}
