package dev.holdfast.client.urlconnection;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.fallback.FallbackCandidate;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import org.jspecify.annotations.Nullable;

/** Sends a call's request to another origin (the strategy {@code degraded}), once, on the caller's thread. */
final class AlternateOriginCall {
    private final Engine engine;
    private final CallInfo call;
    private final RequestRecorder requestRecorder;
    private volatile @Nullable HttpURLConnection talking;
    private volatile boolean abandoned;

    AlternateOriginCall(Engine engine, CallInfo call, RequestRecorder requestRecorder) {
        this.engine = engine;
        this.call = call;
        this.requestRecorder = requestRecorder;
    }

    /** From another thread: nobody wants it any more. */
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
     * @param of the call's session, which has ended
     * @param failed the connection of the last attempt
     * @return null: there is no good answer
     */
    @Nullable
    SyntheticResponse response(Session of, HttpURLConnection failed, FallbackCandidate.AlternateOriginRequest offer) {
        if (abandoned
                || !of.maySendToAlternateOrigin()
                || !call.bodyReplayable()
                || (!offer.policy().forwardCredentials() && UrlCallerIdentity.wouldSendCookies(failed, offer.uri()))) {
            return null;
        }
        Session session = engine.alternateOrigin(of.policy(), call, offer.uri());
        if (!(session.begin(engine.nanoTime()) instanceof Step.Send send)) {
            return null;
        }
        try {
            HttpURLConnection connection =
                    requestRecorder.openAlternateOrigin(offer.uri().toURL(), failed, offer.policy());
            talking = connection;
            requestRecorder.timeouts().shorten(connection, send);
            return response(of, session, connection, send);
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e); // the configuration takes http and https only
        } catch (IOException e) {
            session.cancel(engine.nanoTime()); // nothing was sent
            return null;
        } catch (RuntimeException e) {
            session.cancel(engine.nanoTime());
            throw e;
        } finally {
            talking = null;
        }
    }

    private @Nullable SyntheticResponse response(
            Session of, Session session, HttpURLConnection connection, Step.Send send) throws IOException {
        try (Watchdog watchdog = Watchdog.start(engine, connection, send)) {
            Attempt attempt = Attempt.again(connection, requestRecorder);
            attempt.send(requestRecorder, watchdog);
            Attempt.Head head = attempt.head();
            if (head == null && (abandoned || VirtualThreads.interruptedSocket(attempt.raised()))) {
                session.cancel(engine.nanoTime());
                return null;
            }
            Step unused = session.after(attempt.outcome(requestRecorder, true), engine.nanoTime());
            if (head == null || head.connection() == null || !of.isGoodFromAlternateOrigin(head)) {
                attempt.discard();
                return null;
            }
            return SyntheticResponse.of(connection, head, body(session, attempt, head));
        }
    }

    private InputStream body(Session session, Attempt attempt, Attempt.Head head) throws IOException {
        InputStream stream = attempt.stream();
        if (stream == null) {
            return InputStream.nullInputStream();
        }
        return Download.watched(
                stream,
                head.bodyLength(requestRecorder.method()),
                e -> session.bodyFailed(FailureClassifier.body(e), engine.nanoTime()));
    }
}
