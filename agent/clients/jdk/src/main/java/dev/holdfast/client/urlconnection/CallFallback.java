package dev.holdfast.client.urlconnection;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Client;
import dev.holdfast.call.Step;
import dev.holdfast.exchange.FailOpenSession;
import dev.holdfast.exchange.FallbackHandler;
import dev.holdfast.exchange.RecordedResponseStream;
import dev.holdfast.fallback.CallerIdentity;
import dev.holdfast.fallback.FallbackCandidate;
import dev.holdfast.fallback.FallbackRequest;
import dev.holdfast.fallback.FallbackRequest.Address;
import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.fallback.ResponseRecording;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Serves the fallback of a call on this client, makes for the application what it gets of a strategy's response, and
 * records the call's own response for worse times.
 */
final class CallFallback implements FallbackHandler.Transport {
    private final FailOpenSession session;
    private final CallInfo call;
    private final RequestRecorder requestRecorder;
    private final FallbackStrategies fallbackStrategies;
    private final FallbackHandler handler;
    private final AlternateOriginRequest alternateOrigin;

    private @Nullable URI uri;
    /** True if the answer's head was heard of. */
    private boolean heard;

    private @Nullable ResponseRecording recording;

    /** The connection of the last attempt. */
    private HttpURLConnection failed;
    /** The request to another origin, sent as soon as the application has written the request's body. */
    private @Nullable Deferred deferred;
    /** True if the application is yet to write that. */
    private boolean beforeBody;
    /** The response of another origin. */
    private @Nullable SyntheticResponse fetched;

    /** True if the call waits for the strategies' response. */
    private volatile boolean asking;

    private record Deferred(FallbackCandidate.AlternateOriginRequest offer, CompletableFuture<Boolean> good) {}

    /**
     * Creates the fallback of a request that is about to be sent for the first time.
     *
     * @param connection its connection
     */
    CallFallback(
            FailOpenSession session,
            CallInfo call,
            RequestRecorder requestRecorder,
            FallbackStrategies fallbackStrategies,
            HttpURLConnection connection) {
        this.session = session;
        this.call = call;
        this.requestRecorder = requestRecorder;
        this.fallbackStrategies = fallbackStrategies;
        this.failed = connection;
        this.alternateOrigin = new AlternateOriginRequest(session, call, requestRecorder);
        this.handler = new FallbackHandler(
                session,
                fallbackStrategies,
                this,
                () -> requestRecorder.hasAuthenticator() ? null : caller(connection, requestRecorder.proxy()));
    }

    private @Nullable Identity caller(HttpURLConnection connection, @Nullable Proxy proxy) {
        return UrlCallerIdentity.identity(connection, proxy, this::uri, fallbackStrategies);
    }

    /**
     * Asks the strategies.
     *
     * @param connection the connection of the last attempt
     * @param error what that ended in, null: in an answer
     * @param mayWrite whether the application is yet to write the request's body, so that another origin cannot be
     *     asked before it did
     * @return a connection that shows their answer; null: there is none
     */
    @Nullable
    SyntheticConnection answer(
            Step.FallBack step, HttpURLConnection connection, @Nullable Exception error, boolean mayWrite) {
        failed = connection;
        beforeBody = mayWrite;
        asking = true;
        try {
            CompletableFuture<Step> resolved = handler.resolve(step);
            Deferred later = deferred;
            asking = later != null;
            if (later != null) {
                deferred = null;
                return new SyntheticConnection(connection, requestRecorder.method(), () -> fetched(later, step, error));
            }
            SyntheticResponse syntheticResponse = resolved.join() == step ? shown() : null;
            return syntheticResponse == null
                    ? null
                    : new SyntheticConnection(connection, requestRecorder.method(), syntheticResponse);
        } catch (RuntimeException | LinkageError e) {
            asking = false;
            session.report(e);
            return null;
        }
    }

    /** Asks another origin now that the body is there; the call's own end, if that gives nothing good. */
    private SyntheticResponse fetched(Deferred later, Step.FallBack step, @Nullable Exception error)
            throws IOException {
        beforeBody = false;
        try {
            later.good().complete(isFetched(later.offer()));
        } catch (RuntimeException | LinkageError e) {
            later.good().completeExceptionally(e);
        } finally {
            asking = false;
            requestRecorder.releaseUpload();
        }
        SyntheticResponse syntheticResponse = handler.hasAnswer() ? shown() : null;
        if (syntheticResponse != null) {
            return syntheticResponse;
        }
        if (step.otherwise() instanceof Step.Reject reject) {
            throw reject.error();
        }
        throw error instanceof IOException e ? session.session().finalError(e) : new IOException(error);
    }

