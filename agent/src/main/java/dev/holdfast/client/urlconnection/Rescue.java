package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Defects;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.fallback.CallerIdentity;
import dev.holdfast.fallback.Chain;
import dev.holdfast.fallback.Fallbacks;
import dev.holdfast.fallback.Offer;
import dev.holdfast.fallback.Recording;
import dev.holdfast.fallback.Request;
import dev.holdfast.fallback.Request.Address;
import dev.holdfast.fallback.Request.Identity;
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
final class Rescue {
    private final Engine engine;
    private final Fallbacks fallbacks;
    private final Recipe recipe;
    private final Elsewhere elsewhere;
    private final Defects defects;
    /** That of the route, once the request is known. */
    private FallbackPolicy policy = FallbackPolicy.NONE;

    private @Nullable Identity identity;
    private @Nullable URI uri;
    /** Whether the answer's head was heard of. */
    private boolean heard;

    private @Nullable Recording recording;
    /** The session of a call that waits for the strategies' response. */
    private volatile @Nullable Session asking;

    Rescue(Engine engine, Fallbacks fallbacks, Recipe recipe, Elsewhere elsewhere, Defects defects) {
        this.engine = engine;
        this.fallbacks = fallbacks;
        this.elsewhere = elsewhere;
        this.recipe = recipe;
        this.defects = defects;
    }

    /** The request is about to be sent for the first time: finds out who asks. */
    void begin(FallbackPolicy inForce, HttpURLConnection connection) {
        policy = inForce;
        if (!policy.usesCache() || recipe.hasAuthenticator()) {
            return;
        }
        try {
            identity = Wire.identity(connection, recipe.proxy(), this::uri, fallbacks);
        } catch (RuntimeException e) {
            defects.report("an answer is not kept", e);
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
    MadeConnection answer(
            Step.FallBack step,
            Session session,
            HttpURLConnection failed,
            @Nullable Exception error,
            boolean beforeBody) {
        asking = session;
        boolean askedLater = false;
        try {
            Chain chain = fallbacks.chain(policy, request());
            Offer offer = chain.next();
            if (offer instanceof Offer.Elsewhere other && beforeBody && session.maySendElsewhere()) {
                askedLater = true;
                return new MadeConnection(failed, recipe.method(), () -> {
                    Shown shown = askedAtLast(other, chain, step, session, failed);
                    if (shown != null) {
                        return shown;
                    }
                    if (step.otherwise() instanceof Step.Reject reject) {
                        throw reject.error();
                    }
                    throw error instanceof IOException e ? session.finalError(e) : new IOException(error);
                });
            }
            Shown shown = shown(offer, chain, step, session, failed);
            return shown == null ? null : new MadeConnection(failed, recipe.method(), shown);
        } catch (RuntimeException | LinkageError e) {
            defects.report("a call ends with the outcome it has", e);
            return null;
        } finally {
            if (!askedLater) {
                asked(session);
            }
        }
    }

    private @Nullable Shown askedAtLast(
            Offer first, Chain chain, Step.FallBack step, Session session, HttpURLConnection failed) {
        try {
            return shown(first, chain, step, session, failed);
        } finally {
            asked(session);
            recipe.releaseUpload();
        }
    }

    private void asked(Session session) {
        asking = null;
        session.fallbackFailed(engine.nanoTime()); // unless one answered
    }

    /** The first answer, beginning with an offer. */
    private @Nullable Shown shown(
            @Nullable Offer first, Chain chain, Step.FallBack step, Session session, HttpURLConnection failed) {
        for (Offer offer = first; offer != null; offer = chain.next()) {
            if (offer instanceof Offer.Answer answer) {
                Shown shown = Shown.of(answer, failed.getURL());
                session.fellBack(offer.strategy(), step.reason(), answer.status(), engine.nanoTime());
                return shown;
            }
            Shown shown = elsewhere.answer(session, failed, (Offer.Elsewhere) offer);
            if (shown != null) {
                session.fellBack(offer.strategy(), step.reason(), engine.nanoTime());
                return shown;
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
        elsewhere.abandon();
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
        Recording begun = recording;
        recording = null;
        return begun == null ? stream : RecordedStream.of(stream, head.bodyLength(recipe.method()), begun);
    }

    /** Hears of the head of the answer that the application gets. One without a body is complete with it. */
    void answered(Attempt.Head head) {
        hear(head);
        if (recipe.method().equals("HEAD") && recording != null) {
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
            if (!recipe.method().equals("GET") && !recipe.method().equals("HEAD")) {
                fallbacks.heed(policy, request(), status);
                return;
            }
            HttpURLConnection connection = head.connection();
            // What lay on the way of a redirect is not to be seen: it may have been anybody's.
            if (status < 400 && (connection == null || !recipe.isFirstRequest(connection))) {
                return;
            }
            Recording begun = fallbacks.record(policy, request(), status, Wire.lines(head));
            if (begun == null || connection == null) {
                return;
            }
            if (!begun.isOfBody()) {
                begun.confirm();
            } else if (identity.equals(Wire.identity(connection, proxyOf(connection), this::uri, fallbacks))) {
                begun.confirm();
                recording = begun;
            } else {
                begun.cancel(); // what was sent meanwhile may have had a cookie more than at first
            }
        } catch (RuntimeException | LinkageError e) {
            defects.report("an answer is not kept", e);
        }
    }

    /** The selector is not asked again where it chose no proxy and none was used: that takes some 2 % of a call. */
    private @Nullable Proxy proxyOf(HttpURLConnection sent) {
        boolean direct = identity != null && !identity.text().contains(CallerIdentity.PROXY) && !sent.usingProxy();
        return recipe.proxy() == null && direct ? Proxy.NO_PROXY : recipe.proxy();
    }

    private Request request() {
        Address address = new Address(recipe.url().toExternalForm(), this::uri);
        return new Request(recipe.method(), address, recipe.headers(), recipe.upload() != null, identity);
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
        URL url = recipe.url();
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
