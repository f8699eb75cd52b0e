package dev.holdfast.call;

import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Policy;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Decides whether an outcome that ends a call asks for a fallback, and for what reason. Pure. */
final class FallbackRule {
    private FallbackRule() {}

    /**
     * The reason; null: the application gets the outcome. Never for a success, nor for a 4xx that nobody listed.
     *
     * @param policy the rules
     * @param outcome what the last attempt gave
     * @param notRetried why there is no other attempt, null where the outcome did not ask for one
     */
    static @Nullable FallbackReason after(Policy policy, Outcome outcome, Observer.@Nullable NotRetried notRetried) {
        FallbackPolicy fallback = policy.fallback();
        boolean listed = false;
        if (outcome instanceof Outcome.Response response) {
            int status = response.status();
            listed = fallback.statuses().contains(status);
            boolean retried = status >= 400 && policy.retry().retries(status);
            if (status < 500 && !listed && !retried) {
                return null;
            }
        } else if (outcome instanceof Outcome.Failure failure) {
            listed = fallback.lists(failure.error(), failure.kind());
            if (!listed && !(failure.error() instanceof IOException)) {
                return null; // the program's own mistake
            }
        } else {
            return null;
        }
        FallbackReason listedOnly = listed ? FallbackReason.LISTED : null;
        if (notRetried == null) {
            return listedOnly;
        }
        return switch (notRetried) {
            case USED_UP -> FallbackReason.RETRIES_USED_UP;
            case BUDGET -> FallbackReason.BUDGET;
            case RETRY_AFTER_TOO_LONG -> FallbackReason.RETRY_AFTER;
            case DEADLINE -> FallbackReason.DEADLINE;
            case BREAKER_OPEN -> FallbackReason.BREAKER_OPEN;
            case NOT_SAFE -> listedOnly;
        };
    }

    /** See {@link Session#isGoodFromAlternateOrigin}. */
    static boolean isGoodFromAlternateOrigin(Policy policy, Outcome.Response response) {
        int status = response.status();
        // With these it asks for credentials, which the application was not asked for by the origin that it knows.
        return status != 401
                && status != 407
                && policy.fallback().degraded().acceptStatuses().contains(status)
                && after(policy, response, Observer.NotRetried.USED_UP) == null;
    }
}
