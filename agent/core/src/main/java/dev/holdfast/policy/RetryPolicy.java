package dev.holdfast.policy;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the configuration says about retrying, merged for one host pattern. Immutable.
 *
 * @param enabled false: one attempt, timeouts still apply
 * @param maxRetries retries after the first attempt, 0 to 100
 * @param backoff the wait between attempts
 * @param statuses the response statuses that are retried
 * @param errors the kinds of failure that are retried
 * @param errorClasses class names (exact, or a superclass's) of exceptions that are retried
 * @param headerConditions response headers that ask for a retry, or forbid one, whatever the status
 * @param methods methods that may be sent again although the origin may have applied them (upper case)
 * @param oneTimeHeaders request headers whose value is good for one request only (names in lower case): a request that
 *     carries one is not sent again once a byte of it was sent
 * @param waitHeaders response headers that lengthen the wait, in lower case; the first that is there and readable
 *     counts
 * @param maxRetryAfterNanos a {@code Retry-After} above this ends the retrying: the response is delivered
 * @param attemptTimeoutNanos the time one attempt may take, 0 for no limit
 * @param deadlineNanos the time the whole call may take, waits included, 0 for no limit
 * @param replayLimitBytes how much of a body of unknown kind is recorded for a replay
 * @param replayMaxBytes how much of all such bodies of a JVM is recorded at a time
 * @param bufferResponseBytes a response body up to this size is held back until complete, so that one cut short counts
 *     as a failed attempt; 0: off
 * @param conditions conditions on responses, of which the first that holds decides
 * @param attemptHeader the request header in which a further attempt has the number of those before it; empty: none
 */
public record RetryPolicy(
        boolean enabled,
        int maxRetries,
        Backoff backoff,
        Set<Integer> statuses,
        Set<ErrorKind> errors,
        Set<String> errorClasses,
        List<HeaderCondition> headerConditions,
        Set<String> methods,
        Set<String> oneTimeHeaders,
        List<String> waitHeaders,
        long maxRetryAfterNanos,
        long attemptTimeoutNanos,
        long deadlineNanos,
        long replayLimitBytes,
        long replayMaxBytes,
        long bufferResponseBytes,
        List<RetryCondition> conditions,
        String attemptHeader) {

    /** The headers that lengthen the wait by default: those of which the unit is beyond doubt. */
    public static final List<String> WAIT_HEADERS =
            List.of("retry-after-ms", "x-ms-retry-after-ms", "x-amz-retry-after", "retry-after");

    /** The settings without retries and timeouts. */
    public static final RetryPolicy NONE = once(0);

    /** Returns a policy without retries, and with a timeout for the one attempt; 0: no timeout. */
    public static RetryPolicy once(long attemptTimeoutNanos) {
        return new RetryPolicy(
                false,
                0,
                new Backoff(0, 0, 1, Jitter.NONE),
                Set.of(),
                Set.of(),
                Set.of(),
                List.of(),
                Set.of(),
                Set.of(),
                false,
                0,
                attemptTimeoutNanos,
                0,
                0,
                0,
                0);
    }

    /** A policy without conditions and without an attempt header; the usual headers lengthen the wait, or none. */
    public RetryPolicy(
            boolean enabled,
            int maxRetries,
            Backoff backoff,
            Set<Integer> statuses,
            Set<ErrorKind> errors,
            Set<String> errorClasses,
            List<HeaderCondition> headerConditions,
            Set<String> methods,
            Set<String> oneTimeHeaders,
            boolean honourRetryAfter,
            long maxRetryAfterNanos,
            long attemptTimeoutNanos,
            long deadlineNanos,
            long replayLimitBytes,
            long replayMaxBytes,
            long bufferResponseBytes) {
        this(
                enabled,
                maxRetries,
                backoff,
                statuses,
                errors,
                errorClasses,
                headerConditions,
                methods,
                oneTimeHeaders,
                honourRetryAfter ? WAIT_HEADERS : List.of(),
                maxRetryAfterNanos,
                attemptTimeoutNanos,
                deadlineNanos,
                replayLimitBytes,
                replayMaxBytes,
                bufferResponseBytes,
                List.of(),
                "");
    }

    /** Copies the collections. */
    public RetryPolicy {
        statuses = StatusSet.copyOf(statuses);
        errors = Set.copyOf(errors);
        errorClasses = Set.copyOf(errorClasses);
        headerConditions = List.copyOf(headerConditions);
        methods = Set.copyOf(methods);
        oneTimeHeaders = Set.copyOf(oneTimeHeaders);
        waitHeaders = List.copyOf(waitHeaders);
        conditions = List.copyOf(conditions);
    }

    /**
     * Returns the header that tells an attempt's number; null: the attempt has none, as the first of a call, which is
     * sent as the program made it.
     *
     * @param attempt its number, from 1 on
     */
    public @Nullable String attemptHeaderOf(int attempt) {
        return attempt > 1 && !attemptHeader.isEmpty() ? attemptHeader : null;
    }

    /** Returns whether a response can lengthen the wait. */
    public boolean honourRetryAfter() {
        return !waitHeaders.isEmpty();
    }

    /** Returns whether a response with this status asks for a retry, where no header decides. */
    public boolean retries(int status) {
        return ((StatusSet) statuses).has(status); // as the constructor made it
    }

    /**
     * The time in nanoseconds that an attempt may take which begins with its call: {@code attempt_timeout}, or the
     * deadline where that is shorter; {@link Long#MAX_VALUE} without either.
     */
    public long attemptNanos() {
        long own = attemptTimeoutNanos > 0 ? attemptTimeoutNanos : Long.MAX_VALUE;
        return deadlineNanos > 0 ? Math.min(own, deadlineNanos) : own;
    }

    /**
     * A response header that decides about a retry: the seed's custom retry condition, without code.
     *
     * @param name the header's name, compared without case
     * @param value the value, compared without case and surrounding blanks
     * @param retry true: such a response is retried; false: such a response is never retried
     */
    public record HeaderCondition(String name, String value, boolean retry) {}
}
