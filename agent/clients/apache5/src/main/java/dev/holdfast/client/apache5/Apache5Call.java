package dev.holdfast.client.apache5;

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
import dev.holdfast.policy.RetryRule;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.CloseableHttpResponse;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** One call of the client. */
final class Apache5Call implements LibraryTransport<CloseableHttpResponse> {
    /** The beginning of a whole address: a scheme, RFC 3986, section 3.1. */
    private static final Pattern ABSOLUTE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://");

    private final Apache5Adapter adapter;
    private final CloseableHttpClient client;
    private final @Nullable HttpHost target;
    private final ClassicHttpRequest request;
    private final @Nullable HttpContext context;
    /** The contexts of attempts that may be under way at a time; null: they share the program's, or have none. */
    private final @Nullable AttemptContexts contexts;
    /** The policy that decides on retries by status in place of the client; null: the client does. */
    private final @Nullable RetryPolicy decides;

    /** The body of the program's request, where it can be read once and is recorded. */
    private final @Nullable RecordedEntity recorded;
    /** The headers before the client added its own; null: it does not. */
    private final Header @Nullable [] headers;

    private final long caller = Thread.currentThread().getId();
    private final RetryPolicy attemptHeaders;
    /** The attempts of a hedged call that were sent; null: it is none. */
    private final @Nullable Set<Apache5Attempt> sent;
    /** True if the program's request may know another action of ours than to end the attempt that was sent last. */
    private boolean signalled;
    /** True once two attempts were under way at a time: the request knows of one at a time. */
    private volatile boolean sentBeside;

    /** A call that has not begun. */
    Apache5Call(
            Apache5Adapter adapter,
            Engine engine,
            Policy policy,
            CloseableHttpClient client,
            @Nullable HttpHost target,
            ClassicHttpRequest request,
            @Nullable HttpContext context) {
        this.adapter = adapter;
        this.client = client;
        this.target = target;
        this.request = request;
        this.context = context;
        HttpEntity entity = request.getEntity();
        this.recorded = entity == null || entity.isRepeatable() || !mayRetry(policy)
                ? null
                : new RecordedEntity(entity, policy.retry(), engine.replayMemory());
        this.headers = Apache5Adapter.changesRequests(client) ? request.getHeaders() : null;
        this.attemptHeaders = policy.retry();
        this.decides = retriesByStatus(policy) ? policy.retry() : null;
        boolean hedges = policy.mode() == Mode.ENFORCE && policy.hedge().enabled();
        this.sent = hedges ? ConcurrentHashMap.newKeySet() : null;
        this.contexts = hedges && context != null ? AttemptContexts.of(context) : null;
    }

    private static boolean mayRetry(Policy policy) {
        return policy.mode() == Mode.ENFORCE
                && (policy.retry().enabled() || policy.fallback().usesDegraded());
    }

    private boolean retriesByStatus(Policy policy) {
        return policy.mode() == Mode.ENFORCE
                && policy.retry().enabled()
                && policy.retry().maxRetries() > 0
                && RetryRule.mayResend(policy.retry(), method(), requestHeader("Idempotency-Key") != null, true, false);
    }

    // ---- the request

