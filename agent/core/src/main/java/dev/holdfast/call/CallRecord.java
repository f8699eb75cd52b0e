package dev.holdfast.call;

import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryBudget;
import dev.holdfast.policy.RetryCondition;
import dev.holdfast.policy.RetryPolicy;
import dev.holdfast.policy.RetryRule;
import org.jspecify.annotations.Nullable;

/**
 * One call as it is counted: its target, the times of its begin and its end, its result, and the reports of both to the
 * observer. The call's time ends here, too: its deadline.
 *
 * <p>{@link Attempts}, {@link CallCourse} and {@link Session} extend it in turn, each for one idea. They are one object
 * and not four that refer to each other, since each call has one: that would take 56 bytes more, of some 450 for all of
 * a call. Guarded by the session's monitor.
 */
abstract class CallRecord {
    private final PolicyTarget target;
    private final CallInfo call;
    private final CallEnvironment environment;
    private long beganAt;
    /** The duration of the call that the observer was told last, in nanoseconds. */
    private long endedAfter;
    /** The result that was last reported to the observer, or will be. */
    private Observer.Result result = Observer.Result.FAILED;

    /** True if the same caller's same call failed moments ago. */
    private boolean nested;

    /** True if a condition of the policy decides about the latest outcome, and wants something else than that. */
    private boolean unwanted;

    /** True if that condition wants a fallback in its place. */
    private boolean asksForFallback;

    /** True if the latest outcome was not judged to be a failure. */
    private boolean storable = true;

    /** A call that has not begun. */
    CallRecord(PolicyTarget target, CallInfo call, CallEnvironment environment) {
        this.target = target;
        this.call = call;
        this.environment = environment;
    }

    /** The target of the call, from begin to end. */
    PolicyTarget target() {
        return target;
    }

    /** The adapter's knowledge about the call. */
    CallInfo call() {
        return call;
    }

    /** The randomness and the facts from outside. */
    CallEnvironment environment() {
        return environment;
    }

    /** The policy under which the call began; a reload does not change it. */
    Policy policy() {
        return target.policy();
    }

    /** The observer of the target's calls. */
    Observer observer() {
        return target.observer();
    }

    /** Returns whether decisions are carried out, and not only counted. */
    boolean enforced() {
        return policy().mode() == Mode.ENFORCE;
    }

    /** The call begins: pays for itself where it is a retry of a layer above. */
    void recordBegin(long now) {
        beganAt = now;
        target.used(now);
        observer().began(target, call);
        RetryBudget budget = target.budget();
        nested = target.isRepeat(call, now);
        if (nested) {
            observer().nestedRetry(target, call);
        }
        if (budget != null && nested) {
            boolean unused = budget.tryWithdraw(now); // a retry, though not ours to refuse
        }
    }

    /**
     * The call ends well: pays for retries, and has its own last one back.
     *
     * @param past null: the first attempt was good
     */
    void recordGood(@Nullable PastAttempts past, long now) {
        RetryBudget budget = target.budget();
        if (budget == null) {
            return;
        }
        budget.deposit(now);
        if (!enforced()) {
            budget.giveBackLatest(now); // no retry was sent: a later call stands for what it would have given
        } else if (past != null) {
            past.giveBackRetry(budget);
        }
    }

    /** Takes {@link #recordGood} back, where the call was said to have ended well. */
    private void takeBackGood(boolean retried, long now) {
        RetryBudget budget = target.budget();
        boolean good = switch (result) {
            case FIRST_TRY, SAVED_BY_RETRY, HEDGED, GOOD_AFTER_TIMEOUT -> true;
            default -> false;
        };
        if (budget != null && good) {
            budget.takeBackDeposit(now);
            if (retried) {
                budget.charge(now);
            }
        }
    }

    /** Returns the time at which the call began. */
    long beganAt() {
        return beganAt;
    }

    // ---- its time

    /**
     * A difference, which is right even where the sum of the two overflows; {@link Long#MAX_VALUE} without deadline.
     */
    long untilDeadline(long now) {
        long deadline = policy().retry().deadlineNanos();
        return deadline > 0 ? beganAt + deadline - now : Long.MAX_VALUE;
    }

    /** The time until the deadline, or until the program's own limit for the whole call where that comes first. */
    long untilEnd(long now) {
        return Math.min(untilDeadline(now), call.remainingNanos());
    }

    /** Returns whether the deadline leaves no time for an answer. */
    boolean isTooLate(long now) {
        return untilDeadline(now) <= target.meanResponseNanos();
    }

    /** Returns the time that an attempt may take, in nanoseconds; {@link Long#MAX_VALUE} for no limit. */
    long attemptTimeout(long now) {
        if (!enforced()) {
            return Long.MAX_VALUE;
        }
        long own = policy().retry().attemptTimeoutNanos();
        // At least a moment: a client takes no timeout of 0, and the attempt must be able to end in one.
        return Math.min(own > 0 ? own : Long.MAX_VALUE, Math.max(1, untilDeadline(now)));
    }

