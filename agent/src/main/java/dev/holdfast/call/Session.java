package dev.holdfast.call;

import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryPolicy;
import dev.holdfast.policy.RetryRule;
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
 * {@link Step.Wait} exactly one {@link #resume}; {@link Step.Deliver} ends it. An adapter that has to decide at a
 * response's head calls {@link #after} there, keeps the step, and reports a body that broke later with
 * {@link #bodyFailed}.
 *
 * <p>Not thread-safe: calls must be ordered (happens-before) by the driver; they need not come from one thread.
 */
public final class Session {
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    private static final String RETRY_AFTER = "Retry-After";

    private enum Stage {
        NEW,
        SENT,
        WAITING,
        DONE
    }

    private final Policy policy;
    private final CallInfo call;
    private final RandomGenerator random;
    private final LongSupplier epochMillis;

    private Stage stage = Stage.NEW;
    private int attempts;
    private long deadlineAt;
    private long previousDelay;
    private @Nullable List<Throwable> failures;

    /**
     * A call that has not begun.
     *
     * @param policy what holds for it, from begin to end
     * @param call what the adapter knows about it
     * @param random the source of the jitter
     * @param epochMillis the wall clock, asked only for a {@code Retry-After} in the form of a date
     */
    Session(Policy policy, CallInfo call, RandomGenerator random, LongSupplier epochMillis) {
        this.policy = policy;
        this.call = call;
        this.random = random;
        this.epochMillis = epochMillis;
    }

    /** Starts the call. {@code now} is {@code System.nanoTime}, here as everywhere. */
    public Step begin(long now) {
        expect(Stage.NEW);
        // An addition that overflows still compares right by difference, as nanoTime is to be compared.
        deadlineAt = now + policy.retry().deadlineNanos();
        return send(now);
    }

    /** What the attempt gave. Returns {@link Step.Wait} or {@link Step.Deliver}. */
    public Step after(Outcome outcome, long now) {
        expect(Stage.SENT);
        long delay = -1;
        if (policy.mode() == Mode.ENFORCE) {
            if (outcome instanceof Outcome.Response response) {
                delay = delayAfter(response, now);
            } else if (outcome instanceof Outcome.Failure failure) {
                delay = delayAfter(failure, now);
            }
        }
        if (delay < 0) {
            return done();
        }
        stage = Stage.WAITING;
        return new Step.Wait(delay);
    }

    /** The wait is over. Returns {@link Step.Send}. The wait was chosen to end before the deadline. */
    public Step resume(long now) {
        expect(Stage.WAITING);
        return send(now);
    }

    /** The application cancelled or interrupted the call, at whatever stage: ends the session, counts as nothing. */
    public void cancel(long now) {
        stage = Stage.DONE;
    }

    /**
     * The body of a response whose head had been decided to be delivered broke. Never leads to a retry: the application
     * may have seen a part of it.
     */
    public void bodyFailed(Outcome.Failure failure, long now) {
        expect(Stage.DONE);
    }

    /**
     * The body of a response whose head had been decided to be delivered broke while it was held back: nothing of it
     * reached the application, so this failure takes the response's place as the attempt's outcome.
     *
     * @return as {@link #after}
     */
    public Step bodyLost(Outcome.Failure failure, long now) {
        expect(Stage.DONE);
        stage = Stage.SENT;
        return after(failure, now);
    }

    /**
     * The exception to hand to the application where the call ends in one: {@code last} itself, with the failures of
     * earlier attempts added as suppressed exceptions.
     */
    public <T extends Throwable> T finalError(T last) {
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

    private Step send(long now) {
        stage = Stage.SENT;
        attempts++;
        RetryPolicy rule = policy.retry();
        long timeout = rule.attemptTimeoutNanos() > 0 ? rule.attemptTimeoutNanos() : Long.MAX_VALUE;
        if (rule.deadlineNanos() > 0) {
            // At least a moment: a client takes no timeout of 0, and the attempt must be able to end in one.
            timeout = Math.min(timeout, Math.max(1, deadlineAt - now));
        }
        if (policy.mode() != Mode.ENFORCE) {
            timeout = Long.MAX_VALUE;
        }
        return new Step.Send(attempts, timeout);
    }

    private Step done() {
        stage = Stage.DONE;
        return Step.Deliver.INSTANCE;
    }

    private long delayAfter(Outcome.Response response, long now) {
        RetryPolicy rule = policy.retry();
        if (!RetryRule.asksForRetry(rule, response.status(), response::header) || !maySendAgain(false)) {
            return -1;
        }
        long asked = rule.honourRetryAfter()
                ? RetryRule.retryAfterNanos(response.header(RETRY_AFTER), epochMillis.getAsLong())
                : -1;
        if (asked > rule.maxRetryAfterNanos()) {
            return -1;
        }
        return withinDeadline(Math.max(asked, backoff()), now);
    }

    private long delayAfter(Outcome.Failure failure, long now) {
        RetryPolicy rule = policy.retry();
        if (!RetryRule.asksForRetry(rule, failure.error(), failure.kind()) || !maySendAgain(failure.nothingSent())) {
            return -1;
        }
        long delay = withinDeadline(backoff(), now);
        if (delay >= 0) {
            remember(failure.error());
        }
        return delay;
    }

    private boolean maySendAgain(boolean nothingSent) {
        RetryPolicy rule = policy.retry();
        return rule.enabled()
                && attempts <= rule.maxRetries()
                && RetryRule.mayResend(
                        rule,
                        call.method(),
                        call.requestHeader(IDEMPOTENCY_KEY) != null,
                        call.bodyReplayable(),
                        nothingSent);
    }

    private long backoff() {
        previousDelay = policy.retry().backoff().delayNanos(attempts, previousDelay, random);
        return previousDelay;
    }

    private long withinDeadline(long delay, long now) {
        return policy.retry().deadlineNanos() > 0 && delay >= deadlineAt - now ? -1 : delay;
    }

    private void remember(Throwable failure) {
        if (failures == null) {
            failures = new ArrayList<>(4);
        }
        failures.add(failure);
    }

    private void expect(Stage expected) {
        if (stage != expected) {
            throw new IllegalStateException("a session that is " + stage + " was told what holds for " + expected);
        }
    }
}
