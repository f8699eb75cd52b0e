package dev.holdfast.call;

import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.ConcurrencyLimit;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RateLimit;
import dev.holdfast.policy.RetryBudget;
import dev.holdfast.policy.RetryPolicy;
import dev.holdfast.policy.RetryRule;
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
 * {@link Step.Wait} exactly one {@link #resume}; {@link Step.Deliver}, {@link Step.Reject} and {@link Step.FallBack} end it, and {@link #cancel}
 * does at any stage. An adapter that has to decide at a response's head calls {@link #after} there, keeps the step, and
 * reports a body that broke later with {@link #bodyFailed}.
 *
 * <p>Layers, outermost first: deadline, retry with its budget, limits, breaker, attempt timeout. So every attempt asks the
 * limits and the breaker, and the breaker sees every attempt's outcome.
 *
 * <p>Thread-safe: the application may cancel from any thread while the driver goes on from another; what comes after
 * {@link #cancel} is answered with {@link Step.Deliver} and counts as nothing. No method takes longer than its arithmetic.
 */
public final class Session {
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    private static final String RETRY_AFTER = "Retry-After";

    private enum Stage {
        NEW,
        SENT,
        BACKING_OFF,
        WAITING_FOR_RATE,
        QUEUED,
        DONE,
        CANCELLED
    }

    private final Target target;
    private final Policy policy;
    private final CallInfo call;
    private final RandomGenerator random;
    private final LongSupplier epochMillis;
    private final Observer observer;

    private Stage stage = Stage.NEW;
    private int attempts;
    private long beganAt;
    private long sentAt;
    private long previousDelay;
    private @Nullable List<Throwable> failures;
    private int lastStatus;
    private Observer.@Nullable NotRetried notRetried;

    private ConcurrencyLimit.@Nullable Ticket ticket;
    private @Nullable Place place;
    private CircuitBreaker.@Nullable Permit permit;
    private int endedInARow;

    /**
     * A call that has not begun.
     *
     * @param target what holds for it, from begin to end, and whom it goes to
     * @param call what the adapter knows about it
     * @param random the source of the jitter
     * @param epochMillis the wall clock, asked only for dates that people or servers wrote or read
     * @param observer told what happens
     */
    Session(Target target, CallInfo call, RandomGenerator random, LongSupplier epochMillis, Observer observer) {
        this.target = target;
        this.policy = target.policy();
        this.call = call;
        this.random = random;
        this.epochMillis = epochMillis;
        this.observer = observer;
    }

    /**
     * Starts the call. {@code now} is {@code System.nanoTime}, here as everywhere. Returns {@link Step.Send}, a
     * {@link Step.Wait} for a limit, or {@link Step.Reject}.
     */
    public synchronized Step begin(long now) {
        expect(Stage.NEW);
        beganAt = now;
        target.used(now);
        RetryBudget budget = target.budget();
        if (budget != null) {
            budget.deposit(now);
        }
        return awaitRate(now);
    }

    /** What the attempt gave. Returns {@link Step.Wait}, {@link Step.Deliver} or {@link Step.FallBack}. */
    public synchronized Step after(Outcome outcome, long now) {
        if (stage == Stage.CANCELLED) {
            return Step.Deliver.INSTANCE;
        }
        expect(Stage.SENT);
        leavePlace();
        record(outcome, now);
        return decide(outcome, now);
    }

    private Step decide(Outcome outcome, long now) {
        long delay = -1;
        notRetried = null;
        if (outcome instanceof Outcome.Response response) {
            lastStatus = response.status();
            delay = delayAfter(response, now);
        } else if (outcome instanceof Outcome.Failure failure) {
            lastStatus = 0;
            delay = delayAfter(failure, now);
        }
        if (delay >= 0) {
            observer.retry(target, call, outcome, delay);
        }
        if (delay < 0 || !enforced()) {
            return done(outcome, now);
        }
        if (outcome instanceof Outcome.Failure failure) {
            remember(failure.error());
        }
        stage = Stage.BACKING_OFF;
        return new Step.Wait(delay);
    }

    /** The wait is over, or its ticket was granted. Returns {@link Step.Send}, {@link Step.Wait} or {@link Step.Reject}. */
    public synchronized Step resume(long now) {
        switch (stage) {
            case BACKING_OFF -> {
                return awaitRate(now);
            }
            case WAITING_FOR_RATE -> {
                return takePlace(now);
            }
            case QUEUED -> {
                ConcurrencyLimit.Ticket mine = ticket;
                ticket = null;
                if (mine != null && mine.cancel()) {
                    return reject(Observer.Rejection.CONCURRENCY, now);
                }
                return holdPlace(now);
            }
            case CANCELLED -> {
                return Step.Deliver.INSTANCE;
            }
            default -> throw misled("a wait");
        }
    }

    /** The application cancelled or interrupted the call, at whatever stage: ends the session, counts as nothing. */
    public synchronized void cancel(long now) {
        if (stage == Stage.DONE || stage == Stage.CANCELLED) {
            return;
        }
        ConcurrencyLimit.Ticket mine = ticket;
        ticket = null;
        if (mine != null && !mine.cancel()) {
            ConcurrencyLimit limit = target.concurrency();
            if (limit != null) {
                limit.release();
            }
        }
        leavePlace();
        CircuitBreaker breaker = target.breaker();
        if (breaker != null && permit != null && stage == Stage.SENT) {
            breaker.onIgnored(permit);
        }
        stage = Stage.CANCELLED;
        observer.ended(target, call, Observer.Result.CANCELLED, attempts, now - beganAt);
    }

    /**
     * The body of a response whose head had been decided to be delivered broke. Never leads to a retry: the application
     * may have seen a part of it.
     */
    public synchronized void bodyFailed(Outcome.Failure failure, long now) {
        if (stage == Stage.CANCELLED) {
            return;
        }
        expect(Stage.DONE);
        recordLate(now);
        observer.bodyFailed(target, call, failure);
    }

    /**
     * The body of a response whose head had been decided to be delivered broke while it was held back: nothing of it
     * reached the application, so this failure takes the response's place as the attempt's outcome.
     *
     * @return as {@link #after}
     */
    public synchronized Step bodyLost(Outcome.Failure failure, long now) {
        if (stage == Stage.CANCELLED) {
            return Step.Deliver.INSTANCE;
        }
        expect(Stage.DONE);
        recordLate(now);
        observer.takenBack(target, call, failure);
        return decide(failure, now);
    }

    /**
     * The exception to hand to the application where the call ends in one: {@code last} itself, with the failures of
     * earlier attempts added as suppressed exceptions.
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
        return last;
    }

    /** The policy under which the call began; a reload does not change it. */
    public Policy policy() {
        return policy;
    }

    /** How many attempts were begun. */
    public int attempts() {
        return attempts;
    }

    // ---- what an attempt needs before it is sent

    private Step awaitRate(long now) {
        RateLimit limit = target.rate();
        if (limit == null) {
            return takePlace(now);
        }
        if (breakerRejects(now)) {
            return reject(Observer.Rejection.BREAKER, now); // rather than wait for a turn first
        }
        long wait = limit.acquire(now, mayWait(now));
        if (wait == 0) {
            return takePlace(now);
        }
        if (!enforced()) {
            observer.limited(target, call, Observer.Rejection.RATE, Math.max(0, wait));
            return takePlace(now);
        }
        if (wait < 0) {
            return reject(Observer.Rejection.RATE, now);
        }
        observer.limited(target, call, Observer.Rejection.RATE, wait);
        stage = Stage.WAITING_FOR_RATE;
        return new Step.Wait(wait);
    }

    private Step takePlace(long now) {
        ConcurrencyLimit limit = target.concurrency();
        if (limit == null) {
            return passBreaker(now);
        }
        if (breakerRejects(now)) {
            return reject(Observer.Rejection.BREAKER, now);
        }
        if (limit.tryAcquire()) {
            return holdPlace(now);
        }
        long wait = mayWait(now);
        observer.limited(target, call, Observer.Rejection.CONCURRENCY, wait);
        if (!enforced()) {
            return passBreaker(now);
        }
        if (wait <= 0) {
            return reject(Observer.Rejection.CONCURRENCY, now);
        }
        ConcurrencyLimit.Ticket queued = limit.enqueue();
        ticket = queued;
        stage = Stage.QUEUED;
        return new Step.Wait(wait, queued);
    }

    private Step holdPlace(long now) {
        ConcurrencyLimit limit = target.concurrency();
        if (limit != null) {
            place = Place.held(this, limit);
        }
        return passBreaker(now);
    }

    private Step passBreaker(long now) {
        CircuitBreaker breaker = target.breaker();
        permit = null;
        if (breaker != null) {
            permit = breaker.tryAcquire(now, random);
            if (permit == null) {
                if (enforced()) {
                    leavePlace();
                    return reject(Observer.Rejection.BREAKER, now);
                }
                observer.rejected(target, call, Observer.Rejection.BREAKER);
            }
        }
        return send(now);
    }

    private Step send(long now) {
        stage = Stage.SENT;
        sentAt = now;
        attempts++;
        RetryPolicy rule = policy.retry();
        long timeout = rule.attemptTimeoutNanos() > 0 ? rule.attemptTimeoutNanos() : Long.MAX_VALUE;
        if (rule.deadlineNanos() > 0) {
            // At least a moment: a client takes no timeout of 0, and the attempt must be able to end in one.
            timeout = Math.min(timeout, Math.max(1, untilDeadline(now)));
        }
        return new Step.Send(attempts, enforced() ? timeout : Long.MAX_VALUE);
    }

    private boolean breakerRejects(long now) {
        CircuitBreaker breaker = target.breaker();
        return breaker != null && enforced() && breaker.rejects(now);
    }

    private long mayWait(long now) {
        long wait = policy.limits().maxWaitNanos();
        return policy.retry().deadlineNanos() > 0 ? Math.min(wait, untilDeadline(now)) : wait;
    }

    private Step reject(Observer.Rejection reason, long now) {
        stage = Stage.DONE;
        observer.rejected(target, call, reason);
        observer.ended(target, call, Observer.Result.REJECTED, attempts, now - beganAt);
        IOException error = Rejections.error(target, reason, now, epochMillis.getAsLong(), attempts, lastStatus);
        Step rejected = new Step.Reject(finalError(error));
        return policy.fallback().enabled() ? new Step.FallBack(FallbackReason.of(reason), rejected) : rejected;
    }

    private void leavePlace() {
        Place held = place;
        if (held != null) {
            place = null;
            held.leave();
        }
    }

    // ---- what an attempt gave

    private void record(Outcome outcome, long now) {
        if (!(outcome instanceof Outcome.Cancelled)) {
            observer.attempt(target, call, outcome, now - sentAt);
        }
        CircuitBreaker breaker = target.breaker();
        CircuitBreaker.Permit mine = permit;
        if (breaker == null || mine == null) {
            return;
        }
        if (outcome instanceof Outcome.Response response) {
            if (policy.breaker().isFailure(response.status())) {
                breaker.onFailure(mine, now - sentAt, now, random);
                permit = null;
            } else {
                endedInARow = breaker.onSuccess(mine, now - sentAt, now, random);
            }
        } else {
            permit = null;
            // What is not an IOException is the program's own mistake, such as a header that cannot be sent.
            if (outcome instanceof Outcome.Failure failure && failure.error() instanceof IOException) {
                breaker.onFailure(mine, now - sentAt, now, random);
            } else {
                breaker.onIgnored(mine);
            }
        }
    }

    /** The attempt that was recorded as a success was none. */
    private void recordLate(long now) {
        CircuitBreaker breaker = target.breaker();
        CircuitBreaker.Permit mine = permit;
        if (breaker != null && mine != null) {
            permit = null;
            breaker.onLateFailure(mine, endedInARow, now, random);
        }
    }

    private Step done(Outcome outcome, long now) {
        stage = Stage.DONE;
        Observer.Result result = Observer.Result.FAILED;
        if (outcome instanceof Outcome.Cancelled) {
            result = Observer.Result.CANCELLED;
        } else if (outcome instanceof Outcome.Response response && isGood(response)) {
            result = attempts == 1 ? Observer.Result.FIRST_TRY : Observer.Result.SAVED_BY_RETRY;
        }
        observer.ended(target, call, result, attempts, now - beganAt);
        FallbackReason reason = fallbackAfter(outcome);
        return reason == null ? Step.Deliver.INSTANCE : new Step.FallBack(reason, Step.Deliver.INSTANCE);
    }

    /** Whether an outcome that ends the call asks for a fallback, and why. Never a success, nor a 4xx that nobody listed. */
    private @Nullable FallbackReason fallbackAfter(Outcome outcome) {
        FallbackPolicy fallback = policy.fallback();
        if (!fallback.enabled() || !enforced()) {
            return null;
        }
        boolean listed = false;
        if (outcome instanceof Outcome.Response response) {
            int status = response.status();
            listed = fallback.statuses().contains(status);
            if (status < 500
                    && !listed
                    && !(status >= 400 && policy.retry().statuses().contains(status))) {
                return null;
            }
        } else if (outcome instanceof Outcome.Failure failure) {
            listed = fallback.lists(failure.error(), failure.kind());
            if (!listed && !(failure.error() instanceof IOException)) {
                return null; // the program's own mistake
            }
        } else {
            return null;
        }
        FallbackReason listedOnly = listed ? FallbackReason.LISTED : null;
        return notRetried == null
                ? listedOnly
                : switch (notRetried) {
                    case USED_UP -> FallbackReason.RETRIES_USED_UP;
                    case BUDGET -> FallbackReason.BUDGET;
                    case RETRY_AFTER_TOO_LONG -> FallbackReason.RETRY_AFTER;
                    case DEADLINE -> FallbackReason.DEADLINE;
                    case BREAKER_OPEN -> FallbackReason.BREAKER_OPEN;
                    case NOT_SAFE -> listedOnly;
                };
    }

    /** The application gets an answer of this strategy in place of what the call gave. */
    public void fellBack(FallbackPolicy.Strategy strategy, FallbackReason reason) {
        observer.fallback(target, call, strategy, reason);
    }

    private boolean isGood(Outcome.Response response) {
        return response.status() < 500 && !RetryRule.asksForRetry(policy.retry(), response.status(), response::header);
    }

    private long delayAfter(Outcome.Response response, long now) {
        RetryPolicy rule = policy.retry();
        if (!rule.enabled() || !RetryRule.asksForRetry(rule, response.status(), response::header)) {
            return -1;
        }
        Observer.NotRetried obstacle = obstacle(false);
        if (obstacle != null) {
            return none(response, obstacle);
        }
        long asked = rule.honourRetryAfter()
                ? RetryRule.retryAfterNanos(response.header(RETRY_AFTER), epochMillis.getAsLong())
                : -1;
        if (asked > rule.maxRetryAfterNanos()) {
            return none(response, Observer.NotRetried.RETRY_AFTER_TOO_LONG);
        }
        return granted(response, Math.max(asked, backoff()), now);
    }

    private long delayAfter(Outcome.Failure failure, long now) {
        RetryPolicy rule = policy.retry();
        if (!rule.enabled() || !RetryRule.asksForRetry(rule, failure.error(), failure.kind())) {
            return -1;
        }
        Observer.NotRetried obstacle = obstacle(failure.nothingSent());
        return obstacle == null ? granted(failure, backoff(), now) : none(failure, obstacle);
    }

    private Observer.@Nullable NotRetried obstacle(boolean nothingSent) {
        RetryPolicy rule = policy.retry();
        if (attempts > rule.maxRetries()) {
            return Observer.NotRetried.USED_UP;
        }
        boolean mayResend = RetryRule.mayResend(
                rule, call.method(), call.requestHeader(IDEMPOTENCY_KEY) != null, call.bodyReplayable(), nothingSent);
        return mayResend ? null : Observer.NotRetried.NOT_SAFE;
    }

    /** The delay, if the deadline, the breaker and the budget leave room for the retry, else -1. */
    private long granted(Outcome outcome, long delay, long now) {
        if (policy.retry().deadlineNanos() > 0 && delay >= untilDeadline(now)) {
            return none(outcome, Observer.NotRetried.DEADLINE);
        }
        CircuitBreaker breaker = target.breaker();
        if (breaker != null && breaker.rejects(now) && breaker.nanosToProbe(now) > delay) {
            return none(outcome, Observer.NotRetried.BREAKER_OPEN);
        }
        RetryBudget budget = target.budget();
        if (budget != null && !budget.tryWithdraw(now)) {
            return none(outcome, Observer.NotRetried.BUDGET);
        }
        return delay;
    }

    private long none(Outcome outcome, Observer.NotRetried reason) {
        notRetried = reason;
        observer.notRetried(target, call, outcome, reason);
        return -1;
    }

    private long backoff() {
        previousDelay = policy.retry().backoff().delayNanos(attempts, previousDelay, random);
        return previousDelay;
    }

    /** A difference, which is right even where the sum of the two overflows. */
    private long untilDeadline(long now) {
        return beganAt + policy.retry().deadlineNanos() - now;
    }

    private boolean enforced() {
        return policy.mode() == Mode.ENFORCE;
    }

    private void remember(Throwable failure) {
        if (failures == null) {
            failures = new ArrayList<>(4);
        }
        failures.add(failure);
    }

    private void expect(Stage expected) {
        if (stage != expected) {
            throw misled(expected.toString());
        }
    }

    private IllegalStateException misled(String expected) {
        return new IllegalStateException("a session that is " + stage + " was told what holds for " + expected);
    }
}
