package dev.holdfast.call;

import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RateLimit;
import dev.holdfast.policy.RetryBudget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One call of the application as a state machine without I/O. It knows the policy, the time that it is told and the
 * randomness that it is handed; it never sends, sleeps, blocks or touches a client's type.
 *
 * <p>Protocol: {@link #begin} once; after each {@link Step.Send} exactly one {@link #after}; after each
 * {@link Step.Wait} exactly one {@link #resume}; after {@link Step.FallBack} either {@link #fellBack} or
 * {@link #fallbackFailed}; {@link Step.Deliver}, {@link Step.Reject} and these two end it, and {@link #cancel} does at
 * any stage. An adapter that has to decide at a response's head calls {@link #after} there, keeps the step, and reports
 * a body that broke later with {@link #bodyFailed}.
 *
 * <p>Where {@link Step.Send} says so, a second attempt may be under way beside the first (see {@link #hedge}): each has
 * its own {@link #after}, the first good outcome is delivered, and of the other nothing but its end is wanted, as
 * {@link Outcome.Cancelled} if the adapter cancelled it. That end may be told at any time, also when the call is over:
 * an attempt holds its permits for as long as the origin may be at work on it, and {@link #cancel} is the other way to
 * have them back.
 *
 * <p>A wait may be the end, too: where no further attempt can be sent (the deadline is over, a limit or the breaker
 * lets none pass), {@link #resume} ends the call with the outcome before the wait, if there was one. So an adapter
 * keeps what it can of a response until the next attempt is sent, and a little of it until that has ended: see
 * {@link #deliversPrevious}.
 *
 * <p>Layers, outermost first: deadline, retry with its budget, limits, breaker, attempt timeout. So every attempt asks
 * the limits and the breaker, and the breaker sees every attempt's outcome.
 *
 * <p>Thread-safe: the application may cancel from any thread while the driver goes on from another; what comes after
 * {@link #cancel} is answered with {@link Step.Deliver} and counts as nothing. No method takes longer than its
 * arithmetic.
 */
public final class Session {
    private enum Stage {
        NEW,
        SENT,
        BACKING_OFF,
        AT_THE_GATE,
        /** The state in which no attempt follows: the call ends when the fallback strategies were asked. */
        FALLING_BACK,
        DONE,
        CANCELLED
    }

    /** The first attempt has not ended, was good, was cancelled, or was never sent. */
    private static final byte FIRST_NOT_BAD = 0;
    /** The first attempt failed by itself, as the call would have without Holdfast. */
    private static final byte FIRST_FAILED = 1;
    /** A time limit of the policy ended the first attempt. */
    private static final byte FIRST_TIMED_OUT = 2;

    private final PolicyTarget target;
    private final CallInfo call;
    private final RandomGenerator random;
    private final LongSupplier epochMillis;

    private final LongSupplier lookupMemory;
    private final Observer observer;
    /** Made where there are limits. */
    private final @Nullable AdmissionControl admissionControl;
    /** Made when an outcome asks for another attempt, which few do. */
    private @Nullable RetryDecision retryDecision;

    private Stage stage = Stage.NEW;
    private AdmissionControl.Limiter next = AdmissionControl.Limiter.RATE;
    private int attempts;
    private long beganAt;
    /** The duration of the call that the observer was told last, in nanoseconds. */
    private long endedAfter;

    private @Nullable List<Throwable> failures;

    /** True if the same caller's same call failed moments ago. */
    private boolean nested;
    /** The result that was last reported to the observer. */
    private Observer.Result ended = Observer.Result.FAILED;

    /** One of the constants above. A byte, which takes no room: each call has an object of this class. */
    private byte first = FIRST_NOT_BAD;

    private int lastStatus = Outcome.NO_STATUS;
    /** The outcome of the attempt before the latest wait; null: none yet. */
    private @Nullable Outcome inHand;

    private boolean deliversPrevious;
    /** The proxy that failed in the latest attempt, as {@code host:port}; null: none did. */
    private @Nullable String failedProxy;

    /** True if the origin cannot have seen anything of the latest attempt. */
    private boolean nothingSent = true;
    /** The latest attempt, and after the end the one that was delivered. */
    private @Nullable InFlightAttempt current;
    /** One that is under way beside the current one, or was when that was delivered. */
    private @Nullable InFlightAttempt other;

    /**
     * A call that has not begun.
     *
     * @param target what holds for it, from begin to end, and whom it goes to
     * @param call what the adapter knows about it
     * @param random the source of the jitter
     * @param epochMillis the wall clock, asked only for dates that people or servers wrote or read
     * @param observer told what happens
     */
    Session(PolicyTarget target, CallInfo call, RandomGenerator random, LongSupplier epochMillis, Observer observer) {
        this(target, call, random, epochMillis, observer, NegativeDnsCache::ttlNanos);
    }

    /**
     * A call in a JVM of a given memory.
     *
     * @param lookupMemory how long the JVM remembers a failed name look-up, in nanoseconds
     */
    Session(
            PolicyTarget target,
            CallInfo call,
            RandomGenerator random,
            LongSupplier epochMillis,
            Observer observer,
            LongSupplier lookupMemory) {
        this.lookupMemory = lookupMemory;
        this.target = target;
        this.call = call;
        this.random = random;
        this.epochMillis = epochMillis;
        this.observer = observer;
        this.admissionControl = target.limited() ? new AdmissionControl(target, call, observer, this) : null;
    }

    /**
     * Starts the call. {@code now} is {@code System.nanoTime}, here as everywhere. Returns {@link Step.Send}, a
     * {@link Step.Wait} for a limit, or {@link Step.Reject}.
     */
    public synchronized Step begin(long now) {
        expect(Stage.NEW);
        beganAt = now;
        target.used(now);
        observer.began(target, call);
        RetryBudget budget = target.budget();
        nested = target.isRepeat(call, now);
        if (nested) {
            observer.nestedRetry(target, call);
        }
        if (budget != null) {
            if (nested) {
                boolean unused = budget.tryWithdraw(now); // a retry, though not ours to refuse
            } else {
                budget.deposit(now);
            }
        }
        return pass(AdmissionControl.Limiter.RATE, now);
    }

    /**
     * The wait is over, or its ticket was granted. Returns {@link Step.Send}, {@link Step.Wait} or an end: with
     * {@link Step.Deliver} that of the outcome before the wait, or of a call that was cancelled.
     */
    public synchronized Step resume(long now) {
        if (stage == Stage.CANCELLED) {
            return Step.Deliver.INSTANCE;
        }
        if (stage != Stage.BACKING_OFF && stage != Stage.AT_THE_GATE) {
            throw illegalTransition("a wait");
        }
        if (enforced() && untilDeadline(now) <= target.meanResponseNanos()) {
            return tooLate(now); // the wait was longer than was asked for, as where the whole process stood still
        }
        return pass(stage == Stage.BACKING_OFF ? AdmissionControl.Limiter.RATE : next, now);
    }

    private Step tooLate(long now) {
        if (admissionControl != null) {
            admissionControl.leave(now);
        }
        if (inHand == null) {
            return reject(
                    next == AdmissionControl.Limiter.QUEUED_PLACE
                            ? Observer.Rejection.CONCURRENCY
                            : Observer.Rejection.RATE,
                    now);
        }
        retrying().notSent(RejectionMessages.deadline(target, attempts, lastStatus));
        retrying().tooLate(inHand);
        return deliver(inHand, lastStatus, true, now);
    }

    /**
     * Takes the outcome of the attempt in flight, where there is only one. Returns {@link Step.Wait} or
     * {@link Step.Deliver}.
     */
    public synchronized Step after(Outcome outcome, long now) {
        return onOutcome(attempts, outcome, now);
    }

    /**
     * Takes the outcome of an attempt.
     *
     * @param attempt its number
     * @param outcome what it gave; at a response's head, or in a failure
     * @param now the time now
     * @return {@link Step.Wait}, {@link Step.Deliver}, {@link Step.FallBack}, or {@link Step.Drop} where another
     *     attempt decides
     */
    public synchronized Step after(int attempt, Outcome outcome, long now) {
        return onOutcome(attempt, outcome, now);
    }

    private Step onOutcome(int attempt, Outcome outcome, long now) {
        if (stage == Stage.CANCELLED) {
            return Step.Deliver.INSTANCE;
        }
        InFlightAttempt mine = underWay(attempt);
        if (mine == null) {
            boolean toldTwice = other == null && current != null && current.isNumber(attempt);
            if (attempt < 1 || attempt > attempts || toldTwice) {
                throw illegalTransition("an attempt under way");
            }
            return Step.Drop.INSTANCE; // another one has decided
        }
        int status = Outcome.statusOf(outcome);
        long took = mine.end(outcome, status, now, random);
        boolean asks = RetryDecision.asksForRetry(policy().retry(), outcome, status);
        if (attempts == 1 && isGood(status, asks) && stage == Stage.SENT && mine.isSince(beganAt) && enforced()) {
            return deliverFirst(outcome, status, now);
        }
        if (!(outcome instanceof Outcome.Cancelled)) {
            observer.attempt(target, call, outcome, took);
            if (!enforced() && HedgingRule.wouldHave(target, call, took, now)) {
                observer.wouldHedge(target, call);
            }
        }
        if (stage != Stage.SENT) {
            return Step.Drop.INSTANCE;
        }
        InFlightAttempt rival = mine == current ? other : current;
        if (rival != null && rival.isUnderWay() && !decides(outcome)) {
            notGood(mine, outcome, now);
            remember(outcome);
            return Step.Drop.INSTANCE;
        }
        current = mine;
        other = rival;
        if (inHand != null && mine.isCutShort(outcome, now)) {
            return deliverPrevious(inHand, outcome, now);
        }
        return decide(outcome, status, asks, now);
    }

    /** The end of nearly all calls: the first attempt began with the call, and is good. */
    private Step deliverFirst(Outcome outcome, int status, long now) {
        lastStatus = status;
        nothingSent = false;
        stage = Stage.DONE;
        ended = Observer.Result.FIRST_TRY;
        endedAfter = now - beganAt;
        observer.firstTry(target, call, outcome, endedAfter);
        endRepeat(now);
        return Step.Deliver.INSTANCE; // a good response asks for no fallback
    }

    /**
     * The call's deadline cut the latest attempt short: what is in hand is more to the application than that timeout.
     */
    private Step deliverPrevious(Outcome previous, Outcome cutShort, long now) {
        remember(cutShort);
        deliversPrevious = true;
        retrying().tooLate(previous);
        return deliver(previous, lastStatus, true, now);
    }

    /**
     * The first attempt takes long: asks for a second one beside it.
     *
     * @return what to send; null: nothing, the first one stays alone
     */
    public synchronized Step.@Nullable Send hedge(long now) {
        InFlightAttempt first = current;
        // Asked late, it must not come beside a retry: that is not hedged.
        boolean alone = attempts == 1 && stage == Stage.SENT && first != null && first.isUnderWay() && other == null;
        if (!alone
                || untilDeadline(now) <= target.meanResponseNanos()
                || !HedgingRule.granted(target, call, attempts, now)) {
            return null;
        }
        AdmissionControl.Admitted admitted = null;
        if (admissionControl != null) {
            admitted = admissionControl.admitHedge(now);
            if (admitted == null) {
                return null;
            }
        }
        long timeout = timeout(now);
        InFlightAttempt second = sent(admitted, timeout, now);
        if (second == null) {
            return null;
        }
        observer.hedged(target, call);
        other = second;
        return new Step.Send(attempts, timeout);
    }

    /**
     * The application was given an attempt to write its request's body to, and has done nothing with it for as long as
     * an attempt may take. Whether it will ever do so cannot be known: the attempt no longer counts under
     * {@code max_concurrent}.
     *
     * @param attempt its number
     */
    public synchronized void idle(int attempt) {
        InFlightAttempt mine = underWay(attempt);
        if (mine != null && stage == Stage.SENT) {
            mine.idle();
        }
    }

    /**
     * The application goes on with an attempt that may have been {@link #idle}: it counts again, if there is room. It
     * is not held up otherwise, as its connection is open.
     *
     * @param attempt its number
     */
    public synchronized void goesOn(int attempt) {
        InFlightAttempt mine = underWay(attempt);
        if (mine != null) {
            mine.resume(this);
        }
    }

    /**
     * The client did not take an attempt that was to be sent, which is no outcome. An attempt beside it goes on alone;
     * without one, the call ends as if it had been cancelled.
     *
     * @param attempt its number
     * @return {@link Step.Drop} where another attempt decides, else {@link Step.Deliver}
     */
    public synchronized Step withdraw(int attempt, long now) {
        InFlightAttempt mine = underWay(attempt);
        if (mine != null && (stage == Stage.DONE || stage == Stage.FALLING_BACK)) {
            mine.giveUp(now);
            return Step.Drop.INSTANCE;
        }
        InFlightAttempt rival = mine == current ? other : current;
        if (mine == null || rival == null || !rival.isUnderWay()) {
            cancel(now);
            return Step.Deliver.INSTANCE;
        }
        mine.giveUp(now);
        return Step.Drop.INSTANCE;
    }

    /**
     * The application cancelled or interrupted the call, at whatever stage: ends the session, counts as nothing. Of a
     * call that is over it ends what may still be under way, and changes nothing else.
     */
    public synchronized void cancel(long now) {
        giveUp(current, now);
        giveUp(other, now);
        if (stage == Stage.DONE || stage == Stage.CANCELLED) {
            return;
        }
        if (admissionControl != null) {
            admissionControl.leave(now);
        }
        stage = Stage.CANCELLED;
        ended = Observer.Result.CANCELLED;
        reportEnd(now);
    }

    /**
     * The body of a response whose head had been decided to be delivered broke. Never leads to a retry: the application
     * may have seen a part of it.
     */
    public synchronized void bodyFailed(Outcome.Failure failure, long now) {
        if (stage == Stage.CANCELLED) {
            return;
        }
        failLate(failure, now);
        observer.bodyFailed(target, call, failure);
    }

    /**
     * The body of a response whose head had been decided to be delivered broke while it was held back: nothing of it
     * reached the application, so this failure takes the response's place as the attempt's outcome. An attempt beside
     * it that is still under way decides then.
     *
     * @return as {@link #after}
     */
    public synchronized Step bodyLost(Outcome.Failure failure, long now) {
        if (stage == Stage.CANCELLED) {
            return Step.Deliver.INSTANCE;
        }
        failLate(failure, now);
        observer.takenBack(target, call, failure, ended, attempts, endedAfter);
        if (retryDecision != null && retryDecision.wasSent()) {
            observer.retriesEnded(target, call, ended, true);
        }
        if (other != null && other.isUnderWay()) {
            notGood(current, failure, now);
            stage = Stage.SENT;
            remember(failure);
            return Step.Drop.INSTANCE;
        }
        return decide(
                failure,
                Outcome.NO_STATUS,
                RetryDecision.asksForRetry(policy().retry(), failure, Outcome.NO_STATUS),
                now);
    }

    /**
     * The exception to hand to the application where the call ends in one: {@code last} itself, with the failures of
     * earlier attempts added as suppressed exceptions; after retries, one that names the proxy which failed, too.
     */
    public synchronized <T extends Throwable> T finalError(T last) {
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
            last.addSuppressed(new ProxyException(failedProxy, target.origin()));
            failedProxy = null;
        }
        return last;
    }

    /**
     * Returns whether the request may be sent to another origin in place of its own, after an end without a good
     * answer: by the same rules as to its own once more.
     */
    public synchronized boolean maySendToAlternateOrigin() {
        return RetryDecision.mayBeRepeated(policy().retry(), call, call.bodyReplayable(), nothingSent);
    }

    /**
     * Returns whether what another origin answers is better than none: a success, and nothing that would ask for a
     * fallback itself.
     */
    public boolean isGoodFromAlternateOrigin(Outcome.Response response) {
        int status = response.status();
        // With these it asks for credentials, which the application was not asked for by the origin that it knows.
        return status != 401
                && status != 407
                && policy().fallback().degraded().acceptStatuses().contains(status)
                && FallbackRule.after(policy(), response, Observer.NotRetried.USED_UP) == null;
    }

    /**
     * Returns whether {@link Step.Deliver} speaks of the attempt before the one that was sent last, which the deadline
     * cut short. Where that outcome can no longer be given, the last one's is what there is.
     */
    public synchronized boolean deliversPrevious() {
        return deliversPrevious;
    }

    /**
     * Returns the reason why no further attempt was sent after a wait: the application's exception if the response
     * before it, which is to be delivered, can no longer be given; null where none was to be sent.
     */
    public synchronized @Nullable IOException notSent() {
        return retryDecision == null ? null : retryDecision.notSent();
    }

    /** The policy under which the call began; a reload does not change it. */
    public Policy policy() {
        return target.policy();
    }

    /** Returns the number of attempts that were begun. */
    public synchronized int attempts() {
        return attempts;
    }

    private Step pass(AdmissionControl.Limiter limiter, long now) {
        if (admissionControl == null) {
            return send(null, now);
        }
        // Who waits longer than leaves time for an answer waits for nothing but a timeout.
        long mayWait = Math.min(policy().limits().maxWaitNanos(), untilDeadline(now) - target.meanResponseNanos());
        AdmissionControl.Decision response = admissionControl.admit(limiter, Math.max(0, mayWait), now);
        if (response instanceof AdmissionControl.Admitted admitted) {
            return send(admitted, now);
        }
        if (response instanceof AdmissionControl.Waiting waiting) {
            stage = Stage.AT_THE_GATE;
            next = waiting.next();
            return waiting.step();
        }
        return reject(((AdmissionControl.Rejected) response).reason(), now);
    }

    private Step send(AdmissionControl.@Nullable Admitted admitted, long now) {
        long timeout = timeout(now);
        InFlightAttempt inFlightAttempt = sent(admitted, timeout, now);
        if (inFlightAttempt == null) {
            return reject(Observer.Rejection.BREAKER, now);
        }
        stage = Stage.SENT;
        current = inFlightAttempt;
        other = null;
        if (inHand != null && attempts > 1) {
            retrying().sent();
            observer.retrySent(target, call, inHand, retrying().announcedDelay());
        }
        long hedge = attempts == 1 && enforced() ? HedgingRule.after(target, call) : -1;
        return timeout == Long.MAX_VALUE && hedge < 0 && attempts == 1
                ? Step.Send.FIRST
                : new Step.Send(attempts, timeout, hedge < timeout ? hedge : -1);
    }

    /** An attempt with the breaker's permit. Null: the breaker rejects it, and the place is given back. */
    private @Nullable InFlightAttempt sent(AdmissionControl.@Nullable Admitted admitted, long timeout, long now) {
        CircuitBreaker breaker = target.breaker();
        CircuitBreaker.Permit permit = null;
        if (breaker != null) {
            permit = breaker.tryAcquire(now, random);
            if (permit == null && enforced()) {
                if (admissionControl != null && admitted != null) {
                    admissionControl.release(admitted, now);
                }
                return null;
            }
            if (permit == null) {
                observer.rejected(target, call, Observer.Rejection.BREAKER);
            }
        }
        attempts++;
        long own = policy().retry().attemptTimeoutNanos();
        boolean deadlineComesFirst = timeout != Long.MAX_VALUE && (own <= 0 || timeout < own);
        ConcurrencyPermit concurrencyPermit = admitted == null ? null : admitted.concurrencyPermit();
        RateLimit.Turn turn = admitted == null ? null : admitted.turn();
        return new InFlightAttempt(target, attempts, now, timeout, deadlineComesFirst, concurrencyPermit, turn, permit);
    }

    private long timeout(long now) {
        if (!enforced()) {
            return Long.MAX_VALUE;
        }
        long own = policy().retry().attemptTimeoutNanos();
        // At least a moment: a client takes no timeout of 0, and the attempt must be able to end in one.
        return Math.min(own > 0 ? own : Long.MAX_VALUE, Math.max(1, untilDeadline(now)));
    }

    private Step reject(Observer.Rejection reason, long now) {
        observer.rejected(target, call, reason);
        ended = notGood();
        IOException error = RejectionMessages.error(target, reason, now, epochMillis.getAsLong(), attempts, lastStatus);
        Step rejected = Step.Deliver.INSTANCE;
        if (inHand == null) {
            rejected = new Step.Reject(finalError(error));
        } else {
            retrying().notSent(error);
            inHand = null;
        }
        if (policy().fallback().enabled()) {
            stage = Stage.FALLING_BACK;
            return new Step.FallBack(FallbackReason.of(reason), rejected);
        }
        end(now);
        return rejected;
    }

    private @Nullable InFlightAttempt underWay(int attempt) {
        if (current != null && current.isUnderWayAs(attempt)) {
            return current;
        }
        return other != null && other.isUnderWayAs(attempt) ? other : null;
    }

    /**
     * Returns whether an outcome ends the call although another attempt is under way: an answer does, and the
     * application.
     */
    private boolean decides(Outcome outcome) {
        return outcome instanceof Outcome.Cancelled
                || (outcome instanceof Outcome.Response
                        && !RetryDecision.asksForRetry(policy().retry(), outcome, Outcome.statusOf(outcome)));
    }

    private Step decide(Outcome outcome, int status, boolean asks, long now) {
        lastStatus = status;
        Outcome.Failure failed = outcome instanceof Outcome.Failure failure ? failure : null;
        nothingSent = failed != null && failed.nothingSent();
        failedProxy = failed == null ? null : failed.proxy();
        if (!isGood(status, asks)) {
            notGood(current, outcome, now);
        }
        if (!asks || !policy().retry().enabled()) {
            return deliver(outcome, status, asks, now);
        }
        long delay = retrying().delay(outcome, attempts, untilDeadline(now), now);
        if (delay < 0 || !enforced()) {
            return deliver(outcome, status, true, now);
        }
        remember(outcome);
        inHand = outcome;
        stage = Stage.BACKING_OFF;
        return new Step.Wait(delay);
    }

    private RetryDecision retrying() {
        RetryDecision made = retryDecision;
        if (made == null) {
            made = new RetryDecision(target, call, random, epochMillis, observer, lookupMemory);
            retryDecision = made;
        }
        return made;
    }

    /** Ends the call with an outcome, whether that asked for another attempt or not. */
    private Step deliver(Outcome outcome, int status, boolean asked, long now) {
        inHand = null; // it has a connection, and that a request's body, which must not live as long as the call
        ended = result(outcome, status, asked);
        if (retryDecision != null) {
            retryDecision.end(asked && enforced());
        }
        Step step = policy().fallback().enabled() ? fallBack(outcome, asked) : Step.Deliver.INSTANCE;
        if (step instanceof Step.FallBack && enforced()) {
            stage = Stage.FALLING_BACK;
            return step;
        }
        end(now);
        // Where a retry would have come first, nobody knows what that would have given.
        boolean retried = asked && retryDecision != null && retryDecision.notRetried() == null;
        if (step instanceof Step.FallBack && !retried) {
            observer.wouldFallBack(target, call);
        }
        return Step.Deliver.INSTANCE;
    }

    private Step fallBack(Outcome outcome, boolean asked) {
        FallbackReason reason = FallbackRule.after(
                policy(), outcome, asked && retryDecision != null ? retryDecision.notRetried() : null);
        return reason == null ? Step.Deliver.INSTANCE : new Step.FallBack(reason, Step.Deliver.INSTANCE);
    }

    /**
     * Ends the call with another origin's response in place of what its own gave: a good one, see
     * {@link #isGoodFromAlternateOrigin}. Without effect where the application has cancelled the call meanwhile.
     */
    public void fellBack(FallbackPolicy.Strategy strategy, FallbackReason reason, long now) {
        fellBack(strategy, reason, true, now);
    }

    /**
     * Ends the call with a stored or a static response in place of what the origin gave. Without effect where the
     * application has cancelled the call meanwhile.
     *
     * @param status the response's; one of 500 or above, which the configuration may say, does not save the call
     */
    public void fellBack(FallbackPolicy.Strategy strategy, FallbackReason reason, int status, long now) {
        fellBack(strategy, reason, status < 500, now);
    }

    private synchronized void fellBack(
            FallbackPolicy.Strategy strategy, FallbackReason reason, boolean good, long now) {
        if (stage != Stage.FALLING_BACK) {
            return;
        }
        target.clearFailure(call); // the application does not see it fail
        observer.fallback(target, call, strategy, reason);
        if (good) {
            ended = ended == Observer.Result.FAILED
                    ? Observer.Result.SAVED_BY_FALLBACK
                    : Observer.Result.ANSWERED_BY_FALLBACK;
        }
        stage = Stage.DONE;
        reportEnd(now);
    }

    /**
     * Ends the call with what the origin gave, or with its rejection: no fallback strategy has a response. Without
     * effect where one had, or where the application has cancelled the call meanwhile.
     */
    public synchronized void fallbackFailed(long now) {
        if (stage == Stage.FALLING_BACK) {
            end(now);
        }
    }

    /** Ends the call without a fallback. */
    private void end(long now) {
        stage = Stage.DONE;
        reportEnd(now);
        if (retryDecision != null && retryDecision.hasMultiplied()) {
            target.failed(call, now);
        }
    }

    private void reportEnd(long now) {
        endedAfter = now - beganAt;
        observer.ended(target, call, ended, attempts, endedAfter);
        if (retryDecision != null && retryDecision.wasSent()) {
            observer.retriesEnded(target, call, ended, false);
        }
        endRepeat(now);
    }

    private void endRepeat(long now) {
        if (nested) {
            target.repeatEnded(call, now);
        }
    }

    private Observer.Result result(Outcome outcome, int status, boolean asked) {
        if (outcome instanceof Outcome.Cancelled) {
            return Observer.Result.CANCELLED;
        }
        if (!isGood(status, asked)) {
            return notGood();
        }
        if (current != null && current.isNumber(1)) {
            return Observer.Result.FIRST_TRY;
        }
        return switch (first) {
            case FIRST_FAILED -> Observer.Result.SAVED_BY_RETRY;
            case FIRST_TIMED_OUT -> Observer.Result.GOOD_AFTER_TIMEOUT;
            default -> Observer.Result.HEDGED;
        };
    }

    private Observer.Result notGood() {
        if (attempts == 0) {
            return Observer.Result.REJECTED;
        }
        return first == FIRST_TIMED_OUT ? Observer.Result.TIMED_OUT : Observer.Result.FAILED;
    }

    /** Returns whether an attempt was good: see {@link Observer.Result}. */
    private boolean isGood(int status, boolean asked) {
        if (status == Outcome.NO_STATUS || status >= 500 || asked) {
            return false;
        }
        return status < 400
                || !policy().fallback().enabled()
                || !policy().fallback().statuses().contains(status);
    }

    private void notGood(@Nullable InFlightAttempt attempt, Outcome outcome, long now) {
        if (attempt != null && attempt.isNumber(1) && !(outcome instanceof Outcome.Cancelled)) {
            first = attempt.isTimedOut(outcome, now) ? FIRST_TIMED_OUT : FIRST_FAILED;
        }
    }

    private void failLate(Outcome.Failure failure, long now) {
        expect(Stage.DONE);
        if (current != null) {
            current.failLate(failure, now, random);
        }
    }

    private static void giveUp(@Nullable InFlightAttempt attempt, long now) {
        if (attempt != null) {
            attempt.giveUp(now);
        }
    }

    /**
     * A difference, which is right even where the sum of the two overflows; {@link Long#MAX_VALUE} without deadline.
     */
    private long untilDeadline(long now) {
        long deadline = policy().retry().deadlineNanos();
        return deadline > 0 ? beganAt + deadline - now : Long.MAX_VALUE;
    }

    private boolean enforced() {
        return policy().mode() == Mode.ENFORCE;
    }

    private void remember(Outcome outcome) {
        if (outcome instanceof Outcome.Failure failure) {
            if (failures == null) {
                failures = new ArrayList<>(4);
            }
            failures.add(failure.error());
        }
    }

    private void expect(Stage expected) {
        if (stage != expected) {
            throw illegalTransition(expected.toString());
        }
    }

    private IllegalStateException illegalTransition(String expected) {
        return new IllegalStateException("a session that is " + stage + " was told what holds for " + expected);
    }
}