    // ---- its result

    /**
     * Judges an outcome by the conditions of the policy, and else by its headers, its status or its failure.
     *
     * @return whether it asks for another attempt, whatever stands against that
     */
    boolean judge(Outcome outcome, int status) {
        RetryPolicy rule = policy().retry();
        unwanted = false;
        asksForFallback = false;
        storable = true;
        RetryCondition condition = rule.conditions().isEmpty() || !(outcome instanceof Outcome.Response response)
                ? null
                : RetryRule.condition(rule, call.method(), response);
        if (condition == null) {
            boolean asks = RetryDecision.asksForRetry(rule, outcome, status);
            storable = !asks;
            return asks;
        }
        asksForFallback = condition.action() == RetryCondition.Action.FALLBACK;
        boolean asks = condition.action() == RetryCondition.Action.RETRY;
        unwanted = asks || asksForFallback;
        // Whoever forbids a retry for the sake of a body has found an error there.
        storable = !unwanted && condition.body() == null;
        return asks;
    }

    /** Returns whether the latest outcome was not judged to be a failure, so that a response may be stored. */
    boolean isStorable() {
        return storable;
    }

    /** Returns whether a condition of the policy wants something else than the latest outcome: a retry, a fallback. */
    boolean isUnwanted() {
        return unwanted;
    }

    /** Returns whether a condition of the policy wants a fallback in the place of the latest outcome. */
    boolean asksForFallback() {
        return asksForFallback;
    }

    /** Returns whether an attempt was good: see {@link Observer.Result}. */
    boolean isGood(int status, boolean asked) {
        if (status == Outcome.NO_STATUS || status >= 500 || asked || asksForFallback) {
            return false;
        }
        return status < 400
                || !policy().fallback().enabled()
                || !policy().fallback().statuses().contains(status);
    }

    /**
     * The call ends with this outcome, unless a fallback saves it.
     *
     * @param first whether it is the first attempt's
     */
    void ends(
            Outcome outcome,
            int status,
            boolean asked,
            int attempts,
            boolean first,
            @Nullable PastAttempts past,
            long now) {
        if (outcome instanceof Outcome.Cancelled) {
            result = Observer.Result.CANCELLED;
        } else if (!isGood(status, asked)) {
            endsBadly(attempts, past);
        } else {
            recordGood(past, now);
            if (first) {
                result = Observer.Result.FIRST_TRY;
            } else {
                result = past == null ? Observer.Result.HEDGED : past.savedResult();
            }
        }
    }

    /** The call ends without a good outcome, unless a fallback saves it. */
    void endsBadly(int attempts, @Nullable PastAttempts past) {
        boolean unknown = past != null && past.isFirstTimedOut();
        result =
                attempts == 0 ? Observer.Result.REJECTED : unknown ? Observer.Result.TIMED_OUT : Observer.Result.FAILED;
    }

    /** The application ends the call. */
    void endsCancelled() {
        result = Observer.Result.CANCELLED;
    }

    /** The end of nearly all calls: the first attempt began with the call, and is good. */
    void firstTry(Outcome outcome, long now) {
        result = Observer.Result.FIRST_TRY;
        endedAfter = now - beganAt;
        recordGood(null, now);
        observer().firstTry(target, call, outcome, endedAfter);
        endRepeat(now);
    }

    /**
     * Reports the end.
     *
     * @param attempts how many were sent
     * @param retried whether at least one of them was a retry
     */
    void recordEnd(int attempts, boolean retried, long now) {
        endedAfter = now - beganAt;
        observer().ended(target, call, result, attempts, endedAfter);
        if (retried) {
            observer().retriesEnded(target, call, result, false);
        }
        endRepeat(now);
    }

    private void endRepeat(long now) {
        if (nested) {
            target.repeatEnded(call, now);
        }
    }

    /** Reports that the end is void: see {@link Observer#takenBack}. */
    void takeBack(Outcome.Failure failure, int attempts, boolean retried, long now) {
        takeBackGood(retried, now);
        observer().takenBack(target, call, failure, result, attempts, endedAfter);
        if (retried) {
            observer().retriesEnded(target, call, result, true);
        }
    }

    /**
     * A fallback's response takes the place of what the origin gave; {@link #recordEnd} follows.
     *
     * @param good whether the response saves the call
     */
    void recordFallback(FallbackPolicy.Strategy strategy, FallbackReason reason, boolean good) {
        target.clearFailure(call); // the application does not see it fail
        observer().fallback(target, call, strategy, reason);
        if (good) {
            result = result == Observer.Result.FAILED
                    ? Observer.Result.SAVED_BY_FALLBACK
                    : Observer.Result.ANSWERED_BY_FALLBACK;
        }
    }
}
