package dev.holdfast.call;

import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.FaultInjector;
import dev.holdfast.policy.FaultPolicy;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The transitions of one call: its stage, and what follows from each thing that it is told. {@link Session}, which is
 * its public side and its lock, says what each method is for.
 */
abstract class CallCourse extends Attempts {
    /** The number of an attempt that no client hears of. */
    private static final int NO_NUMBER = 0;

    private @Nullable PastAttempts past;
    private CallStage stage = CallStage.NEW;

    /** A call that has not begun. */
    CallCourse(PolicyTarget target, CallInfo call, CallEnvironment environment) {
        super(target, call, environment);
    }

    /** The attempts that were not good; null: there were none. */
    @Nullable
    PastAttempts past() {
        return past;
    }

    private PastAttempts madePast() {
        PastAttempts made = past;
        if (made == null) {
            made = new PastAttempts(this);
            past = made;
        }
        return made;
    }

    private @Nullable Outcome inHand() {
        return past == null ? null : past.inHand();
    }

    // ---- an attempt is due

    Step begin(long now) {
        stage.expect(CallStage.NEW);
        recordBegin(now);
        return pass(true, now);
    }

    Step resume(long now) {
        if (stage == CallStage.CANCELLED) {
            return Step.Deliver.INSTANCE;
        }
        if (stage == CallStage.HELD_BACK) {
            return release(now);
        }
        if (stage != CallStage.BACKING_OFF && stage != CallStage.AT_THE_GATE) {
            throw stage.illegalTransition("a wait");
        }
        if (enforced() && isTooLate(now)) {
            return tooLate(now); // the wait was longer than was asked for, as where the whole process stood still
        }
        return pass(stage == CallStage.BACKING_OFF, now);
    }

    private Step tooLate(long now) {
        Observer.Rejection waitedFor = leaveLimits(now);
        Outcome inHand = inHand();
        if (inHand == null) {
            return reject(waitedFor, now);
        }
        madePast().tooLate(inHand, count());
        return deliver(inHand, madePast().lastStatus(), true, now);
    }

    /**
     * Passes the limits, where there are some.
     *
     * @param anew from the first on, and not from the one that was waited for
     */
    private Step pass(boolean anew, long now) {
        AdmissionControl.Decision decision = admit(anew, now);
        if (decision instanceof AdmissionControl.Rejected rejected) {
            return reject(rejected.reason(), now);
        }
        if (decision instanceof AdmissionControl.Waiting waiting) {
            stage = CallStage.AT_THE_GATE;
            return waiting.step();
        }
        return send((AdmissionControl.Admitted) decision, now);
    }

    private Step send(AdmissionControl.@Nullable Admitted admitted, long now) {
        long timeout = attemptTimeout(now);
        FaultInjector faults = target().faults();
        if (faults != null) {
            return send(faults, admitted, timeout, now);
        }
        int number = count() + 1;
        if (!beginAttempt(number, admitted, timeout, now)) {
            return reject(Observer.Rejection.BREAKER, now);
        }
        begun();
        return sent(number, timeout);
    }

    private void begun() {
        stage = CallStage.SENT;
        if (past != null && count() > 1) {
            past.retrySent();
        }
    }

    /** Sends an attempt that may get a fault. */
    private Step send(FaultInjector faults, AdmissionControl.@Nullable Admitted admitted, long timeout, long now) {
        long epochMillis = environment().epochMillis().getAsLong();
        FaultPolicy fault = faults.draw(epochMillis) ? faults.policy() : null;
        boolean replaced = fault != null && enforced() && InjectedFault.replacesAttempt(fault);
        // An attempt that is not sent has no number of its own, as clients count those that they are told to send.
        int number = replaced ? (count() == 0 ? 1 : NO_NUMBER) : count() + 1 - (past == null ? 0 : past.injected());
        if (!beginAttempt(number, admitted, timeout, now)) {
            return reject(Observer.Rejection.BREAKER, now);
        }
        begun();
        if (fault == null) {
            return sent(number, timeout);
        }
        observer().faultInjected(target(), call());
        if (replaced) {
            return injected(InjectedFault.outcome(this, fault), now);
        }
        if (enforced() && fault.cutBodyBytes() > 0) {
            madePast().cutBody(number);
        }
        if (enforced() && fault.delayNanos() > 0) {
            stage = CallStage.HELD_BACK;
            long delay = Math.min(fault.delayNanos(epochMillis), timeout);
            return new Step.Wait(Math.min(delay, call().responseTimeoutNanos()));
        }
        return sent(number, timeout);
    }