    @Override
    public Client client() {
        return Apache5Adapter.CLIENT;
    }

    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public @Nullable String requestHeader(String name) {
        Header header = request.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    @Override
    public long responseTimeoutNanos() {
        RequestConfig config = CredentialFreeClients.config(client, request, context);
        Timeout timeout = config == null ? null : config.getResponseTimeout();
        return timeout == null || timeout.getDuration() <= 0 ? Long.MAX_VALUE : timeout.toNanoseconds();
    }

    @Override
    public IOException faultError(ErrorKind kind, String message) {
        IOException own = Apache5Failures.injected(kind, message);
        return own == null ? LibraryTransport.super.faultError(kind, message) : own;
    }

    @Override
    public boolean bodyReplayable() {
        HttpEntity entity = request.getEntity();
        return entity == null
                || (recorded == null
                        ? entity.isRepeatable()
                        : recorded.recording().canBeSent());
    }

    @Override
    public long fingerprint() {
        return (caller << 32) ^ (31L * method().hashCode() + address().hashCode());
    }

    /** The path of a request, without its query; null: not known. */
    static @Nullable String path(ClassicHttpRequest request) {
        String path = request.getPath();
        if (path != null && !path.startsWith("/")) {
            try {
                return request.getUri().getRawPath();
            } catch (URISyntaxException e) {
                return null;
            }
        }
        int query = path == null ? -1 : path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }

    /** Returns where the request goes, whose target may be a whole address (RFC 9112, section 3.2.2). */
    private String address() {
        String path = request.getPath();
        if (path != null && ABSOLUTE.matcher(path).lookingAt()) {
            return path;
        }
        String origin = target != null ? target.toURI() : request.getScheme() + "://" + request.getAuthority();
        return path == null ? origin : origin + path;
    }

    @Override
    public FallbackRequest request(@Nullable Identity identity) {
        String address = address();
        HttpEntity entity = request.getEntity();
        return new FallbackRequest(
                method(),
                new FallbackRequest.Address(address, () -> URI.create(address)),
                Heads.fields(request.getHeaders()),
                entity != null && entity.getContentLength() != 0,
                identity);
    }

    @Override
    public @Nullable Identity caller() {
        return adapter.callers().identity(client, request, context, address());
    }

    @Override
    public Attempt<CloseableHttpResponse> attempt(Step.Send send) {
        HttpContext used = contexts == null ? context : contexts.create();
        String counter = attemptHeaders.attemptHeaderOf(send.attempt());
        return new Apache5Attempt(adapter, client, target, request, used, decides, this)
                .numbered(counter == null || requestHeader(counter) != null ? null : counter, send.attempt());
    }

    @Override
    public void delivers(Attempt<CloseableHttpResponse> attempt) {
        Apache5Attempt delivered = (Apache5Attempt) attempt;
        HttpContext used = delivered.context();
        if (contexts != null && used != null) {
            contexts.writeBack(used);
        }
        if (signalled || sentBeside || !delivered.isOfCall()) {
            onCancel(delivered::disconnect);
        }
    }

    /** An attempt is about to be sent. */
    void begins(Apache5Attempt attempt) {
        if (sent != null) {
            if (sent.stream().anyMatch(Apache5Attempt::isUnderWay)) {
                sentBeside = true;
                attempt.standsBeside();
            }
            sent.add(attempt);
        }
        if (recorded != null) {
            request.setEntity(recorded);
        }
        if (headers != null) {
            request.setHeaders(headers);
        }
    }

    /** An attempt has a connection: the program's request knows of one at a time that is to be cancelled with it. */
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
     * The program has cancelled its request, or has reset it: then the client sends again by itself what was under way.
     * Those that have ended count as well: the body of a response may be on its way.
     */
    private void endAll() {
        if (sent == null) {
            return;
        }
        boolean cancelled = isCancelled();
        for (Apache5Attempt attempt : sent) {
            if (cancelled) {
                attempt.cancel();
            }
            attempt.disconnect();
        }
    }

    /**
     * Returns whether two attempts can be under way at a time: they share the program's request, of which the client
     * makes copies, but not its context.
     */
    @Override
    public boolean canHedge() {
        HttpEntity entity = request.getEntity();
        return (context == null || contexts != null)
                && headers == null
                && (entity == null
                        || (recorded == null
                                ? entity.isRepeatable()
                                : recorded.recording().isWhole()));
    }

    @Override
    public void release() {
        if (recorded != null) {
            if (request.getEntity() == recorded) {
                request.setEntity(recorded.original());
            }
            recorded.recording().release();
        }
    }

    @Override
    public @Nullable Attempt<CloseableHttpResponse> alternateOrigin(
            FallbackCandidate.AlternateOriginRequest offer, Step.Send send) {
        URI uri = offer.uri();
        ClassicHttpRequest other = new BasicClassicHttpRequest(method(), uri);
        for (Header header : headers == null ? request.getHeaders() : headers) {
            if (AlternateOrigin.goesAlong(header.getName(), offer.policy())) {
                other.addHeader(header);
            }
        }
        other.setEntity(recorded == null ? request.getEntity() : recorded);
        CloseableHttpClient sender =
                offer.policy().forwardCredentials() ? client : CredentialFreeClients.like(client, request, context);
        HttpHost host = new HttpHost(uri.getScheme(), uri.getHost(), uri.getPort());
        return new Apache5Attempt(adapter, sender, host, other, null, null, null);
    }

    // ---- the program's own end of the call

    @Override
    public boolean isCancelled() {
        return request instanceof CancellableDependency cancellable && cancellable.isCancelled();
    }

    @Override
    public void onCancel(Runnable action) {
        signalled = true;
        if (request instanceof CancellableDependency cancellable) {
            cancellable.setDependency(() -> {
                action.run();
                return true;
            });
        }
    }

    @Override
    public IOException cancelled() {
        return new RequestFailedException("Request aborted");
    }

    @Override
    public IOException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt(); // as the client does
        InterruptedIOException error = new InterruptedIOException();
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
    public Outcome classify(Attempt<CloseableHttpResponse> attempt, Throwable error) {
        Apache5Attempt sent = (Apache5Attempt) attempt;
        return Apache5Failures.of(error, sent.isSent(), sent.tunnel());
    }

    @Override
    public Outcome.@Nullable Failure refusedTunnel(
            Attempt<CloseableHttpResponse> attempt, CloseableHttpResponse response) {
        return ((Apache5Attempt) attempt).tunnel().refusal(response.getCode());
    }

    @Override
    public ResponseHead head(CloseableHttpResponse response) {
        return new Heads(response);
    }

    /**
     * Returns whether it is a response to the program's own request, over a connection: not one of a caching module.
     */
    @Override
    public boolean mayBeStored(Attempt<CloseableHttpResponse> attempt, CloseableHttpResponse response) {
        HttpEntity entity = response.getEntity();
        Apache5Attempt sent = (Apache5Attempt) attempt;
        return !sent.isRedirected() && !sent.tunnel().isAwaited() && (entity == null || entity.isStreaming());
    }

    @Override
    public long bodyLength(CloseableHttpResponse response) {
        HttpEntity entity = response.getEntity();
        return entity == null || !entity.isStreaming() ? 0 : entity.getContentLength();
    }

    @Override
    public @Nullable InputStream body(CloseableHttpResponse response) throws IOException {
        HttpEntity entity = response.getEntity();
        return entity == null || !entity.isStreaming() ? null : entity.getContent();
    }

    @Override
    public void close(CloseableHttpResponse response) throws IOException {
        response.close();
    }

    @Override
    public CloseableHttpResponse wrapBody(CloseableHttpResponse response, UnaryOperator<InputStream> wrapper) {
        HttpEntity entity = response.getEntity();
        if (entity != null && entity.isStreaming()) {
            response.setEntity(new ReceivedEntity(entity, wrapper));
        }
        return response;
    }

    @Override
    public CloseableHttpResponse withBody(CloseableHttpResponse response, InputStream body) {
        HttpEntity entity = response.getEntity();
        if (entity != null) {
            response.setEntity(new ReceivedEntity(entity, body));
        }
        return response;
    }

    @Override
    public CloseableHttpResponse synthetic(FallbackCandidate.Response response) {
        return SyntheticResponses.of(method(), response);
    }

    @Override
    public CloseableHttpResponse withHeaders(CloseableHttpResponse response, Map<String, List<String>> fields) {
        response.setHeaders(Heads.headers(fields));
        return response;
    }
}
