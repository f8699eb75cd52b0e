package dev.holdfast.fallback;

import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import org.jspecify.annotations.Nullable;

/**
 * The strategies of a policy, asked for one call in the order written: one after the other, as those before turn out to
 * have no answer. For one thread at a time.
 */
public final class Chain {
    private final Fallbacks fallbacks;
    private final FallbackPolicy policy;
    private final Request request;
    private int asked;

    Chain(Fallbacks fallbacks, FallbackPolicy policy, Request request) {
        this.fallbacks = fallbacks;
        this.policy = policy;
        this.request = request;
    }

    /** What the next strategy that has something offers; null: none has. */
    public @Nullable Offer next() {
        while (asked < policy.strategies().size()) {
            Strategy strategy = policy.strategies().get(asked++);
            Offer offer = switch (strategy) {
                case CACHE -> fallbacks.cached().find(request, policy.cache());
                case DEFAULT_VALUE -> WrittenAnswers.find(policy.defaults(), request.method(), request.uri());
                case DEGRADED -> OtherOrigin.of(policy.degraded(), request.uri());
            };
            if (offer != null) {
                return offer;
            }
        }
        return null;
    }
}
