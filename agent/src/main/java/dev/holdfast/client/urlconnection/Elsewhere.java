package dev.holdfast.client.urlconnection;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.fallback.Offer;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import org.jspecify.annotations.Nullable;

/** Sends a call's request to another origin (the strategy {@code degraded}), once, on the caller's thread. */
final class Elsewhere {
    private final Engine engine;
    private final CallInfo call;
    private final Recipe recipe;
    private volatile @Nullable HttpURLConnection talking;
    private volatile boolean abandoned;

    Elsewhere(Engine engine, CallInfo call, Recipe recipe) {
        this.engine = engine;
        this.call = call;
        this.recipe = recipe;
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
     * @return null: there is no good answer
     */
    @Nullable
    Shown answer(Session of, Offer.Elsewhere offer) {
        if (abandoned
                || !of.maySendElsewhere()
                || (!offer.policy().forwardCredentials() && Wire.wouldSendCookies(offer.uri()))) {
            return null;
        }
        Session session = engine.elsewhere(of.policy(), call, offer.uri());
        if (!(session.begin(engine.nanoTime()) instanceof Step.Send send)) {
            return null;
        }
        try {
            HttpURLConnection connection = recipe.openElsewhere(offer.uri().toURL(), offer.policy());
            talking = connection;
            recipe.timeouts().shorten(connection, send);
            return answer(of, session, connection, send);
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

    private @Nullable Shown answer(Session of, Session session, HttpURLConnection connection, Step.Send send)
            throws IOException {
        try (Watchdog watchdog = Watchdog.start(engine, connection, send)) {
            // Not as the first attempt: the body that the application wrote is at hand, and is sent from there.
            Exception raised = Talk.send(connection, recipe, new Step.Send(2, send.timeoutNanos()), watchdog);
            int status = Talk.status(connection);
            if (status < 0) {
                Exception error = raised == null ? new IOException("no answer") : raised;
                if (abandoned) {
                    session.cancel(engine.nanoTime());
                } else {
                    Step unused = session.after(Failures.of(error, true), engine.nanoTime());
                }
                return null;
            }
            Talk.Head head = new Talk.Head(connection, status);
            Step unused = session.after(head, engine.nanoTime());
            if (!of.isGoodElsewhere(head)) {
                Talk.discard(connection, raised);
                return null;
            }
            return Shown.of(connection, status, connection.getResponseMessage(), body(session, connection, raised));
        }
    }

    private InputStream body(Session session, HttpURLConnection connection, @Nullable Exception raised)
            throws IOException {
        InputStream stream = raised == null ? connection.getInputStream() : connection.getErrorStream();
        if (stream == null) {
            return InputStream.nullInputStream();
        }
        return Download.watched(
                stream,
                Talk.bodyLength(connection, recipe.method()),
                e -> session.bodyFailed(Failures.body(e), engine.nanoTime()));
    }
}
