package dev.holdfast.exchange;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.fallback.FallbackCandidate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one request that a call sends to an alternate origin in place of its own (the strategy {@code degraded}): that
 * origin's breaker, whether its response is good enough, and what is counted of it. The client sends the request.
 * Thread-safe.
 */
public final class AlternateOriginCall {
    private final FailOpenSession call;
    private final Engine engine;
    private final Session session;
    private volatile boolean abandoned;
    /** True if the head was good; null: none arrived. */
    private volatile @Nullable Boolean good;

    /**
     * A request that was not sent.
     *
     * @param call the call, which has ended without a good outcome
     * @param info what the client knows about the call
     */
    public AlternateOriginCall(FailOpenSession call, CallInfo info, FallbackCandidate.AlternateOriginRequest offer) {
        this.call = call;
        this.engine = call.engine();
        this.session = engine.alternateOrigin(call.policy(), info, offer.uri());
    }

    /** Begins it; null: the alternate origin's breaker rejects it. */
    public Step.@Nullable Send begin() {
        return session.begin(engine.nanoTime()) instanceof Step.Send send ? send : null;
    }

    /** Notes that the application gave the call up: the client cuts the request, and its end counts as nothing. */
    public void abandon() {
        abandoned = true;
    }

    /** Returns whether the application gave the call up. */
    public boolean isAbandoned() {
        return abandoned;
    }

    /** Returns whether a head arrived. */
    public boolean isDecided() {
        return good != null;
    }

    /** Returns whether a head arrived, and was good. */
    public boolean isGood() {
        return Boolean.TRUE.equals(good);
    }

    /**
     * Counts a response by its head.
     *
     * @param usable whether the client can hand the response to the application
     * @return whether the application gets it; if not, it is to be discarded
     */
    public boolean decide(Outcome.Response head, boolean usable) {
        Step unused = session.after(1, head, engine.nanoTime());
        boolean decided = usable && call.session().isGoodFromAlternateOrigin(head);
        good = decided;
        return decided;
    }

    /** The request has waited for something of the program's own: see {@link Session#heldUp}. */
    void heldUp(long nanos) {
        long unused = session.heldUp(1, nanos, engine.nanoTime());
    }

    /** Counts a request that ended without a head. */
    public void failed(Outcome outcome) {
        Step unused = session.after(1, outcome, engine.nanoTime());
    }

    /** Counts a body that broke behind a good head. */
    public void bodyFailed(Supplier<Outcome.Failure> classified) {
        try {
            session.bodyFailed(classified.get(), engine.nanoTime());
        } catch (RuntimeException | LinkageError e) {
            call.report(FailOpenSession.NOT_COUNTED, e);
        }
    }

    /** Ends it as if it had not been sent. */
    public void cancel() {
        session.cancel(engine.nanoTime());
    }
}
