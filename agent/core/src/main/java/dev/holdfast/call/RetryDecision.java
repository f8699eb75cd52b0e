package dev.holdfast.call;

import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.RetryBudget;
import dev.holdfast.policy.RetryPolicy;
import dev.holdfast.policy.RetryRule;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a call is sent again, and after what wait: what is safe, and what deadline, breaker and budget leave
 * room for. One for each call with an outcome that asks for another attempt, made with the first of them; guarded by
 * its session.
 */
final class RetryDecision {
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    private final PolicyTarget target;
    private final RetryPolicy rule;
    private final CallInfo call;
    private final CallEnvironment environment;
    private final Observer observer;
    private Observer.@Nullable NotRetried notRetried;
    /** The receipt of the budget for the last retry. */
    private long withdrawn = RetryBudget.REFUSED;

    private int retries;
    /** The number of retries that were skipped, since the JVM would have asked no name server for them. */
    private int skipped;

    private long announcedDelay;
    private boolean sent;
    private long previousDelay;
    /** The reason why no further attempt was sent after a wait, where the outcome before it is delivered instead. */
    private @Nullable IOException notSent;

    private boolean multiplied;

    /** Decides for a call. */
    RetryDecision(CallRecord record) {
        this.target = record.target();
        this.rule = record.policy().retry();
        this.call = record.call();
        this.environment = record.environment();
        this.observer = record.observer();
    }

    /**
     * The wait before the next attempt.
     *
     * @param outcome what the last one gave, which asks for another
     * @param attempts how many were sent
     * @param untilDeadline what is left of the call's time, {@link Long#MAX_VALUE} for no limit
     * @param now the time now
     * @return nanoseconds, or -1: there is no next attempt
     */
    long delay(Outcome outcome, int attempts, long untilDeadline, long now) {
        notRetried = null;
        if (attempts + skipped > rule.maxRetries()) {
            return none(outcome, Observer.NotRetried.USED_UP);
        }
        if (!maySendAgain(rule, call, call.bodyReplayable(), outcome instanceof Outcome.Failure f && f.nothingSent())) {
            return none(outcome, Observer.NotRetried.NOT_SAFE);
        }
        long asked =
                outcome instanceof Outcome.Response response && rule.honourRetryAfter() ? retryAfter(response) : -1;
        if (asked > rule.maxRetryAfterNanos()) {
            return none(outcome, Observer.NotRetried.RETRY_AFTER_TOO_LONG);
        }
        long backoff = pastLookupMemory(outcome, backoff(), attempts);
        long longest = Math.min(rule.maxRetryAfterNanos(), untilDeadline - target.meanResponseNanos() - 1);
        boolean jitter = rule.backoff().jitter() != Jitter.NONE;
        long delay = RetryRule.spreadNanos(asked, backoff, longest, jitter, environment.random());
        Observer.NotRetried obstacle = obstacle(delay, untilDeadline, now);
        if (obstacle != null) {
            return none(outcome, obstacle);
        }
        announcedDelay = delay;
        observer.retry(target, call, outcome, attempts + 1, delay);
        return delay;
    }

    /** Records that a retry was sent; hedged attempts are none. */
    void sent() {
        sent = true;
    }

    /** Returns whether at least one retry was sent. */
    boolean wasSent() {
        return sent;
    }

    /** The latest wait that the observer was told of, in nanoseconds. */
    long announcedDelay() {
        return announcedDelay;
    }

    private long retryAfter(Outcome.Response response) {
        return RetryRule.askedNanos(
                rule.waitHeaders(), response, environment.epochMillis().getAsLong());
    }

    /** Returns the reason why the last outcome that asked for another attempt gets none; null where it did not ask. */
    Observer.@Nullable NotRetried notRetried() {
        return notRetried;
    }

    /**
     * The last attempt has ended.
     *
     * @param inVain whether its outcome asks for another one, which there is not
     */
    void end(boolean inVain) {
        multiplied = inVain
                && notRetried != Observer.NotRetried.NOT_SAFE
                && (sent || notRetried == Observer.NotRetried.BUDGET);
    }

    /**
     * Returns whether a layer above that made this call again would multiply attempts: the call was retried here, or
     * was kept from that by the budget alone. Never where {@code max_retries} is 0, nor where a retry is not safe.
     */
    boolean hasMultiplied() {
        return multiplied;
    }

    /** Returns whether an outcome asks for another attempt where no condition decides, whatever stands against it. */
    static boolean asksForRetry(RetryPolicy rule, Outcome outcome, int status) {
        if (status != Outcome.NO_STATUS && rule.headerConditions().isEmpty()) {
            return rule.retries(status);
        }
        if (outcome instanceof Outcome.Response response) {
            return RetryRule.asksForRetry(rule, response);
        }
        return outcome instanceof Outcome.Failure failure
                && RetryRule.asksForRetry(rule, failure.error(), failure.kind());
    }

