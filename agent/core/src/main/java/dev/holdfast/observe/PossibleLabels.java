package dev.holdfast.observe;

import dev.holdfast.call.FallbackReason;
import dev.holdfast.call.Observer.NotRetried;
import dev.holdfast.call.Observer.Rejection;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryPolicy;
import java.util.ArrayList;
import java.util.List;

/**
 * The values of labels that can occur under a policy, where it tells: counters that have them begin at 0, so that
 * whoever collects them sees the first event, too. Only words of ours and of the configuration. Immutable.
 *
 * @param retrying whether calls are sent again
 * @param hedging whether a second attempt may be sent beside a slow one
 * @param retries reasons of retries: statuses and kinds of failures
 * @param notRetried why outcomes that ask for another attempt may get none
 * @param rejections what may not let an attempt pass
 * @param waits the limits that attempts may wait for
 * @param fallbacks strategies, and reasons for which they may be asked; each count is 0
 * @param faults kinds of faults that are injected
 * @param wouldHave what {@code observe} mode may say that it would have done
 */
public record PossibleLabels(
        boolean retrying,
        boolean hedging,
        List<String> retries,
        List<String> notRetried,
        List<String> rejections,
        List<String> waits,
        List<OriginStats.FallbackCount> fallbacks,
        List<String> faults,
        List<String> wouldHave) {
    /** Nothing. */
    public static final PossibleLabels NONE = new PossibleLabels(
            false, false, List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

    /** A policy may list hundreds of statuses; where they are more than this, they are not all shown beforehand. */
    private static final int MAX_REASONS = 32;

    /**
     * Returns the labels that can occur under a policy.
     *
     * @param all false: only what alerts need
     */
    static PossibleLabels of(Policy policy, boolean all) {
        RetryPolicy retry = policy.retry();
        boolean enforced = policy.mode() == Mode.ENFORCE;
        boolean retries = retry.enabled() && retry.maxRetries() > 0;
        List<String> rejections = rejections(policy);
        List<String> waits = waits(policy);
        return new PossibleLabels(
                enforced && retries,
                enforced && all && policy.hedge().enabled(),
                enforced && retries && all ? reasons(retry) : List.of(),
                retry.enabled() && all ? notRetried(policy) : List.of(),
                enforced ? rejections : List.of(),
                enforced && all ? waits : List.of(),
                enforced ? fallbacks(policy) : List.of(),
                enforced && policy.fault().enabled() ? List.of(policy.fault().kind()) : List.of(),
                enforced || !all ? List.of() : wouldHave(policy, retries, rejections, waits));
    }

    private static List<String> reasons(RetryPolicy retry) {
        List<String> reasons = new ArrayList<>();
        for (ErrorKind kind : ErrorKind.values()) {
            if (retry.errors().contains(kind)) {
                reasons.add(kind.configName());
            }
        }
        if (retry.statuses().size() + reasons.size() <= MAX_REASONS) {
            retry.statuses().forEach(status -> reasons.add(Integer.toString(status)));
        }
        return List.copyOf(reasons);
    }

    private static List<String> notRetried(Policy policy) {
        RetryPolicy retry = policy.retry();
        List<String> reasons = new ArrayList<>();
        for (NotRetried reason : NotRetried.values()) {
            boolean can = switch (reason) {
                case USED_UP, NOT_SAFE -> true;
                case RETRY_AFTER_TOO_LONG -> retry.honourRetryAfter();
                case DEADLINE -> retry.deadlineNanos() > 0;
                case BREAKER_OPEN -> policy.breaker().enabled();
                case BUDGET -> policy.budget().enabled();
            };
            if (can) {
                reasons.add(Labels.of(reason));
            }
        }
        return List.copyOf(reasons);
    }

    private static List<String> rejections(Policy policy) {
        List<String> reasons = new ArrayList<>();
        for (Rejection reason : Rejection.values()) {
            boolean can = switch (reason) {
                case BREAKER -> policy.breaker().enabled();
                case CONCURRENCY -> policy.limits().maxConcurrent() > 0;
                case RATE -> policy.limits().ratePermits() > 0;
            };
            if (can) {
                reasons.add(Labels.of(reason));
            }
        }
        return List.copyOf(reasons);
    }

    private static List<String> waits(Policy policy) {
        return policy.limits().maxWaitNanos() == 0
                ? List.of()
                : rejections(policy).stream()
                        .filter(reason -> !reason.equals(Labels.of(Rejection.BREAKER)))
                        .toList();
    }

    private static List<OriginStats.FallbackCount> fallbacks(Policy policy) {
        List<OriginStats.FallbackCount> counts = new ArrayList<>();
        for (FallbackPolicy.Strategy strategy : policy.fallback().strategies()) {
            for (FallbackReason reason : FallbackReason.values()) {
                if (asksForFallback(policy, reason)) {
                    counts.add(new OriginStats.FallbackCount(Labels.of(strategy), reason.label(), 0));
                }
            }
        }
        return List.copyOf(counts);
    }

    private static boolean asksForFallback(Policy policy, FallbackReason reason) {
        RetryPolicy retry = policy.retry();
        FallbackPolicy fallback = policy.fallback();
        return switch (reason) {
            case RETRIES_USED_UP -> retry.enabled();
            case BUDGET -> retry.enabled() && policy.budget().enabled();
            case RETRY_AFTER -> retry.enabled() && retry.honourRetryAfter();
            case DEADLINE -> retry.enabled() && retry.deadlineNanos() > 0;
            case BREAKER_OPEN -> policy.breaker().enabled();
            case LIMIT -> policy.limits().maxConcurrent() > 0 || policy.limits().ratePermits() > 0;
            case LISTED ->
                !fallback.statuses().isEmpty()
                        || !fallback.errors().isEmpty()
                        || !fallback.errorClasses().isEmpty();
        };
    }

    private static List<String> wouldHave(Policy policy, boolean retries, List<String> rejections, List<String> waits) {
        List<String> actions = new ArrayList<>();
        if (retries) {
            actions.add("retry");
        }
        if (policy.hedge().enabled()) {
            actions.add("hedge");
        }
        if (policy.fallback().enabled()) {
            actions.add("fallback");
        }
        if (policy.fault().enabled()) {
            actions.add("fault_" + policy.fault().kind());
        }
        rejections.forEach(reason -> actions.add("reject_" + reason));
        waits.forEach(reason -> actions.add("wait_" + reason));
        return List.copyOf(actions);
    }
}
