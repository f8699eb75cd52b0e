package dev.holdfast.policy;

import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The judgement of what may be sent again, in one place. Pure functions of a {@link RetryPolicy}; thread-safe.
 *
 * <p>Two questions are kept apart: does the outcome <em>ask</em> for a retry (status, kind of failure, response
 * header), and <em>may</em> the request be sent again (RFC 9110, 9.2.2: only if its method is idempotent, or the client
 * has some other means to know that it was not applied).
 */
public final class RetryRule {
    /** Longer than any form of a date, and than any plausible number of seconds. */
    private static final int LONGEST_DATE = 40;

    private RetryRule() {}

    /**
     * Returns whether a response asks for a retry. A header condition decides before the status does; of several that
     * match, the first in the order written wins.
     *
     * @param policy the rules
     * @param status the response's status
     * @param header the first value of a response header by name, null if absent
     */
    public static boolean asksForRetry(RetryPolicy policy, int status, UnaryOperator<@Nullable String> header) {
        for (RetryPolicy.HeaderCondition condition : policy.headerConditions()) {
            String value = header.apply(condition.name());
            if (value != null && value.strip().equalsIgnoreCase(condition.value())) {
                return condition.retry();
            }
        }
        return policy.retries(status);
    }

    /**
     * Returns whether a failure asks for a retry: its kind is listed, or its class or one of its superclasses is named.
     *
     * @param policy the rules
     * @param error what was thrown
     * @param kind the adapter's classification
     */
    public static boolean asksForRetry(RetryPolicy policy, Throwable error, ErrorKind kind) {
        if (policy.errors().contains(kind)) {
            return true;
        }
        if (policy.errorClasses().isEmpty()) {
            return false;
        }
        for (Class<?> c = error.getClass(); c != null; c = c.getSuperclass()) {
            if (policy.errorClasses().contains(c.getName())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns whether the request may be sent once more. Proof that nothing was sent allows any method and any body;
     * otherwise the body must be replayable and the method one of the policy's, or the request must carry an
     * {@code Idempotency-Key} (draft-ietf-httpapi-idempotency-key-header-07).
     *
     * @param policy the rules
     * @param method the request's method; case matters (RFC 9110, 9.1)
     * @param hasIdempotencyKey whether the request carries the header
     * @param bodyReplayable whether the body can be sent again byte for byte
     * @param nothingSent whether it is certain that no byte of the request left
     */
    public static boolean mayResend(
            RetryPolicy policy, String method, boolean hasIdempotencyKey, boolean bodyReplayable, boolean nothingSent) {
        if (nothingSent) {
            return true;
        }
        return bodyReplayable && (hasIdempotencyKey || policy.methods().contains(method));
    }

    /**
     * The wait that a {@code Retry-After} asks for (RFC 9110, 10.2.3): seconds, which may have a fraction, or a date in
     * any of its forms. A date counts from the response's own {@code Date}, so that a clock which is wrong, the
     * machine's or the server's, does no harm; from the wall clock where there is none. A date in the past is 0.
     *
     * @param value the header's value, null if absent
     * @param date the value of the response's {@code Date}, null if absent
     * @param epochMillis the wall clock
     * @return nanoseconds, or -1 where the header is absent or unreadable
     */
    public static long retryAfterNanos(@Nullable String value, @Nullable String date, long epochMillis) {
        if (value == null) {
            return -1;
        }
        String text = value.strip();
        if (text.isEmpty() || text.length() > LONGEST_DATE) {
            return -1;
        }
        if (text.charAt(0) >= '0' && text.charAt(0) <= '9') {
            return seconds(text);
        }
        long until = HttpDate.millis(text, epochMillis);
        if (until == HttpDate.NONE) {
            return -1;
        }
        long sent = date == null || date.length() > LONGEST_DATE ? HttpDate.NONE : HttpDate.millis(date, epochMillis);
        return TimeUnit.MILLISECONDS.toNanos(Math.max(0, until - (sent == HttpDate.NONE ? epochMillis : sent)));
    }

    /** Digits, and perhaps a point with more of them, though RFC 9110 has no fraction: rounded up to the nanosecond. */
    private static long seconds(String text) {
        long seconds = 0;
        long nanos = 0;
        long worth = -1; // of the next digit of a fraction, in nanoseconds; -1 before the point
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (text.charAt(i) == '.' && worth < 0 && i + 1 < text.length()) {
                worth = TimeUnit.SECONDS.toNanos(1) / 10;
            } else if (digit < 0 || digit > 9) {
                return -1;
            } else if (worth < 0) {
                // Saturates: no wait is longer than that, and the cap is below it anyway.
                seconds = Math.min(Integer.MAX_VALUE, seconds * 10 + digit);
            } else if (worth > 0) {
                nanos += digit * worth;
                worth /= 10;
            } else if (digit > 0) {
                return TimeUnit.SECONDS.toNanos(seconds) + nanos + 1;
            }
        }
        return TimeUnit.SECONDS.toNanos(seconds) + nanos;
    }

    /**
     * The wait before a retry that a {@code Retry-After} asks for: that is the least, and jitter spreads those who were
     * asked together behind it, evenly over half of it or over the backoff that would have been due, whichever is
     * longer; never past what there is room for. Without jitter it is exactly what was asked for, or the backoff if
     * that is longer.
     *
     * @param askedNanos what was asked for
     * @param backoffNanos the backoff that would be due, jitter included
     * @param latestNanos the longest wait that is of use
     * @param jitter false: none
     * @param random the source of the jitter
     */
    public static long spreadNanos(
            long askedNanos, long backoffNanos, long latestNanos, boolean jitter, RandomGenerator random) {
        long least = Math.max(askedNanos, backoffNanos);
        if (!jitter || askedNanos <= 0) {
            return least;
        }
        long spread = Math.min(Math.max(askedNanos / 2, backoffNanos), latestNanos - askedNanos);
        return spread <= 0 ? least : Math.max(backoffNanos, askedNanos + (long) (spread * random.nextDouble()));
    }
}
