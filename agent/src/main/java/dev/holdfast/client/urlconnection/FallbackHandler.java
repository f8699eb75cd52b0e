package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Engine;
import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.fallback.CallerIdentity;
import dev.holdfast.fallback.FallbackCandidate;
import dev.holdfast.fallback.FallbackChain;
import dev.holdfast.fallback.FallbackRequest;
import dev.holdfast.fallback.FallbackRequest.Address;
import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.fallback.ResponseRecording;
import dev.holdfast.policy.FallbackPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import org.jspecify.annotations.Nullable;

/** The fallback of one call: describes its request, asks the strategies, and records its answer for worse times. */
final class FallbackHandler {
    private final Engine engine;
    private final FallbackStrategies fallbackStrategies;
    private final RequestRecorder requestRecorder;
    private final AlternateOriginCall alternateOrigin;
    private final ErrorReporter errorReporter;
    /** That of the route, once the request is known. */
    private FallbackPolicy policy = FallbackPolicy.NONE;

    private @Nullable Identity identity;
    private @Nullable URI uri;
    /** True if the answer's head was heard of. */
    private boolean heard;

    private @Nullable ResponseRecording recording;
    /** The session of a call that waits for the strategies' response. */
    private volatile @Nullable Session asking;

    FallbackHandler(
            Engine engine,
            FallbackStrategies fallbackStrategies,
            RequestRecorder requestRecorder,
            AlternateOriginCall alternateOrigin,
            ErrorReporter errorReporter) {
        this.engine = engine;
        this.fallbackStrategies = fallbackStrategies;
        this.alternateOrigin = alternateOrigin;
        this.requestRecorder = requestRecorder;
        this.errorReporter = errorReporter;
    }

    /** The request is about to be sent for the first time: finds out who asks. */
    void begin(FallbackPolicy inForce, HttpURLConnection connection) {
        policy = inForce;
        if (!policy.usesCache() || requestRecorder.hasAuthenticator()) {
            return;
        }
        try {
            identity = UrlCallerIdentity.identity(connection, requestRecorder.proxy(), this::uri, fallbackStrategies);
        } catch (RuntimeException e) {
            errorReporter.report("an answer is not kept", e);
        }
    }

    /**
     * Asks the strategies.
     *
     * @param failed the connection of the last attempt
     * @param error what that ended in, null: in an answer
     * @param beforeBody whether the application is yet to write the request's body, so that another origin cannot be
     *     asked before it did
     * @return a connection that shows their answer; null: there is none
     */
    @Nullable
    SyntheticConnection answer(
            Step.FallBack step,
            Session session,
            HttpURLConnection failed,
            @Nullable Exception error,
            boolean beforeBody) {
        asking = session;
        boolean askedLater = false;
        try {
            FallbackChain fallbackChain = fallbackStrategies.chain(policy, request());
            FallbackCandidate fallbackCandidate = fallbackChain.next();
            if (fallbackCandidate instanceof FallbackCandidate.AlternateOriginRequest other
                    && beforeBody
                    && session.maySendToAlternateOrigin()) {
                askedLater = true;
                return new SyntheticConnection(failed, requestRecorder.method(), () -> {
                    SyntheticResponse syntheticResponse = askedAtLast(other, fallbackChain, step, session, failed);
                    if (syntheticResponse != null) {
                        return syntheticResponse;
                    }
                    if (step.otherwise() instanceof Step.Reject reject) {
                        throw reject.error();
                    }
                    throw error instanceof IOException e ? session.finalError(e) : new IOException(error);
                });
            }
            SyntheticResponse syntheticResponse = shown(fallbackCandidate, fallbackChain, step, session, failed);
            return syntheticResponse == null
                    ? null
                    : new SyntheticConnection(failed, requestRecorder.method(), syntheticResponse);
        } catch (RuntimeException | LinkageError e) {
            errorReporter.report("a call ends with the outcome it has", e);
            return null;
        } finally {
            if (!askedLater) {
                asked(session);
            }
        }
    }

