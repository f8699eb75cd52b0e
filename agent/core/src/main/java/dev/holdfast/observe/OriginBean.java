package dev.holdfast.observe;

import java.util.Map;
import java.util.function.Supplier;

/** See {@link OriginMXBean}. What it shows is looked up with each question. */
final class OriginBean implements OriginMXBean {
    private final CounterRegistry.Key key;
    private final Supplier<OriginStats> stats;

    /**
     * A bean.
     *
     * @param key whom it is about
     * @param stats what there is to know of that one
     */
    OriginBean(CounterRegistry.Key key, Supplier<OriginStats> stats) {
        this.key = key;
        this.stats = stats;
    }

    @Override
    public String getPolicy() {
        return key.policy();
    }

    @Override
    public String getOrigin() {
        return key.origin();
    }

    @Override
    public String getMode() {
        String mode = stats.get().mode();
        return mode == null ? "" : mode;
    }

    @Override
    public long getCalls() {
        return stats.get().calls();
    }

    @Override
    public long getTotalAttempts() {
        return stats.get().attempts();
    }

    @Override
    public long getRetries() {
        return stats.get().retries();
    }

    @Override
    public long getSuccessfulRetries() {
        return stats.get().successfulRetries();
    }

    @Override
    public long getFailedRetries() {
        return stats.get().retriesLost();
    }

    @Override
    public double getSuccessRate() {
        return stats.get().retrySuccessRate();
    }

    @Override
    public long getRetriesUsedUp() {
        return stats.get().notRetried().getOrDefault("used_up", 0L);
    }

    @Override
    public double getAverageDelaySeconds() {
        return stats.get().delays().mean();
    }

    @Override
    public double getCallDurationP50Seconds() {
        return stats.get().callDuration().quantile(0.5);
    }

    @Override
    public double getCallDurationP95Seconds() {
        return stats.get().callDuration().quantile(0.95);
    }

    @Override
    public double getCallDurationP99Seconds() {
        return stats.get().callDuration().quantile(0.99);
    }

    @Override
    public long getCircuitBreakerTrips() {
        OriginStats.BreakerStats breaker = stats.get().breaker();
        return breaker == null ? 0 : breaker.transitions().getOrDefault("open", 0L);
    }

    @Override
    public String getCircuitBreakerState() {
        OriginStats.BreakerStats breaker = stats.get().breaker();
        return breaker == null ? "" : breaker.state();
    }

    @Override
    public long getFailedCalls() {
        return stats.get().calls("failed");
    }

    @Override
    public long getRejectedCalls() {
        return stats.get().calls("rejected");
    }

    @Override
    public long getTimedOutCalls() {
        return stats.get().calls("timed_out");
    }

    @Override
    public long getRejections() {
        return sum(stats.get().rejections());
    }

    private static long sum(Map<String, Long> counts) {
        long sum = 0;
        for (long count : counts.values()) {
            sum += count;
        }
        return sum;
    }

    @Override
    public long getFallbacks() {
        long sum = 0;
        for (OriginStats.FallbackCount fallback : stats.get().fallbacks()) {
            sum += fallback.count();
        }
        return sum;
    }

    @Override
    public long getInjectedFaults() {
        return sum(stats.get().faults());
    }

    @Override
    public double getBudgetBalance() {
        OriginStats.BudgetStats budget = stats.get().budget();
        return budget == null ? Double.NaN : budget.balance();
    }
}
