package dev.holdfast.policy;

import java.util.List;
import java.util.concurrent.TimeUnit;
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

    /** The seconds of the epoch in the year 2001: no wait is as long, and no clock is as slow. */
    private static final long EPOCH_SECONDS = 1_000_000_000;

    /** The same in milliseconds: see {@link #EPOCH_SECONDS}. */
    private static final long EPOCH_MILLIS = 1_000_000_000_000L;

    private static final int TOO_MANY_REQUESTS = 429;

    private RetryRule() {}

    /**
     * The condition that decides about a response.
     *
     * @param policy the rules
     * @param method the request's
     * @return the first that holds; null: none does
     */
    public static @Nullable RetryCondition condition(RetryPolicy policy, String method, ResponseView response) {
        for (RetryCondition condition : policy.conditions()) {
            if (condition.holds(method, response)) {
                return condition;
            }
        }
        return null;
    }

    /**
     * Returns whether the body of a response has to be looked at to know the condition that decides about it.
     *
     * @param policy the rules
     * @param method the request's
     * @param head of the response, whose body was not looked at
     */
    public static boolean needsBody(RetryPolicy policy, String method, ResponseView head) {
        for (RetryCondition condition : policy.conditions()) {
            if (condition.mayHold(method, head)) {
                return condition.body() != null;
            }
        }
        return false;
    }

    /**
     * Returns whether a response asks for a retry. A condition decides first, else a header condition, else the status;
     * of several that match, the first in the order written wins.
     *
     * @param policy the rules
     * @param method the request's
     */
    public static boolean asksForRetry(RetryPolicy policy, String method, ResponseView response) {
        RetryCondition condition = condition(policy, method, response);
        return condition == null ? asksForRetry(policy, response) : condition.action() == RetryCondition.Action.RETRY;
    }

    /**
     * Returns whether a response asks for a retry where no condition decides. A header condition decides before the
     * status does; of several that match, the first in the order written wins.
     *
     * @param policy the rules
     */
    public static boolean asksForRetry(RetryPolicy policy, ResponseView response) {
        for (RetryPolicy.HeaderCondition condition : policy.headerConditions()) {
            if (hasValue(response, condition.name(), condition.value())) {
                return condition.retry();
            }
        }
        return policy.retries(response.status());
    }

    /** Returns whether one of the values of a header is a certain one. */
    private static boolean hasValue(ResponseView response, String name, String wanted) {
        int index = 0;
        for (String value = response.header(name, 0); value != null; value = response.header(name, ++index)) {
            if (value.strip().equalsIgnoreCase(wanted)) {
                return true;
            }
        }
        return false;
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

    /**
     * The wait that a response asks for, by the first of some headers that is there and readable; of several values of
     * one header the longest wait counts. The name says the unit: one that ends in {@code -ms}, and
     * {@code x-amz-retry-after} (so in the AWS SDKs), has milliseconds, any other seconds. One with {@code reset} in it
     * may have the time in seconds or milliseconds of the epoch as well, if that many; one without is read as
     * {@code Retry-After}. A reset counts only where it is what keeps the request from being answered: with 429, or
     * where the header of the same name with {@code remaining} for {@code reset} is 0.
     *
     * @param names of the headers
     * @param epochMillis the wall clock
     * @return nanoseconds, or -1 where none asks for a wait
     */
    public static long askedNanos(List<String> names, ResponseView response, long epochMillis) {
        for (String name : names) {
            long asked = -1;
            int index = 0;
            for (String value = response.header(name, 0); value != null; value = response.header(name, ++index)) {
                asked = Math.max(asked, askedNanos(name, value, response, epochMillis));
            }
            if (asked >= 0) {
                return asked;
            }
        }
        return -1;
    }

    private static long askedNanos(String name, String value, ResponseView response, long epochMillis) {
        String text = value.strip();
        boolean millis = name.endsWith("-ms") || name.equals("x-amz-retry-after");
        if (name.contains("reset")) {
            return isNumber(text) && isExhausted(name, response)
                    ? resetNanos(text, millis, response.header("Date"), epochMillis)
                    : -1;
        }
        if (!millis) {
            return retryAfterNanos(value, response.header("Date"), epochMillis);
        }
        long asked = isNumber(text) ? seconds(text) : -1;
        return asked < 0 ? -1 : thousandth(asked);
    }

    /** Rounded up: a wait is never shorter than what is asked for. */
    private static long thousandth(long nanos) {
        return nanos / 1000 + (nanos % 1000 == 0 ? 0 : 1);
    }

    /** Returns whether a limit is used up of which a header says when it is reset. */
    private static boolean isExhausted(String name, ResponseView response) {
        if (response.status() == TOO_MANY_REQUESTS) {
            return true;
        }
        String remaining = name.replace("reset", "remaining");
        // The unit of the time, and that it counts from now, is in the one name only.
        String plain = withoutEnd(withoutEnd(remaining, "-ms"), "-after");
        return hasValue(response, remaining, "0") || (!plain.equals(remaining) && hasValue(response, plain, "0"));
    }

    private static String withoutEnd(String name, String end) {
        return name.endsWith(end) ? name.substring(0, name.length() - end.length()) : name;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() <= LONGEST_DATE && text.charAt(0) >= '0' && text.charAt(0) <= '9';
    }

    private static long resetNanos(String text, boolean millis, @Nullable String date, long epochMillis) {
        int point = text.indexOf('.');
        String whole = point < 0 ? text : text.substring(0, point);
        long asked = seconds(text);
        if (millis && asked >= 0) {
            asked = thousandth(asked);
        }
        if (asked < 0 || whole.length() < 10 || whole.length() > 18) {
            return asked;
        }
        long number = Long.parseLong(whole);
        if (number < (millis ? EPOCH_MILLIS : EPOCH_SECONDS)) {
            return asked;
        }
        long sent = date == null || date.length() > LONGEST_DATE ? HttpDate.NONE : HttpDate.millis(date, epochMillis);
        long until = number >= EPOCH_MILLIS ? number : TimeUnit.SECONDS.toMillis(number);
        long fraction = point < 0 ? 0 : seconds('0' + text.substring(point));
        long rest = number >= EPOCH_MILLIS ? thousandth(fraction) : fraction;
        long wait = TimeUnit.MILLISECONDS.toNanos(until - (sent == HttpDate.NONE ? epochMillis : sent));
        return wait > Long.MAX_VALUE - rest ? Long.MAX_VALUE : Math.max(0, wait + rest);
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
