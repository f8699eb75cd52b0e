package dev.holdfast.exchange;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.FallbackReason;
import dev.holdfast.call.Step;
import dev.holdfast.fallback.FallbackCandidate;
import dev.holdfast.fallback.FallbackChain;
import dev.holdfast.fallback.FallbackRequest;
import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.fallback.ResponseRecording;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The fallback of one call: asks the strategies of its policy one after the other, and records its response for worse
 * times. Made only for a call whose policy has a strategy, or injects faults.
 *
 * <p>Fails open: a defect is reported, and ends in the outcome that there is without a fallback, or in a response that
 * is not stored. The strategies are asked by one thread at a time.
 */
public final class FallbackHandler {
    /** The report of a defect that keeps a response out of the cache. */
    public static final String NOT_KEPT = "a response is not stored";

    /** The side of a client in the fallback of its call. */
    public interface Transport extends CallInfo {
        /** The request as the strategies see it. */
        FallbackRequest request(@Nullable Identity caller);

        /**
         * Sends the request to an alternate origin, once, unless that is not safe; see {@link AlternateOriginCall}.
         *
         * @return whether its response is good: at once, or later and from whatever thread
         */
        CompletableFuture<Boolean> sendElsewhere(FallbackCandidate.AlternateOriginRequest offer);

        /** Returns whether the application gave the call up, so that nobody waits for a fallback. */
        boolean isOver();
    }

    private final FailOpenSession session;
    private final FallbackStrategies fallbackStrategies;
    private final Transport transport;
    private final @Nullable Identity caller;
    private volatile @Nullable CompletableFuture<Boolean> asked;
    private volatile FallbackCandidate.@Nullable Response response;

    /**
     * Creates the handler of a request that is about to be sent for the first time: its response may bring new cookies.
     *
     * @param session the call
     * @param fallbackStrategies the strategies
     * @param transport the client
     * @param caller gives who asks, for the cache; null: it cannot be known
     */
    public FallbackHandler(
            FailOpenSession session,
            FallbackStrategies fallbackStrategies,
            Transport transport,
            Supplier<@Nullable Identity> caller) {
        this.session = session;
        this.fallbackStrategies = fallbackStrategies;
        this.transport = transport;
        this.caller = session.policy().fallback().usesCache() ? known(caller) : null;
    }

    private @Nullable Identity known(Supplier<@Nullable Identity> identity) {
        try {
            return identity.get();
        } catch (RuntimeException | LinkageError e) {
            session.report(NOT_KEPT, e);
            return null;
        }
    }

    /** The caller's identity; null: it cannot be known, and no response may be stored or found. */
    public @Nullable Identity caller() {
        return caller;
    }

    /** Returns whether the caller is known, and the same as when the request was first sent. */
    public boolean isSameCaller(Supplier<@Nullable Identity> now) {
        return caller != null && caller.equals(known(now));
    }

    /**
     * Learns of the head of the response that the application gets. Begins to record a response to GET or HEAD; one to
     * another method may invalidate what is stored.
     *
     * @return to be confirmed once it is known that nothing speaks against storing it; null: it is not to be stored
     */
    public @Nullable ResponseRecording record(ResponseHead head) {
        if (caller == null) {
            return null;
        }
        try {
            FallbackRequest request = transport.request(caller);
            if (!transport.method().equals("GET") && !transport.method().equals("HEAD")) {
                fallbackStrategies.invalidate(session.policy().fallback(), request, head.status());
                return null;
            }
            boolean storable = session.session().isStorable();
            if (!storable && head.status() < 400) {
                return null;
            }
            // An error may say that what is stored is not to be had any more, whatever it was judged to be.
            ResponseRecording recording =
                    fallbackStrategies.record(session.policy().fallback(), request, head.status(), head.fields());
            return storable ? recording : null;
        } catch (RuntimeException | LinkageError e) {
            session.report(NOT_KEPT, e);
            return null;
        }
    }

    /**
     * Asks the strategies, unless they were asked before.
     *
     * @return the step itself where one has a response, else the end without: at once, or later, from whatever thread
     */
    public CompletableFuture<Step> resolve(Step.FallBack step) {
        CompletableFuture<Boolean> before = asked;
        if (before == null) {
            before = new CompletableFuture<>();
            asked = before;
            ask(null, step, before);
        }
        return before.thenApply(answered -> answered ? step : step.otherwise());
    }

    private void ask(@Nullable FallbackChain begun, Step.FallBack step, CompletableFuture<Boolean> answered) {
        FallbackReason reason = step.reason();
        if (reason == null) {
            none(step, answered);
            return;
        }
        try {
            FallbackChain fallbackChain = begun != null
                    ? begun
                    : fallbackStrategies.chain(session.policy().fallback(), transport.request(caller));
            while (!transport.isOver()) {
                FallbackCandidate fallbackCandidate = fallbackChain.next();
                if (fallbackCandidate == null) {
                    break;
                }
                if (fallbackCandidate instanceof FallbackCandidate.Response found) {
                    response = found;
                    session.session().fellBack(found.strategy(), reason, found.status(), now());
                    answered.complete(true);
                    return;
                }
                if (fallbackCandidate instanceof FallbackCandidate.AlternateOriginRequest other
                        && session.session().maySendToAlternateOrigin()) {
                    CompletableFuture<?> unused = transport
                            .sendElsewhere(other)
                            .handle((good, defect) ->
                                    answeredElsewhere(good, defect, other, fallbackChain, step, answered));
                    return;
                }
            }
        } catch (RuntimeException | LinkageError e) {
            session.report(e);
            response = null;
        }
        none(step, answered);
    }

    private @Nullable Void answeredElsewhere(
            @Nullable Boolean good,
            @Nullable Throwable defect,
            FallbackCandidate.AlternateOriginRequest offer,
            FallbackChain fallbackChain,
            Step.FallBack step,
            CompletableFuture<Boolean> answered) {
        try {
            FallbackReason reason = step.reason();
            if (Boolean.TRUE.equals(good) && reason != null) {
                session.session().fellBack(offer.strategy(), reason, now());
                answered.complete(true);
                return null;
            }
        } catch (RuntimeException | LinkageError e) {
            session.report(e);
            none(step, answered);
            return null;
        }
        if (defect != null) {
            session.report(defect);
            none(step, answered);
        } else {
            ask(fallbackChain, step, answered);
        }
        return null;
    }

    /** Ends without a strategy's response: with the one of an injected fault, or none. */
    private void none(Step.FallBack step, CompletableFuture<Boolean> answered) {
        if (step.otherwise() instanceof Step.Respond injected && !transport.isOver()) {
            response = InjectedResponses.toCandidate(injected, transport.method());
            session.fallbackFailed();
            answered.complete(true);
            return;
        }
        session.fallbackFailed();
        answered.complete(false);
    }

    private long now() {
        return session.engine().nanoTime();
    }

    /** Returns whether a strategy has a response. */
    public boolean hasAnswer() {
        CompletableFuture<Boolean> answered = asked;
        return answered != null && answered.getNow(false);
    }

    /** The stored or static response; null: the alternate origin's, if {@link #hasAnswer}. */
    public FallbackCandidate.@Nullable Response answer() {
        return response;
    }
}
