package dev.holdfast.call;

import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.FallbackPolicy;

/**
 * Told what happens to calls, as it happens. On the path of every call: an implementation counts, and returns at once;
 * it must not throw. Under a policy in {@code observe} mode it is told the same decisions, though none is carried out:
 * the target's policy says which it is. Thread-safe.
 */
public interface Observer {
    /** An observer that ignores everything. */
    Observer NONE = new Observer() {};

    /**
     * Returns the observer of the calls to one target: this one, or one that need not look up the target with each
     * call. Asked once for each target.
     *
     * @param target one that is new, and not to be asked for anything but its policy and its origin yet
     */
    default Observer of(PolicyTarget target) {
        return this;
    }

    /** A call begins. */
    default void began(PolicyTarget target, CallInfo call) {}

    /**
     * A call ended with its first attempt, which was good and began with the call: nearly all calls do, so that there
     * is one report of both ends. The same as {@link #attempt}, then {@link #ended} with {@link Result#FIRST_TRY}.
     *
     * @param target the policy and the origin
     * @param call the application's call
     * @param outcome what it gave
     * @param nanos how long the attempt and the call took
     */
    default void firstTry(PolicyTarget target, CallInfo call, Outcome outcome, long nanos) {
        attempt(target, call, outcome, nanos);
        ended(target, call, Result.FIRST_TRY, 1, nanos);
    }

    /**
     * An attempt ended: at its response's head, or in a failure.
     *
     * @param target the policy and the origin
     * @param call the application's call
     * @param outcome what it gave
     * @param nanos how long it took
     */
    default void attempt(PolicyTarget target, CallInfo call, Outcome outcome, long nanos) {}

    /**
     * There will be another attempt.
     *
     * @param target the policy and the origin
     * @param call the application's call
     * @param because what the last attempt gave
     * @param attempt the number of the next one; the first attempt of a call is 1
     * @param delayNanos the wait before the next
     */
    default void retry(PolicyTarget target, CallInfo call, Outcome because, int attempt, long delayNanos) {}

    /**
     * A retry that {@link #retry} announced is sent. It may not be: a limit or the breaker rejects it, the deadline
     * passes during the wait, or the application cancels the call.
     *
     * @param target the policy and the origin
     * @param call the application's call
     * @param because what the attempt before gave
     * @param delayNanos the wait that was announced
     */
    default void retrySent(PolicyTarget target, CallInfo call, Outcome because, long delayNanos) {}

    /** An outcome asked for another attempt, and there will be none. */
    default void notRetried(PolicyTarget target, CallInfo call, Outcome outcome, NotRetried reason) {}

    /**
     * A call begins that failed moments ago, after its retries, and was made by the same caller. Told on the caller's
     * thread.
     */
    default void nestedRetry(PolicyTarget target, CallInfo call) {}

    /** The class that makes the call which begins on this thread, or an empty text. Asked only after failures. */
    default String caller() {
        return "";
    }

    /**
     * A layer above retries calls that were retried here, so that attempts multiply. Told some seconds after its last
     * repeat, when it is known that the repeats were no schedule.
     *
     * @param target the policy and the origin
     * @param caller the class that repeated the calls
     */
    default void retryLayer(PolicyTarget target, String caller) {}

    /**
     * An attempt gets a fault. Told in observe mode, too, where it would get it.
     *
     * @param target the policy, which says what fault, and the origin
     * @param call the application's call
     */
    default void faultInjected(PolicyTarget target, CallInfo call) {}

    /** A second attempt is sent beside one that takes long. */
    default void hedged(PolicyTarget target, CallInfo call) {}

    /** Called in observe mode when a second attempt would have been sent beside a slow one. */
    default void wouldHedge(PolicyTarget target, CallInfo call) {}

    /** Called in observe mode when a fallback would have been asked for. */
    default void wouldFallBack(PolicyTarget target, CallInfo call) {}

    /** The breaker or a limit lets an attempt not pass. */
    default void rejected(PolicyTarget target, CallInfo call, Rejection reason) {}

    /** An attempt waits for its turn under a limit: as long as said at most. */
    default void limited(PolicyTarget target, CallInfo call, Rejection limit, long nanos) {}

    /**
     * A wait for a limit is over: the attempt may be sent, was rejected, or the application cancelled its call.
     *
     * @param target the policy and the origin
     * @param call the application's call
     * @param limit what was waited for
     * @param nanos how long the attempt waited
     */
    default void waited(PolicyTarget target, CallInfo call, Rejection limit, long nanos) {}

