package dev.holdfast.client.urlconnection;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Step;
import dev.holdfast.exchange.AlternateOriginCall;
import dev.holdfast.exchange.FailOpenSession;
import dev.holdfast.exchange.FailureClassifier;
import dev.holdfast.exchange.ResponseStreams;
import dev.holdfast.fallback.FallbackCandidate;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import org.jspecify.annotations.Nullable;

/** Sends a call's request to another origin (the strategy {@code degraded}), once, on the caller's thread. */
final class AlternateOriginRequest {
    private final FailOpenSession session;
    private final CallInfo call;
    private final RequestRecorder requestRecorder;
    private volatile @Nullable HttpURLConnection talking;
    private volatile boolean abandoned;

    AlternateOriginRequest(FailOpenSession session, CallInfo call, RequestRecorder requestRecorder) {
        this.session = session;
        this.call = call;
        this.requestRecorder = requestRecorder;
    }

    /** Abandons the request, since its response is no longer wanted. Called by another thread. */
    void abandon() {
        HttpURLConnection connection = talking;
        if (connection != null) {
            abandoned = true;
            connection.disconnect();
        }
    }

    /**
     * Sends it, unless that is not safe, or the other origin's breaker is open.
     *
     * @param failed the connection of the last attempt
     * @return null: there is no good answer
     */
    @Nullable
    SyntheticResponse answer(HttpURLConnection failed, FallbackCandidate.AlternateOriginRequest offer) {
        if (abandoned
                || !session.session().maySendToAlternateOrigin()
                || !call.bodyReplayable()
                || (!offer.policy().forwardCredentials() && UrlCallerIdentity.wouldSendCookies(failed, offer.uri()))) {
            return null;
        }
        AlternateOriginCall alternate = new AlternateOriginCall(session, call, offer);
        Step.Send send = alternate.begin();
        if (send == null) {
            return null;
        }
        try {
            HttpURLConnection connection =
                    requestRecorder.openAlternateOrigin(offer.uri().toURL(), failed, offer.policy());
            talking = connection;
            requestRecorder.timeouts().shorten(connection, send);
            return answer(alternate, connection, send);
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e); // the configuration takes http and https only
        } catch (IOException e) {
            alternate.cancel(); // nothing was sent
            return null;
        } catch (RuntimeException e) {
            alternate.cancel();
            throw e;
        } finally {
            talking = null;
        }
    }

    private @Nullable SyntheticResponse answer(
            AlternateOriginCall alternate, HttpURLConnection connection, Step.Send send) throws IOException {
        Engine engine = session.engine();
        try (Watchdog watchdog = Watchdog.start(engine, connection, send)) {
            Attempt attempt = Attempt.again(connection, requestRecorder);
            attempt.send(requestRecorder, watchdog);
            ConnectionHead head = attempt.head();
            if (head == null && (abandoned || VirtualThreads.interruptedSocket(attempt.error()))) {
                alternate.cancel();
                return null;
            }
            if (head == null) {
                alternate.failed(attempt.outcome(requestRecorder, true));
            } else if (alternate.decide(head, head.connection() != null)) {
                return SyntheticResponse.of(connection, head, body(alternate, attempt, head));
            }
            attempt.discard();
            return null;
        }
    }

    private InputStream body(AlternateOriginCall alternate, Attempt attempt, ConnectionHead head) throws IOException {
        InputStream stream = attempt.stream();
        if (stream == null) {
            return InputStream.nullInputStream();
        }
        return ResponseStreams.watched(
                stream,
                head.bodyLength(requestRecorder.method()),
                e -> alternate.bodyFailed(() -> FailureClassifier.responseBody(e)));
    }
}
