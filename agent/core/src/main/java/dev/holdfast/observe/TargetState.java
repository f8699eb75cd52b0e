package dev.holdfast.observe;

import dev.holdfast.call.PolicyTarget;
import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.CircuitBreaker.State;
import dev.holdfast.policy.ConcurrencyLimit;
import dev.holdfast.policy.RetryBudget;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The current state of the targets behind one set of counters: one target, or all those that are not listed; or none.
 */
final class TargetState {
    private final List<PolicyTarget> targets = new ArrayList<>(1);
    private final long now;

    TargetState(long now) {
        this.now = now;
    }

    void add(PolicyTarget target) {
        targets.add(target);
    }

    int size() {
        return targets.size();
    }

    @Nullable
    String mode() {
        return targets.isEmpty() ? null : Labels.of(targets.get(0).policy().mode());
    }

    OriginStats.@Nullable BreakerStats breaker(Counters counters) {
        CircuitBreaker worst = null;
        for (PolicyTarget target : targets) {
            CircuitBreaker breaker = target.breaker();
            if (breaker != null && (worst == null || badness(breaker) > badness(worst))) {
                worst = breaker;
            }
        }
        if (worst == null) {
            return null;
        }
        CircuitBreaker.Reason reason = worst.openBecause();
        long toProbe = worst.nanosToProbe(now);
        BreakerTimes times = counters.breaker();
        return new OriginStats.BreakerStats(
                Labels.of(worst.state()),
                times.sinceEpochMillis(),
                reason == null ? null : reason.text(),
                toProbe == Long.MAX_VALUE ? -1 : toProbe / 1e9,
                times.secondsIn(now),
                times.transitions());
    }

    private static int badness(CircuitBreaker breaker) {
        State state = breaker.state();
        return state == State.OPEN ? 2 : state == State.HALF_OPEN ? 1 : 0;
    }

    OriginStats.@Nullable BudgetStats budget(long exhausted) {
        double least = Double.NaN;
        for (PolicyTarget target : targets) {
            RetryBudget budget = target.budget();
            if (budget != null) {
                double balance = budget.balance(now);
                least = Double.isNaN(least) ? balance : Math.min(least, balance);
            }
        }
        return Double.isNaN(least) ? null : new OriginStats.BudgetStats(Math.max(0, least), exhausted);
    }

    /** Returns the labels that can be counted under the policy; null where it no longer exists. */
    @Nullable
    PossibleLabels possible(boolean all) {
        return targets.isEmpty() ? null : PossibleLabels.of(targets.get(0).policy(), all);
    }

    OriginStats.@Nullable LimitStats limits() {
        int underWay = 0;
        int queued = 0;
        boolean any = false;
        for (PolicyTarget target : targets) {
            ConcurrencyLimit limit = target.concurrency();
            if (limit != null) {
                any = true;
                underWay += limit.taken();
                queued += limit.queued();
            }
        }
        return any ? new OriginStats.LimitStats(underWay, queued) : null;
    }
}
