package dev.holdfast.policy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The judgement of what may be sent again, in one place. Pure functions of a {@link RetryPolicy}; thread-safe.
 *
 * <p>Two questions are kept apart: does the outcome <em>ask</em> for a retry (status, kind of failure, response header),
 * and <em>may</em> the request be sent again (RFC 9110, 9.2.2: only if its method is idempotent, or the client has some
 * other means to know that it was not applied).
 */
public final class RetryRule {
    private RetryRule() {}

    /**
     * Whether a response asks for a retry. A header condition decides before the status does; of several that match, the
     * first in the order written wins.
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
     * Whether a failure asks for a retry: its kind is listed, or its class or one of its superclasses is named.
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
     * Whether the request may be sent once more. Proof that nothing was sent allows any method and any body; otherwise the
     * body must be replayable and the method one of the policy's, or the request must carry an {@code Idempotency-Key}
     * (draft-ietf-httpapi-idempotency-key-header-07).
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
     * The wait that a {@code Retry-After} asks for (RFC 9110, 10.2.3), in either form. A date in the past is 0.
     *
     * @param value the header's value, null if absent
     * @param epochMillis the wall clock, for the date form
     * @return nanoseconds, or -1 where the header is absent or unreadable
     */
    public static long retryAfterNanos(@Nullable String value, long epochMillis) {
        if (value == null) {
            return -1;
        }
        String text = value.strip();
        if (text.isEmpty() || text.length() > 40) {
            return -1;
        }
        if (text.charAt(0) >= '0' && text.charAt(0) <= '9') {
            return deltaSeconds(text);
        }
        try {
            Instant date = ZonedDateTime.parse(text, HttpDate.FORMAT).toInstant();
            return TimeUnit.MILLISECONDS.toNanos(Math.max(0, date.toEpochMilli() - epochMillis));
        } catch (DateTimeParseException e) {
            return -1;
        }
    }

    private static long deltaSeconds(String text) {
        long seconds = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            // Saturates: nobody waits longer than that, and the cap ends it anyway.
            seconds = Math.min(Integer.MAX_VALUE, seconds * 10 + digit);
        }
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    /** Loaded with the first date: its parts are many classes. */
    private static final class HttpDate {
        /** IMF-fixdate, the one form that senders must generate (RFC 9110, 5.6.7). */
        static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                        "EEE, d MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
                .withZone(ZoneOffset.UTC);

        private HttpDate() {}
    }
}
