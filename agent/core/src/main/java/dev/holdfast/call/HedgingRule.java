package dev.holdfast.call;

import dev.holdfast.policy.LatencyQuantile;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryBudget;
import dev.holdfast.policy.RetryPolicy;

/**
 * Decides when a second attempt is sent beside a slow first one, and whether it may be: where sending twice is safe, as
 * one of the retries that the policy allows, and paid from the budget as those are. Stateless.
 */
final class HedgingRule {
    private HedgingRule() {}

    /**
     * Returns the nanoseconds for which the first attempt stays alone; -1: to its end. Whether the body may be sent
     * twice is asked later.
     */
    static long after(PolicyTarget target, CallInfo call) {
        Policy policy = target.policy();
        RetryPolicy rule = policy.retry();
        boolean possible = policy.hedge().enabled()
                && rule.enabled()
                && rule.maxRetries() > 0
                && RetryDecision.maySendAgain(rule, call, true, false);
        if (!possible) {
            return -1;
        }
        LatencyQuantile latency = target.latency();
        return latency == null ? policy.hedge().delayNanos() : latency.p95();
    }

    /**
     * Returns whether a second attempt may be sent now; if so, it is paid for.
     *
     * @param attempts how many were sent
     */
    static boolean granted(PolicyTarget target, CallInfo call, int attempts, long now) {
        RetryPolicy rule = target.policy().retry();
        return attempts <= rule.maxRetries()
                && RetryDecision.maySendAgain(rule, call, call.bodyReplayable(), false)
                && paid(target, now);
    }

    /**
     * Returns whether, in observe mode, a second attempt would have been sent beside one that took so many nanoseconds.
     */
    static boolean wouldHave(PolicyTarget target, CallInfo call, long took, long now) {
        long after = after(target, call);
        return after >= 0 && took > after && call.bodyReplayable() && paid(target, now);
    }

    private static boolean paid(PolicyTarget target, long now) {
        RetryBudget budget = target.budget();
        return budget == null || budget.tryWithdraw(now);
    }
}
