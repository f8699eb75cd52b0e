package dev.holdfast.fallback;

import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The strategies of a policy, asked for one call in the order written: one after the other, as those before turn out to
 * have no answer. For one thread at a time.
 */
public final class FallbackChain {
    private final FallbackStrategies fallbackStrategies;
    private final FallbackPolicy policy;
    private final FallbackRequest request;
    private int asked;

    FallbackChain(FallbackStrategies fallbackStrategies, FallbackPolicy policy, FallbackRequest request) {
        this.fallbackStrategies = fallbackStrategies;
        this.policy = policy;
        this.request = request;
    }

    /** Returns the candidate of the next strategy that has one; null: none has. */
    public @Nullable FallbackCandidate next() {
        while (asked < policy.strategies().size()) {
            Strategy strategy = policy.strategies().get(asked++);
            FallbackCandidate fallbackCandidate = switch (strategy) {
                case CACHE -> fallbackStrategies.cached().find(request, policy.cache());
                case DEFAULT_VALUE -> StaticResponses.find(policy.defaults(), request.method(), request.path());
                case DEGRADED -> elsewhere();
            };
            if (fallbackCandidate != null) {
                return fallbackCandidate;
            }
        }
        return null;
    }

    /** Null: the request may not go elsewhere. That of an address which is no URI cannot be said to. */
    private FallbackCandidate.@Nullable AlternateOriginRequest elsewhere() {
        URI uri = request.uri();
        return uri == null ? null : AlternateOrigin.of(policy.degraded(), uri);
    }
}
