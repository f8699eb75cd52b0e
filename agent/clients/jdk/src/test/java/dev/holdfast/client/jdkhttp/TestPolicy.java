package dev.holdfast.client.jdkhttp;

import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.RetryPolicy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A policy for tests: three quick retries of everything that may be retried, each property changed by its own method.
 */
record TestPolicy(
        int maxRetries,
        Duration delay,
        Set<String> errorClasses,
        Duration attemptTimeout,
        Duration deadline,
        long replayLimit,
        long bufferResponse) {
    static final TestPolicy QUICK =
            new TestPolicy(3, Duration.ofMillis(5), Set.of(), Duration.ZERO, Duration.ZERO, 64 * 1024, 0);

    /** Waits so long that a test which waits for its end fails. */
    static final TestPolicy PATIENT = QUICK.delay(Duration.ofSeconds(60));

    TestPolicy maxRetries(int value) {
        return new TestPolicy(value, delay, errorClasses, attemptTimeout, deadline, replayLimit, bufferResponse);
    }

    TestPolicy delay(Duration value) {
        return new TestPolicy(maxRetries, value, errorClasses, attemptTimeout, deadline, replayLimit, bufferResponse);
    }

    TestPolicy errorClasses(Class<?>... value) {
        Set<String> names =
                Set.copyOf(List.of(value).stream().map(Class::getName).toList());
        return new TestPolicy(maxRetries, delay, names, attemptTimeout, deadline, replayLimit, bufferResponse);
    }

    TestPolicy attemptTimeout(Duration value) {
        return new TestPolicy(maxRetries, delay, errorClasses, value, deadline, replayLimit, bufferResponse);
    }

    TestPolicy deadline(Duration value) {
        return new TestPolicy(maxRetries, delay, errorClasses, attemptTimeout, value, replayLimit, bufferResponse);
    }

    TestPolicy replayLimit(long value) {
        return new TestPolicy(maxRetries, delay, errorClasses, attemptTimeout, deadline, value, bufferResponse);
    }

    TestPolicy bufferResponse(long value) {
        return new TestPolicy(maxRetries, delay, errorClasses, attemptTimeout, deadline, replayLimit, value);
    }

    RetryPolicy policy() {
        long nanos = delay.toNanos();
        return new RetryPolicy(
                true,
                maxRetries,
                new Backoff(nanos, nanos, 1.0, Jitter.NONE),
                Set.of(429, 500, 502, 503, 504),
                EnumSet.complementOf(EnumSet.of(ErrorKind.OTHER, ErrorKind.TLS)),
                errorClasses,
                List.of(),
                Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"),
                Set.of("dpop"),
                true,
                Duration.ofMinutes(1).toNanos(),
                attemptTimeout.toNanos(),
                deadline.toNanos(),
                replayLimit,
                32 << 20,
                bufferResponse);
    }
}