    /**
     * Returns whether an outcome ends the call although another attempt is under way: an answer does, and the
     * application.
     *
     * @param asks see {@link #asksForRetry}
     */
    static boolean isFinal(Outcome outcome, boolean asks) {
        return outcome instanceof Outcome.Cancelled || (outcome instanceof Outcome.Response && !asks);
    }

    /**
     * Returns whether the request may be sent another time.
     *
     * @param rule what the policy says
     * @param call whose request it is
     * @param replayable whether its body can be
     * @param nothingSent whether nothing of it has left so far
     */
    static boolean maySendAgain(RetryPolicy rule, CallInfo call, boolean replayable, boolean nothingSent) {
        return (nothingSent || !carriesOneTimeHeader(rule, call)) && mayBeRepeated(rule, call, replayable, nothingSent);
    }

    /**
     * Returns whether the request may be sent to another origin after its own. One-time headers are no obstacle: they
     * are proofs for the origin, and stay there.
     *
     * @param rule what the policy says
     * @param call whose request it is
     * @param replayable whether its body can be
     * @param nothingSent whether nothing of it has left so far
     */
    static boolean mayBeRepeated(RetryPolicy rule, CallInfo call, boolean replayable, boolean nothingSent) {
        return RetryRule.mayResend(
                rule, call.method(), call.requestHeader(IDEMPOTENCY_KEY) != null, replayable, nothingSent);
    }

    /**
     * Returns whether a server that has seen the request once refuses its repeat: a proof that it carries is used up.
     */
    private static boolean carriesOneTimeHeader(RetryPolicy rule, CallInfo call) {
        for (String name : rule.oneTimeHeaders()) {
            if (call.requestHeader(name) != null) {
                return true;
            }
        }
        return false;
    }

    /** Returns the reason against a retry after this delay, or null. The budget comes last, for it is paid. */
    private Observer.@Nullable NotRetried obstacle(long delay, long untilDeadline, long now) {
        // An attempt that cannot be answered in what is left would only put a timeout in place of what is there.
        if (delay >= untilDeadline - target.meanResponseNanos()) {
            return Observer.NotRetried.DEADLINE;
        }
        CircuitBreaker breaker = target.breaker();
        if (breaker != null && breaker.rejects(now) && breaker.nanosToProbe(now) > delay) {
            return Observer.NotRetried.BREAKER_OPEN;
        }
        RetryBudget budget = target.budget();
        if (budget == null) {
            return null;
        }
        withdrawn = budget.withdraw(now);
        return withdrawn == RetryBudget.REFUSED ? Observer.NotRetried.BUDGET : null;
    }

    /** The retry that was sent last was good: it costs nothing. */
    void giveBack(RetryBudget budget) {
        if (withdrawn != RetryBudget.REFUSED) {
            budget.giveBack(withdrawn);
            withdrawn = RetryBudget.REFUSED;
        }
    }

    /** Sets why no further attempt was sent after a wait; the outcome before it is delivered instead. */
    void notSent(IOException why) {
        notSent = why;
    }

    /** The exception that says why no further attempt was sent after a wait; null where one was, or none was due. */
    @Nullable
    IOException notSent() {
        return notSent;
    }

    /** The wait took longer than the call has time for: the outcome before it gets no other attempt after all. */
    void tooLate(Outcome outcome) {
        none(outcome, Observer.NotRetried.DEADLINE);
    }

    private long none(Outcome outcome, Observer.NotRetried reason) {
        notRetried = reason;
        observer.notRetried(target, call, outcome, reason);
        return -1;
    }

    /**
     * The wait after a failed name look-up. Until the JVM has forgotten the failure, a retry asks nobody: such retries
     * are left out, and their waits are added to that of the next, which is at least the JVM's memory and at most
     * {@code max_delay}. Where that forbids so long a wait, the waits stay as they are, for the memory may be an older
     * one that ends sooner.
     */
    private long pastLookupMemory(Outcome outcome, long backoff, int attempts) {
        if (!(outcome instanceof Outcome.Failure failure) || failure.kind() != ErrorKind.DNS_RESOLUTION) {
            return backoff;
        }
        long memory = environment.lookupMemory().getAsLong();
        if (memory <= 0 || memory > rule.backoff().maxNanos()) {
            return backoff;
        }
        long delay = backoff;
        while (delay < memory && attempts + skipped < rule.maxRetries()) {
            skipped++;
            delay += backoff();
        }
        return Math.min(Math.max(delay, memory), rule.backoff().maxNanos());
    }

    private long backoff() {
        retries++;
        previousDelay = rule.backoff().delayNanos(retries, previousDelay, environment.random());
        return previousDelay;
    }
}