    private @Nullable SyntheticResponse shown() {
        FallbackCandidate.Response response = handler.answer();
        return response == null ? fetched : SyntheticResponse.of(response, failed.getURL());
    }

    @Override
    public CompletableFuture<Boolean> sendElsewhere(FallbackCandidate.AlternateOriginRequest offer) {
        if (!beforeBody) {
            return CompletableFuture.completedFuture(isFetched(offer));
        }
        Deferred later = new Deferred(offer, new CompletableFuture<>());
        deferred = later;
        return later.good();
    }

    private boolean isFetched(FallbackCandidate.AlternateOriginRequest offer) {
        fetched = alternateOrigin.answer(failed, offer);
        return fetched != null;
    }

    @Override
    public boolean isOver() {
        return false; // what is at hand is given also to who has disconnected meanwhile; what is sent is cut off
    }

    @Override
    public Client client() {
        return call.client();
    }

    @Override
    public String method() {
        return call.method();
    }

    @Override
    public @Nullable String requestHeader(String name) {
        return call.requestHeader(name);
    }

    @Override
    public boolean bodyReplayable() {
        return call.bodyReplayable();
    }

    /** Abandons the fallback, since its response is no longer wanted. Called by another thread. */
    void abandon() {
        if (asking) {
            session.cancel();
        }
        alternateOrigin.abandon();
    }

    /**
     * Records a body on its way to the application, where the answer may be kept.
     *
     * @param head the head before it
     * @param stream the body
     * @return the stream to give in its place
     */
    InputStream recorded(ConnectionHead head, InputStream stream) {
        hear(head);
        ResponseRecording begun = recording;
        recording = null;
        return begun == null
                ? stream
                : RecordedResponseStream.of(stream, head.bodyLength(requestRecorder.method()), begun);
    }

    /** Hears of the head of the answer that the application gets. One without a body is complete with it. */
    void answered(ConnectionHead head) {
        hear(head);
        if (requestRecorder.method().equals("HEAD") && recording != null) {
            recording.complete();
        }
    }

    /** Once for a call. */
    private void hear(ConnectionHead head) {
        if (handler.caller() == null || heard) {
            return;
        }
        heard = true;
        try {
            HttpURLConnection connection = head.connection();
            boolean reads = requestRecorder.method().equals("GET")
                    || requestRecorder.method().equals("HEAD");
            // What lay on the way of a redirect is not to be seen: it may have been anybody's.
            if (reads && head.status() < 400 && (connection == null || !requestRecorder.isFirstRequest(connection))) {
                return;
            }
            ResponseRecording begun = handler.record(head);
            if (begun == null || connection == null) {
                return;
            }
            if (!begun.isOfBody()) {
                begun.confirm();
            } else if (handler.isSameCaller(() -> caller(connection, proxyOf(connection)))) {
                begun.confirm();
                recording = begun;
            } else {
                begun.cancel(); // what was sent meanwhile may have had a cookie more than at first
            }
        } catch (RuntimeException | LinkageError e) {
            session.report(FallbackHandler.NOT_KEPT, e);
        }
    }

    /** The selector is not asked again where it chose no proxy and none was used: that takes some 2 % of a call. */
    private @Nullable Proxy proxyOf(HttpURLConnection sent) {
        Identity identity = handler.caller();
        boolean direct = identity != null && !identity.text().contains(CallerIdentity.PROXY) && !sent.usingProxy();
        return requestRecorder.proxy() == null && direct ? Proxy.NO_PROXY : requestRecorder.proxy();
    }

    @Override
    public FallbackRequest request(@Nullable Identity caller) {
        Address address = new Address(requestRecorder.url().toExternalForm(), this::uri);
        return new FallbackRequest(
                requestRecorder.method(), address, requestRecorder.headers(), requestRecorder.upload() != null, caller);
    }

    /** Made once: it costs nearly a microsecond, and who asks is found out twice. */
    private URI uri() {
        URI known = uri;
        if (known == null) {
            known = madeUri();
            uri = known;
        }
        return known;
    }

    /** A URL may hold characters that a URI has to quote. */
    private URI madeUri() {
        URL url = requestRecorder.url();
        try {
            return url.toURI();
        } catch (URISyntaxException e) {
            try {
                return new URI(
                        url.getProtocol(),
                        url.getUserInfo(),
                        url.getHost(),
                        url.getPort(),
                        url.getPath(),
                        url.getQuery(),
                        null);
            } catch (URISyntaxException hopeless) {
                throw new IllegalArgumentException(hopeless.getReason());
            }
        }
    }
}
