package dev.holdfast.fallback;

import dev.holdfast.policy.ByteString;
import dev.holdfast.policy.DegradedPolicy;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** The response or request that a strategy offers for a failed call. */
public sealed interface FallbackCandidate {
    /** The header that marks every answer that is not the origin's own, with the strategy's name. */
    String MARK = "Holdfast-Fallback";

    /** Returns the strategy that offers it. */
    Strategy strategy();

    /**
     * An answer that is at hand, marks included.
     *
     * @param strategy where it comes from
     * @param status its status
     * @param headers its headers, in their order
     * @param body its body
     */
    record Response(Strategy strategy, int status, Map<String, List<String>> headers, ByteString body)
            implements FallbackCandidate {}

    /**
     * An answer that has to be fetched.
     *
     * @param uri where the request is to be sent
     * @param policy how
     */
    record AlternateOriginRequest(URI uri, DegradedPolicy policy) implements FallbackCandidate {
        @Override
        public Strategy strategy() {
            return Strategy.DEGRADED;
        }
    }
}