    /** The breaker of an origin changed its state. */
    default void transition(
            PolicyTarget target, CircuitBreaker.State from, CircuitBreaker.State to, CircuitBreaker.Reason reason) {}

    /**
     * A call ended, as far as Holdfast is concerned: at the head of the response that the application gets, be it a
     * fallback's, or in a failure. Told once for each call, unless {@link #takenBack} says that it goes on.
     *
     * @param target the policy and the origin
     * @param call the application's call
     * @param result how
     * @param attempts how many were sent
     * @param nanos how long it took, waits and the search for a fallback included
     */
    default void ended(PolicyTarget target, CallInfo call, Result result, int attempts, long nanos) {}

    /**
     * The application gets a response of a fallback strategy in place of what the call gave. {@link #ended} follows.
     *
     * @param target the policy and the origin
     * @param call the application's call
     * @param strategy which
     * @param reason why one was asked
     */
    default void fallback(
            PolicyTarget target, CallInfo call, FallbackPolicy.Strategy strategy, FallbackReason reason) {}

    /** The body of a response broke that the application was reading. */
    default void bodyFailed(PolicyTarget target, CallInfo call, Outcome.Failure failure) {}

    /**
     * The response that a call was said to have ended with was held back, and its body broke before the application saw
     * any of it: the end and the attempt's success are void, and the call goes on.
     *
     * @param target the policy and the origin
     * @param call the application's call
     * @param failure what broke the body
     * @param result what {@link #ended} was told
     * @param attempts what {@link #ended} was told
     * @param nanos what {@link #ended} was told
     */
    default void takenBack(
            PolicyTarget target, CallInfo call, Outcome.Failure failure, Result result, int attempts, long nanos) {}

    /**
     * A call of which at least one retry was sent has ended. Told after {@link #ended}, and after {@link #takenBack}.
     * Hedged attempts are no retries.
     *
     * @param target the policy and the origin
     * @param call the application's call
     * @param result what {@link #ended} was told
     * @param takenBack whether that end is void
     */
    default void retriesEnded(PolicyTarget target, CallInfo call, Result result, boolean takenBack) {}

    /** The reason why no other attempt is sent. */
    enum NotRetried {
        /** So many as there may be were sent. */
        USED_UP,
        /** The origin may have applied the request, or its body is gone. */
        NOT_SAFE,
        /** {@code Retry-After} asks for a longer wait than there may be. */
        RETRY_AFTER_TOO_LONG,
        /** The call's deadline would be over. */
        DEADLINE,
        /** The breaker is open. */
        BREAKER_OPEN,
        /** The retry budget is used up. */
        BUDGET
    }

    /** The limit or breaker that rejects an attempt. */
    enum Rejection {
        /** The circuit breaker. */
        BREAKER,
        /** The limit on attempts at a time. */
        CONCURRENCY,
        /** The limit on attempts in a time. */
        RATE
    }

    /**
     * The result of a call. An attempt is good if it gave a response with a status below 500 that the policy neither
     * retries nor lists for a fallback.
     *
     * <p>The first attempt is what the origin would have been sent without Holdfast. So its outcome says how the call
     * would have ended without; {@link #FIRST_TRY}, {@link #SAVED_BY_RETRY}, {@link #SAVED_BY_FALLBACK} and
     * {@link #FAILED} are the calls of which it is known.
     */
    enum Result {
        /** The first attempt was good. */
        FIRST_TRY,
        /** The first attempt failed by itself; a later one was good. */
        SAVED_BY_RETRY,
        /** The first attempt failed by itself, and no later one was good; a fallback's response was. */
        SAVED_BY_FALLBACK,
        /** The first attempt failed by itself, and no later one was good; or the hedged attempt's failure decided. */
        FAILED,
        /** The hedged attempt was good before the first one had ended, which was cancelled: its outcome is unknown. */
        HEDGED,
        /** A time limit of the policy ended the first attempt, whose outcome is unknown; a later one was good. */
        GOOD_AFTER_TIMEOUT,
        /** The first attempt was rejected, or ended by a time limit of the policy; a fallback's response was good. */
        ANSWERED_BY_FALLBACK,
        /** A time limit of the policy ended the first attempt, whose outcome is unknown; no later one was good. */
        TIMED_OUT,
        /** The breaker or a limit rejected the first attempt: nothing was sent. */
        REJECTED,
        /** The application did not wait for the end. */
        CANCELLED
    }
}
