package dev.holdfast.call;

import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryPolicy;
import dev.holdfast.policy.RetryRule;
import java.io.IOException;
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
public final class Session extends CallCourse {
    /**
     * A call that has not begun.
     *
     * @param target what holds for it, from begin to end, and whom it goes to; its observer is told what happens
     * @param call what the adapter knows about it
     * @param environment the source of the jitter, and the facts from outside
     */
    Session(PolicyTarget target, CallInfo call, CallEnvironment environment) {
        super(target, call, environment);
    }

    /**
     * Starts the call. {@code now} is {@code System.nanoTime}, here as everywhere. Returns {@link Step.Send}, a
     * {@link Step.Wait} for a limit, or {@link Step.Reject}.
     */
    @Override
    public synchronized Step begin(long now) {
        return super.begin(now);
    }

    /**
     * The wait is over, or its ticket was granted. Returns {@link Step.Send}, {@link Step.Wait} or an end: with
     * {@link Step.Deliver} that of the outcome before the wait, or of a call that was cancelled.
     */
    @Override
    public synchronized Step resume(long now) {
        return super.resume(now);
    }

    /**
     * Returns whether a response cannot be judged by its head: a condition of the policy looks at its body, which is
     * held back for that, and told with the head then ({@link dev.holdfast.policy.ResponseView#body}). Where it cannot
     * be held back, as one that is too large, the outcome is told without it, and such a condition does not hold.
     */
    public boolean needsBody(Outcome.Response head) {
        RetryPolicy rule = policy().retry();
        return !rule.conditions().isEmpty()
                && rule.bufferResponseBytes() > 0
                && RetryRule.needsBody(rule, call().method(), head);
    }

    /**
     * Takes the outcome of an attempt.
     *
     * @param attempt its number
     * @param outcome what it gave; at a response's head, where that says enough, or in a failure
     * @param now the time now
     * @return {@link Step.Wait}, {@link Step.Deliver}, {@link Step.FallBack}, or {@link Step.Drop} where another
     *     attempt decides
     */
    @Override
    public synchronized Step after(int attempt, Outcome outcome, long now) {
        return super.after(attempt, outcome, now);
    }

    /**
     * The first attempt takes long: asks for a second one beside it.
     *
     * @return what to send; null: nothing, the first one stays alone
     */
    @Override
    public synchronized Step.@Nullable Send hedge(long now) {
        return super.hedge(now);
    }

    /**
     * An attempt has waited for something of the program's own, such as a connection of its pool or the queue of its
     * dispatcher. Of the attempt's time, its limit, and what the breaker and the latencies hear of, that is no part;
     * the deadline goes on.
     *
     * @param attempt its number
     * @param nanos how long it has waited since the last time that this was told
     * @return how long it may take from now on, in nanoseconds; {@link Long#MAX_VALUE}: there is no limit
     */
    @Override
    public synchronized long heldUp(int attempt, long nanos, long now) {
        return super.heldUp(attempt, nanos, now);
    }

    /** The time until the deadline of the call, in nanoseconds; {@link Long#MAX_VALUE}: it has none, or needs none. */
    public long remainingNanos(long now) {
        return enforced() ? untilDeadline(now) : Long.MAX_VALUE;
    }

    /**
     * The application was given an attempt to write its request's body to, and has done nothing with it for as long as
     * an attempt may take. Whether it will ever do so cannot be known: the attempt no longer counts under
     * {@code max_concurrent}.
     *
     * @param attempt its number
     */
    @Override
    public synchronized void idle(int attempt) {
        super.idle(attempt);
    }

    /**
     * The application goes on with an attempt that may have been {@link #idle}: it counts again, if there is room. It
     * is not held up otherwise, as its connection is open.
     *
     * @param attempt its number
     */
    @Override
    public synchronized void goesOn(int attempt) {
        super.goesOn(attempt);
    }

    /**
     * The client did not take an attempt that was to be sent, which is no outcome. An attempt beside it goes on alone;
     * without one, the call ends as if it had been cancelled.
     *
     * @param attempt its number
     * @return {@link Step.Drop} where another attempt decides, else {@link Step.Deliver}
     */
    @Override
    public synchronized Step withdraw(int attempt, long now) {
        return super.withdraw(attempt, now);
    }

    /**
     * The application cancelled or interrupted the call, at whatever stage: ends the session, counts as nothing. Of a
     * call that is over it ends what may still be under way, and changes nothing else.
     */
    @Override
    public synchronized void cancel(long now) {
        super.cancel(now);
    }

