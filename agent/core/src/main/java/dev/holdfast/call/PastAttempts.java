package dev.holdfast.call;

import dev.holdfast.policy.RetryBudget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of a call that were not good, as far as the call's end depends on them: their failures, the outcome that
 * is kept during a wait, and the decision about a retry. Made with the first of them, which few calls have. Guarded by
 * its session.
 */
final class PastAttempts {
    /** The end of the first attempt, which is what the call would have had without Holdfast. */
    private enum First {
        /** It has not ended, was good, was cancelled, or was never sent. */
        NOT_BAD,
        /** It failed by itself, as the call would have. */
        FAILED,
        /** A time limit of the policy ended it. */
        TIMED_OUT
    }

    private final CallRecord record;
    /** Made when an outcome asks for another attempt. */
    private @Nullable RetryDecision retryDecision;

    private First first = First.NOT_BAD;
    private @Nullable List<Throwable> failures;
    private int lastStatus = Outcome.NO_STATUS;
    /** The outcome of the attempt before the latest wait; null: none yet. */
    private @Nullable Outcome inHand;

    private boolean deliversPrevious;
    /** The proxy that failed in the latest attempt, as {@code host:port}; null: none did. */
    private @Nullable String failedProxy;

    /** The number of attempts that got a fault in place of being sent. */
    private int injected;
    /** The outcome of the latest of them. */
    private @Nullable Outcome injectedOutcome;
    /** The latest attempt of which the response's body is to break; 0: none. */
    private int cut;

    /** True if the origin cannot have seen anything of the latest attempt. */
    private boolean nothingSent = true;

    PastAttempts(CallRecord record) {
        this.record = record;
    }

    /** Notes the latest attempt that counts. */
    void decidedBy(@Nullable InFlightAttempt attempt, Outcome outcome, int status, boolean good, long now) {
        lastStatus = status;
        Outcome.Failure failed = outcome instanceof Outcome.Failure failure ? failure : null;
        nothingSent = failed != null && failed.nothingSent();
        failedProxy = failed == null ? null : failed.proxy();
        if (!good) {
            notGood(attempt, outcome, now);
        }
    }

    /** Notes an attempt that was not good while another one is under way, which counts instead. */
    void lost(@Nullable InFlightAttempt attempt, Outcome outcome, long now) {
        notGood(attempt, outcome, now);
        remember(outcome);
    }

    private void notGood(@Nullable InFlightAttempt attempt, Outcome outcome, long now) {
        if (attempt == null || first != First.NOT_BAD) {
            return;
        }
        if (attempt.isNumber(1) && !(outcome instanceof Outcome.Cancelled)) {
            first = attempt.isTimedOut(outcome, now) ? First.TIMED_OUT : First.FAILED;
        }
    }

    private void remember(Outcome outcome) {
        if (outcome instanceof Outcome.Failure failure) {
            if (failures == null) {
                failures = new ArrayList<>(4);
            }
            failures.add(failure.error());
        }
    }

    /** See {@link Session#finalError}. */
    <T extends Throwable> T finalError(T last, int attempts) {
        List<Throwable> earlier = failures;
        failures = null;
        if (earlier != null) {
            for (Throwable failure : earlier) {
                if (failure != last && failure != last.getCause()) {
                    last.addSuppressed(failure);
                }
            }
        }
        if (failedProxy != null && attempts > 1) {
            last.addSuppressed(new ProxyException(failedProxy, record.target().origin()));
            failedProxy = null;
        }
        return last;
    }

    /** Returns whether the latest attempt's request cannot have reached the origin. */
    boolean nothingSent() {
        return nothingSent;
    }

    /** The latest status; {@link Outcome#NO_STATUS}: there was none. */
    int lastStatus() {
        return lastStatus;
    }

    /** Returns the result of a call that a later attempt than the first ended well. */
    Observer.Result savedResult() {
        return switch (first) {
            case FAILED -> Observer.Result.SAVED_BY_RETRY;
            case TIMED_OUT -> Observer.Result.GOOD_AFTER_TIMEOUT;
            case NOT_BAD -> Observer.Result.HEDGED;
        };
    }

    /** Returns whether nobody knows what the first attempt would have given. */
    boolean isFirstTimedOut() {
        return first == First.TIMED_OUT;
    }