    private @Nullable SyntheticResponse askedAtLast(
            FallbackCandidate first,
            FallbackChain fallbackChain,
            Step.FallBack step,
            Session session,
            HttpURLConnection failed) {
        try {
            return shown(first, fallbackChain, step, session, failed);
        } finally {
            asked(session);
            requestRecorder.releaseUpload();
        }
    }

    private void asked(Session session) {
        asking = null;
        session.fallbackFailed(engine.nanoTime()); // unless one answered
    }

    /** The first answer, beginning with an offer. */
    private @Nullable SyntheticResponse shown(
            @Nullable FallbackCandidate first,
            FallbackChain fallbackChain,
            Step.FallBack step,
            Session session,
            HttpURLConnection failed) {
        for (FallbackCandidate fallbackCandidate = first;
                fallbackCandidate != null;
                fallbackCandidate = fallbackChain.next()) {
            if (fallbackCandidate instanceof FallbackCandidate.Response response) {
                SyntheticResponse syntheticResponse = SyntheticResponse.of(response, failed.getURL());
                session.fellBack(fallbackCandidate.strategy(), step.reason(), response.status(), engine.nanoTime());
                return syntheticResponse;
            }
            SyntheticResponse syntheticResponse = alternateOrigin.response(
                    session, failed, (FallbackCandidate.AlternateOriginRequest) fallbackCandidate);
            if (syntheticResponse != null) {
                session.fellBack(fallbackCandidate.strategy(), step.reason(), engine.nanoTime());
                return syntheticResponse;
            }
        }
        return null;
    }

    /** From another thread: nobody wants an answer any more. */
    void abandon() {
        Session waiting = asking;
        if (waiting != null) {
            waiting.cancel(engine.nanoTime());
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
    InputStream recorded(Attempt.Head head, InputStream stream) {
        hear(head);
        ResponseRecording begun = recording;
        recording = null;
        return begun == null ? stream : RecordedStream.of(stream, head.bodyLength(requestRecorder.method()), begun);
    }

    /** Hears of the head of the answer that the application gets. One without a body is complete with it. */
    void answered(Attempt.Head head) {
        hear(head);
        if (requestRecorder.method().equals("HEAD") && recording != null) {
            recording.complete();
        }
    }

    /** Once for a call. */
    private void hear(Attempt.Head head) {
        if (identity == null || heard) {
            return;
        }
        heard = true;
        try {
            int status = head.status();
            if (!requestRecorder.method().equals("GET")
                    && !requestRecorder.method().equals("HEAD")) {
                fallbackStrategies.invalidate(policy, request(), status);
                return;
            }
            HttpURLConnection connection = head.connection();
            // What lay on the way of a redirect is not to be seen: it may have been anybody's.
            if (status < 400 && (connection == null || !requestRecorder.isFirstRequest(connection))) {
                return;
            }
            ResponseRecording begun =
                    fallbackStrategies.record(policy, request(), status, UrlCallerIdentity.lines(head));
            if (begun == null || connection == null) {
                return;
            }
            if (!begun.isOfBody()) {
                begun.confirm();
            } else if (identity.equals(
                    UrlCallerIdentity.identity(connection, proxyOf(connection), this::uri, fallbackStrategies))) {
                begun.confirm();
                recording = begun;
            } else {
                begun.cancel(); // what was sent meanwhile may have had a cookie more than at first
            }
        } catch (RuntimeException | LinkageError e) {
            errorReporter.report("an answer is not kept", e);
        }
    }

    /** The selector is not asked again where it chose no proxy and none was used: that takes some 2 % of a call. */
    private @Nullable Proxy proxyOf(HttpURLConnection sent) {
        boolean direct = identity != null && !identity.text().contains(CallerIdentity.PROXY) && !sent.usingProxy();
        return requestRecorder.proxy() == null && direct ? Proxy.NO_PROXY : requestRecorder.proxy();
    }

    private FallbackRequest request() {
        Address address = new Address(requestRecorder.url().toExternalForm(), this::uri);
        return new FallbackRequest(
                requestRecorder.method(),
                address,
                requestRecorder.headers(),
                requestRecorder.upload() != null,
                identity);
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
