package dev.holdfast.call;

import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.FleetShare;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Targets of one instance of several, with a rate that five share, or a breaker. */
public final class SharedTargets {
    /** All of them. */
    public final PolicyTargets all = new PolicyTargets(Observer.NONE);

    /** Without a target yet. */
    public SharedTargets() {
        all.shareRates();
    }

    /** Returns the share of a rate by the second, as an instance has it that has just made its first call. */
    public FleetShare share(int permits) {
        Policy policy = Policies.retry()
                .limits(new LimitPolicy(0, permits, TimeUnit.SECONDS.toNanos(1), 0, 5))
                .policy();
        PolicyTarget target = all.get(policy, new Origin("https", "api.example", 443), System.nanoTime());
        return Objects.requireNonNull(target.fleetShare());
    }

    /** Returns the breaker of a policy for an origin, as after a call to it. */
    public CircuitBreaker breaker(Policy policy, String host) {
        PolicyTarget target = all.get(policy, new Origin("https", host, 443), System.nanoTime());
        return Objects.requireNonNull(target.breaker());
    }
}