    /**
     * The body of a response whose head had been decided to be delivered broke. Never leads to a retry: the application
     * may have seen a part of it.
     */
    @Override
    public synchronized void bodyFailed(Outcome.Failure failure, long now) {
        super.bodyFailed(failure, now);
    }

    /**
     * The body of a response whose head had been decided to be delivered broke while it was held back: nothing of it
     * reached the application, so this failure takes the response's place as the attempt's outcome. An attempt beside
     * it that is still under way decides then.
     *
     * @return as {@link #after}
     */
    @Override
    public synchronized Step bodyLost(Outcome.Failure failure, long now) {
        return super.bodyLost(failure, now);
    }

    /**
     * Ends the call with another origin's response in place of what its own gave: a good one, see
     * {@link #isGoodFromAlternateOrigin}. Without effect where the application has cancelled the call meanwhile.
     */
    public synchronized void fellBack(FallbackPolicy.Strategy strategy, FallbackReason reason, long now) {
        endWithFallback(strategy, reason, true, now);
    }

    /**
     * Ends the call with a stored or a static response in place of what the origin gave. Without effect where the
     * application has cancelled the call meanwhile.
     *
     * @param status the response's; one of 500 or above, which the configuration may say, does not save the call
     */
    public synchronized void fellBack(FallbackPolicy.Strategy strategy, FallbackReason reason, int status, long now) {
        endWithFallback(strategy, reason, status < 500, now);
    }

    /**
     * Ends the call with what the origin gave, or with its rejection: no fallback strategy has a response. Without
     * effect where one had, or where the application has cancelled the call meanwhile.
     */
    @Override
    public synchronized void fallbackFailed(long now) {
        super.fallbackFailed(now);
    }

    /**
     * The exception to hand to the application where the call ends in one: {@code last} itself, with the failures of
     * earlier attempts added as suppressed exceptions; after retries, one that names the proxy which failed, too.
     */
    public synchronized <T extends Throwable> T finalError(T last) {
        PastAttempts past = past();
        return past == null ? last : past.finalError(last, attempts());
    }

    /**
     * Returns whether the request may be sent to another origin in place of its own, after an end without a good
     * answer: by the same rules as to its own once more.
     */
    public synchronized boolean maySendToAlternateOrigin() {
        PastAttempts past = past();
        CallInfo call = call();
        boolean nothingSent = past == null || past.nothingSent();
        return RetryDecision.mayBeRepeated(policy().retry(), call, call.bodyReplayable(), nothingSent);
    }

    /**
     * Returns whether what another origin answers is better than none: a success, and nothing that would ask for a
     * fallback itself.
     */
    public boolean isGoodFromAlternateOrigin(Outcome.Response response) {
        return FallbackRule.isGoodFromAlternateOrigin(policy(), call(), response);
    }

    /**
     * Returns whether the latest response may be stored: not where the policy judged it to be a failure, by its status,
     * its headers, or a condition; one that forbids a retry for what it found in the body has found an error, too.
     */
    @Override
    public synchronized boolean isStorable() {
        return super.isStorable();
    }

    /**
     * Returns whether {@link Step.Deliver} speaks of the attempt before the one that was sent last, which the deadline
     * cut short. Where that outcome can no longer be given, the last one's is what there is.
     */
    public synchronized boolean deliversPrevious() {
        PastAttempts past = past();
        return past != null && past.deliversPrevious();
    }

    /**
     * Returns the reason why no further attempt was sent after a wait: the application's exception if the response
     * before it, which is to be delivered, can no longer be given; null where none was to be sent.
     */
    public synchronized @Nullable IOException notSent() {
        PastAttempts past = past();
        return past == null ? null : past.notSent();
    }

    /** The policy under which the call began; a reload does not change it. */
    @Override
    public Policy policy() {
        return super.policy();
    }

    /**
     * Returns the exception by which the body of an attempt's response is to break, since a fault was injected; null:
     * it is to be given as it comes. To be asked only under a policy that cuts bodies.
     *
     * @param attempt its number
     */
    @Override
    public synchronized @Nullable IOException bodyFault(int attempt) {
        return super.bodyFault(attempt);
    }

    /** Returns the number of the latest attempt, and after the end of the one that was delivered; 0: none was sent. */
    public synchronized int currentNumber() {
        InFlightAttempt current = current();
        return current == null ? 0 : current.number();
    }

    /** Returns the number of attempts that were begun. */
    public synchronized int attempts() {
        return count();
    }
}