    /** The delay of an injected fault is over: it was part of the attempt's time. */
    private Step release(long now) {
        InFlightAttempt held = current();
        long timeout = held == null ? 0 : held.rest(now);
        if (held == null || timeout <= 0 || held.age(now) >= call().responseTimeoutNanos()) {
            return injected(InjectedFault.timeout(this), now);
        }
        stage = CallStage.SENT;
        return sent(held.number(), timeout);
    }

    /** Takes the outcome of an attempt that a fault ends before it is sent, as if it had been. */
    private Step injected(Outcome outcome, long now) {
        stage = CallStage.SENT;
        int status = Outcome.statusOf(outcome);
        InFlightAttempt mine = current();
        if (mine == null) {
            throw stage.illegalTransition("an attempt under way");
        }
        madePast().injected(outcome);
        long took =
                mine.endInjected(target(), outcome, status, now, environment().random());
        boolean asks = judge(outcome, status);
        observer().attempt(target(), call(), outcome, took);
        return decided(mine, outcome, status, asks, now);
    }

    @Nullable
    IOException bodyFault(int attempt) {
        return past != null && past.isBodyCut(attempt) ? InjectedFault.ofBody(this) : null;
    }

    private Step sent(int number, long timeout) {
        long hedge = count() == 1 && enforced() ? HedgingRule.after(target(), call()) : -1;
        return timeout == Long.MAX_VALUE && hedge < 0 && number == 1
                ? Step.Send.FIRST
                : new Step.Send(number, timeout, hedge < timeout ? hedge : -1);
    }

    private Step reject(Observer.Rejection reason, long now) {
        observer().rejected(target(), call(), reason);
        endsBadly(count(), past);
        int lastStatus = past == null ? Outcome.NO_STATUS : past.lastStatus();
        IOException error = RejectionMessages.error(this, reason, count(), lastStatus, now);
        Step rejected = past == null ? new Step.Reject(error) : past.rejected(error, count());
        boolean falls = policy().fallback().enabled();
        if (falls || rejected instanceof Step.Respond) {
            stage = CallStage.FALLING_BACK;
            return new Step.FallBack(falls ? FallbackReason.of(reason) : null, rejected);
        }
        end(now);
        return rejected;
    }

    Step.@Nullable Send hedge(long now) {
        return stage == CallStage.SENT ? beginHedge(now) : null;
    }

    long heldUp(int attempt, long nanos, long now) {
        return stage == CallStage.CANCELLED ? Long.MAX_VALUE : heldUpAttempt(attempt, nanos, now);
    }

    void idle(int attempt) {
        if (stage == CallStage.SENT) {
            idleAttempt(attempt);
        }
    }

    // ---- an attempt has ended

    Step after(int attempt, Outcome outcome, long now) {
        if (stage == CallStage.CANCELLED) {
            return Step.Deliver.INSTANCE;
        }
        InFlightAttempt mine = underWay(attempt);
        if (mine == null) {
            if (!mayHaveLost(attempt)) {
                throw stage.illegalTransition("an attempt under way");
            }
            return Step.Drop.INSTANCE; // another one has decided
        }
        int status = Outcome.statusOf(outcome);
        long took = mine.end(target(), outcome, status, now, environment().random());
        boolean asks = judge(outcome, status);
        if (stage == CallStage.SENT && count() == 1 && mine.isSince(beganAt()) && isGood(status, asks) && enforced()) {
            stage = CallStage.DONE;
            firstTry(outcome, now);
            return Step.Deliver.INSTANCE; // a good response asks for no fallback
        }
        if (!(outcome instanceof Outcome.Cancelled)) {
            observer().attempt(target(), call(), outcome, took);
            if (!enforced() && HedgingRule.wouldHave(target(), call(), took, now)) {
                observer().wouldHedge(target(), call());
            }
        }
        if (stage != CallStage.SENT) {
            return Step.Drop.INSTANCE;
        }
        if (rivalOf(mine) != null && !RetryDecision.isFinal(outcome, asks)) {
            madePast().lost(mine, outcome, now);
            return Step.Drop.INSTANCE;
        }
        decidedBy(mine);
        return decided(mine, outcome, status, asks, now);
    }

