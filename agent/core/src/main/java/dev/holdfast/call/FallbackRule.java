package dev.holdfast.call;

import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryCondition;
import dev.holdfast.policy.RetryRule;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Decides whether an outcome that ends a call asks for a fallback, and for what reason. Pure. */
final class FallbackRule {
    private FallbackRule() {}

    /**
     * The reason; null: the application gets the outcome. Never for a success, nor for a 4xx that nobody listed.
     *
     * @param record the call, which has judged the outcome
     * @param outcome what the last attempt gave
     * @param notRetried why there is no other attempt, null where the outcome did not ask for one
     */
    static @Nullable FallbackReason after(
            CallRecord record, Outcome outcome, Observer.@Nullable NotRetried notRetried) {
        return after(record.policy(), outcome, record.isUnwanted(), record.asksForFallback(), notRetried);
    }

    /**
     * The reason; see above.
     *
     * @param policy the rules
     * @param unwanted whether a condition wants something else than the outcome
     * @param wanted whether that is a fallback
     */
    static @Nullable FallbackReason after(
            Policy policy,
            Outcome outcome,
            boolean unwanted,
            boolean wanted,
            Observer.@Nullable NotRetried notRetried) {
        FallbackPolicy fallback = policy.fallback();
        boolean listed = false;
        if (outcome instanceof Outcome.Response response) {
            int status = response.status();
            listed = wanted || fallback.statuses().contains(status);
            boolean retried = status >= 400 && policy.retry().retries(status);
            if (status < 500 && !listed && !retried && !unwanted) {
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

    private static boolean isUnwanted(Policy policy, CallInfo call, Outcome.Response response) {
        RetryCondition condition = policy.retry().conditions().isEmpty()
                ? null
                : RetryRule.condition(policy.retry(), call.method(), response);
        return condition != null && condition.action() != RetryCondition.Action.NO_RETRY;
    }

    /** See {@link Session#isGoodFromAlternateOrigin}. */
    static boolean isGoodFromAlternateOrigin(Policy policy, CallInfo call, Outcome.Response response) {
        int status = response.status();
        // With these it asks for credentials, which the application was not asked for by the origin that it knows.
        return status != 401
                && status != 407
                && policy.fallback().degraded().acceptStatuses().contains(status)
                && after(policy, response, isUnwanted(policy, call, response), false, Observer.NotRetried.USED_UP)
                        == null;
    }
}