    // ---- injected faults

    /** The body of the response to this attempt is to break. */
    void cutBody(int attempt) {
        cut = attempt;
    }

    /** Returns whether the body of the response to this attempt is to break. */
    boolean isBodyCut(int attempt) {
        return cut == attempt;
    }

    /** An attempt got a fault in place of being sent. */
    void injected(Outcome outcome) {
        injected++;
        injectedOutcome = outcome;
    }

    /** Returns the number of attempts that got a fault in place of being sent. */
    int injected() {
        return injected;
    }

    /** The end of a call whose end is this outcome: an injected one is none that the client has at hand. */
    Step endOf(Outcome outcome, int attempts) {
        if (outcome != injectedOutcome) {
            return Step.Deliver.INSTANCE;
        }
        return outcome instanceof Outcome.Failure failure && failure.error() instanceof IOException error
                ? new Step.Reject(finalError(error, attempts))
                : new Step.Respond(Outcome.statusOf(outcome));
    }

    // ---- the retry

    /** Decides about retries; made when it is first needed. */
    RetryDecision retrying() {
        RetryDecision made = retryDecision;
        if (made == null) {
            made = new RetryDecision(record);
            retryDecision = made;
        }
        return made;
    }

    /** Returns whether at least one retry was sent. */
    boolean wasRetried() {
        return retryDecision != null && retryDecision.wasSent();
    }

    /** The retry that was sent last was good. */
    void giveBackRetry(RetryBudget budget) {
        if (retryDecision != null) {
            retryDecision.giveBack(budget);
        }
    }

    /** Returns whether a layer above that made this call again would multiply attempts. */
    boolean hasMultiplied() {
        return retryDecision != null && retryDecision.hasMultiplied();
    }

    /** Returns the reason why the latest outcome that asked for another attempt gets none; null: it did not ask. */
    Observer.@Nullable NotRetried notRetried() {
        return retryDecision == null ? null : retryDecision.notRetried();
    }

    /** Returns whether nothing stands against the retry that the latest outcome asks for. */
    boolean wouldRetry() {
        return retryDecision != null && retryDecision.notRetried() == null;
    }

    /** See {@link Session#notSent}. */
    @Nullable
    IOException notSent() {
        return retryDecision == null ? null : retryDecision.notSent();
    }

    /** The call ends with the latest outcome; see {@link RetryDecision#end}. */
    void end(boolean inVain) {
        inHand = null; // it has a connection, and that a request's body, which must not live as long as the call
        if (retryDecision != null) {
            retryDecision.end(inVain);
        }
    }

    /** A wait begins, and this is the outcome before it. */
    void keep(Outcome outcome) {
        remember(outcome);
        inHand = outcome;
    }

    /** The outcome before the latest wait; null: the call has not waited for a retry, or has ended. */
    @Nullable
    Outcome inHand() {
        return inHand;
    }

    /** The attempt after a wait was sent. */
    void retrySent() {
        Outcome before = inHand;
        if (before != null) {
            retrying().sent();
            record.observer()
                    .retrySent(
                            record.target(), record.call(), before, retrying().announcedDelay());
        }
    }

    /** Ends the call without a further attempt: the outcome before the wait stands, where there is one. */
    Step rejected(IOException why, int attempts) {
        Outcome before = inHand;
        if (before == null) {
            return new Step.Reject(finalError(why, attempts));
        }
        retrying().notSent(why);
        inHand = null;
        return endOf(before, attempts);
    }

    /** The wait took longer than the call has time for: the outcome before it stands. */
    void tooLate(Outcome before, int attempts) {
        retrying().notSent(RejectionMessages.deadline(record.target(), attempts, lastStatus));
        retrying().tooLate(before);
    }

    /**
     * The deadline cut the latest attempt short: the outcome before is delivered. Where the latest one was not sent,
     * the client knows of none after that.
     */
    void deliverPrevious(Outcome before, Outcome cutShort) {
        remember(cutShort);
        deliversPrevious = cutShort != injectedOutcome;
        retrying().tooLate(before);
    }

    /** See {@link Session#deliversPrevious}. */
    boolean deliversPrevious() {
        return deliversPrevious;
    }
}