    private Step decided(InFlightAttempt mine, Outcome outcome, int status, boolean asks, long now) {
        Outcome inHand = inHand();
        if (inHand != null && mine.isCutShort(outcome, now)) {
            madePast().deliverPrevious(inHand, outcome);
            boolean unused = judge(inHand, madePast().lastStatus());
            return deliver(inHand, madePast().lastStatus(), true, now);
        }
        return decide(outcome, status, asks, now);
    }

    private Step decide(Outcome outcome, int status, boolean asks, long now) {
        boolean good = isGood(status, asks);
        if (!good || past != null) {
            madePast().decidedBy(current(), outcome, status, good, now);
        }
        if (!asks || !policy().retry().enabled()) {
            return deliver(outcome, status, asks, now);
        }
        long delay = madePast().retrying().delay(outcome, count(), untilEnd(now), now);
        if (delay < 0 || !enforced()) {
            return deliver(outcome, status, true, now);
        }
        madePast().keep(outcome);
        stage = CallStage.BACKING_OFF;
        return new Step.Wait(delay);
    }

    void bodyFailed(Outcome.Failure failure, long now) {
        if (stage == CallStage.CANCELLED) {
            return;
        }
        stage.expect(CallStage.DONE);
        failLate(failure, now);
        observer().bodyFailed(target(), call(), failure);
    }

    Step bodyLost(Outcome.Failure failure, long now) {
        if (stage == CallStage.CANCELLED) {
            return Step.Deliver.INSTANCE;
        }
        stage.expect(CallStage.DONE);
        failLate(failure, now);
        takeBack(failure, count(), past != null && past.wasRetried(), now);
        if (isHedgeUnderWay()) {
            madePast().lost(current(), failure, now);
            stage = CallStage.SENT;
            return Step.Drop.INSTANCE;
        }
        boolean asks = judge(failure, Outcome.NO_STATUS);
        return decide(failure, Outcome.NO_STATUS, asks, now);
    }

    // ---- the end

    Step withdraw(int attempt, long now) {
        InFlightAttempt mine = underWay(attempt);
        boolean over = stage == CallStage.DONE || stage == CallStage.FALLING_BACK;
        if (mine == null || (!over && rivalOf(mine) == null)) {
            cancel(now);
            return Step.Deliver.INSTANCE;
        }
        notSent(mine, now);
        return Step.Drop.INSTANCE;
    }

    void cancel(long now) {
        giveUpAttempts(now);
        if (stage == CallStage.DONE || stage == CallStage.CANCELLED) {
            return;
        }
        leaveLimits(now);
        stage = CallStage.CANCELLED;
        endsCancelled();
        reportEnd(now);
    }

    /** Ends the call with an outcome, whether that asked for another attempt or not. */
    private Step deliver(Outcome outcome, int status, boolean asked, long now) {
        boolean first = isFirstCurrent() && (past == null || past.injected() == 0 || count() == 1);
        ends(outcome, status, asked, count(), first, past, now);
        Observer.NotRetried notRetried = null;
        if (past != null) {
            past.end(asked && enforced());
            notRetried = asked ? past.notRetried() : null;
        }
        FallbackReason reason = policy().fallback().enabled() ? FallbackRule.after(this, outcome, notRetried) : null;
        Step last = past == null ? Step.Deliver.INSTANCE : past.endOf(outcome, count());
        if ((reason != null && enforced()) || last instanceof Step.Respond) {
            stage = CallStage.FALLING_BACK;
            return new Step.FallBack(reason, last);
        }
        end(now);
        // Where a retry would have come first, nobody knows what that would have given.
        boolean retried = asked && past != null && past.wouldRetry();
        if (reason != null && !retried) {
            observer().wouldFallBack(target(), call());
        }
        return last;
    }

    void endWithFallback(FallbackPolicy.Strategy strategy, FallbackReason reason, boolean good, long now) {
        if (stage == CallStage.FALLING_BACK) {
            recordFallback(strategy, reason, good);
            stage = CallStage.DONE;
            reportEnd(now);
        }
    }

    void fallbackFailed(long now) {
        if (stage == CallStage.FALLING_BACK) {
            end(now);
        }
    }

    /** Ends the call without a fallback. */
    private void end(long now) {
        stage = CallStage.DONE;
        reportEnd(now);
        if (past != null && past.hasMultiplied()) {
            target().failed(call(), now);
        }
    }

    private void reportEnd(long now) {
        recordEnd(count(), past != null && past.wasRetried(), now);
    }
}
