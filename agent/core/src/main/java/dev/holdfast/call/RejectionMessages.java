package dev.holdfast.call;

import dev.holdfast.policy.CircuitBreaker;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Policy;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Builds the exceptions that the application gets when an attempt is rejected. An origin, no path: a message must be
 * fit for any log.
 */
final class RejectionMessages {
    private RejectionMessages() {}

    /**
     * The exception: the one that both clients' users expect where no connection can be had.
     *
     * @param record the call
     * @param reason what rejects
     * @param attempts how many attempts were sent before
     * @param status what the last of them gave, 0 or less for a failure
     * @param now the time now
     */
    static IOException error(CallRecord record, Observer.Rejection reason, int attempts, int status, long now) {
        PolicyTarget target = record.target();
        StringBuilder text = new StringBuilder("Holdfast did not send a request to ")
                .append(target.origin())
                .append(": ");
        LimitPolicy limits = target.policy().limits();
        switch (reason) {
            case BREAKER ->
                breaker(text, target, now, record.environment().epochMillis().getAsLong());
            case CONCURRENCY ->
                text.append(limits.maxConcurrent())
                        .append(" attempts are under way, as many as max_concurrent allows, and none ended ")
                        .append(within(target.policy()));
            case RATE ->
                text.append("max_rate allows ")
                        .append(limits.ratePermits())
                        .append(" in ")
                        .append(seconds(limits.rateNanos()))
                        .append(", and its turn would not have come ")
                        .append(within(target.policy()));
        }
        return new ConnectException(before(text, attempts, status).toString());
    }

    /**
     * The exception where the time of a call was over after a wait.
     *
     * @param attempts how many attempts were sent before
     * @param status what the last of them gave, 0 or less for a failure
     */
    static IOException deadline(PolicyTarget target, int attempts, int status) {
        StringBuilder text = new StringBuilder("Holdfast did not send a request to ")
                .append(target.origin())
                .append(": the deadline of ")
                .append(seconds(target.policy().retry().deadlineNanos()))
                .append(" leaves no time for a response");
        return new SocketTimeoutException(before(text, attempts, status).toString());
    }

    private static StringBuilder before(StringBuilder text, int attempts, int status) {
        if (attempts > 0) {
            text.append(" (attempt ").append(attempts).append(" before it ");
            text.append(status > 0 ? "gave status " + status : "failed").append(')');
        }
        return text;
    }

    /** Returns the time that the attempt may wait: {@code max_wait}, or what the deadline leaves of it. */
    private static String within(Policy policy) {
        long deadline = policy.retry().deadlineNanos();
        long wait = policy.limits().maxWaitNanos();
        return deadline > 0 && deadline <= wait
                ? "in time for the deadline of " + seconds(deadline)
                : "within " + seconds(wait);
    }

    private static void breaker(StringBuilder text, PolicyTarget target, long now, long epochMillis) {
        CircuitBreaker breaker = target.breaker();
        if (breaker == null) {
            return;
        }
        CircuitBreaker.State state = breaker.state();
        text.append("its circuit breaker is ")
                .append(state.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        CircuitBreaker.Reason reason = breaker.openBecause();
        if (reason != null) {
            text.append(" (").append(reason.text()).append(')');
        }
        long wait = breaker.nanosToProbe(now);
        if (wait == Long.MAX_VALUE) {
            text.append(" by configuration, for good");
        } else if (state == CircuitBreaker.State.OPEN) {
            Instant due = Instant.ofEpochMilli(epochMillis + TimeUnit.NANOSECONDS.toMillis(wait));
            text.append("; the next probe is due in ").append(seconds(wait)).append(", at ");
            text.append(due.truncatedTo(ChronoUnit.MILLIS));
        } else if (state == CircuitBreaker.State.HALF_OPEN) {
            text.append("; as many probes as allowed are under way");
        } else {
            text.append(" again and admits a growing share of the calls");
        }
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }
}
