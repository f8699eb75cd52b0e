package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.RetryPolicy.HeaderCondition;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryRuleTest {
    private static final RetryPolicy POLICY = Policies.retry()
            .statuses(429, 503)
            .errors(ErrorKind.CONNECTION_RESET)
            .errorClasses("java.io.EOFException", "java.io.IOException")
            .build();

    @ParameterizedTest
    @CsvSource({
        "GET,   false, true,  false, true",
        "GET,   false, false, false, false",
        "PUT,   false, true,  false, true",
        "POST,  false, true,  false, false",
        "POST,  true,  true,  false, true",
        "POST,  true,  false, false, false",
        "POST,  false, false, true,  true",
        "PATCH, false, true,  false, false",
        "get,   false, true,  false, false",
    })
    void sendsAgainOnlyWhatTheOriginCannotHaveAppliedTwice(
            String method, boolean key, boolean replayable, boolean nothingSent, boolean may) {
        assertThat(RetryRule.mayResend(POLICY, method, key, replayable, nothingSent))
                .isEqualTo(may);
    }

    @Test
    void asksForARetryByStatus() {
        assertThat(RetryRule.asksForRetry(POLICY, 503, name -> null)).isTrue();
        assertThat(RetryRule.asksForRetry(POLICY, 500, name -> null)).isFalse();
    }

    @Test
    void letsAHeaderDecideBeforeTheStatus() {
        RetryPolicy policy = Policies.retry()
                .statuses(503)
                .headers(
                        new HeaderCondition("x-should-retry", "true", true),
                        new HeaderCondition("x-should-retry", "false", false))
                .build();

        assertThat(asks(policy, 400, Map.of("X-Should-Retry", " TRUE "))).isTrue();
        assertThat(asks(policy, 503, Map.of("X-Should-Retry", "false"))).isFalse();
        assertThat(asks(policy, 503, Map.of("X-Should-Retry", "perhaps"))).isTrue();
        assertThat(asks(policy, 503, Map.of())).isTrue();
    }

    @Test
    void asksForARetryByKindOrByAnyOfTheExceptionsClasses() {
        RetryPolicy byClass = Policies.retry()
                .errors()
                .errorClasses("java.io.FileNotFoundException")
                .build();

        assertThat(RetryRule.asksForRetry(POLICY, new RuntimeException(), ErrorKind.CONNECTION_RESET))
                .isTrue();
        assertThat(RetryRule.asksForRetry(POLICY, new RuntimeException(), ErrorKind.OTHER))
                .isFalse();
        assertThat(RetryRule.asksForRetry(POLICY, new EOFException(), ErrorKind.OTHER))
                .isTrue();
        assertThat(RetryRule.asksForRetry(byClass, new FileNotFoundException(), ErrorKind.OTHER))
                .isTrue();
        assertThat(RetryRule.asksForRetry(byClass, new IOException(), ErrorKind.OTHER))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "120, 120", "' 7 ', 7"})
    void readsRetryAfterInSeconds(String value, long seconds) {
        assertThat(RetryRule.retryAfterNanos(value, 0)).isEqualTo(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void readsRetryAfterAsADate() {
        long now = 784111777_000L; // Sun, 06 Nov 1994 08:49:37 GMT, the RFC's own example

        assertThat(RetryRule.retryAfterNanos("Sun, 06 Nov 1994 08:49:40 GMT", now))
                .isEqualTo(TimeUnit.SECONDS.toNanos(3));
        assertThat(RetryRule.retryAfterNanos("Sun, 06 Nov 1994 08:49:00 GMT", now))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "soon", "-1", "1.5", "1e3", "Sun, 99 Nov 1994 08:49:37 GMT", "12 13"})
    void takesAnUnreadableRetryAfterForNone(String value) {
        assertThat(RetryRule.retryAfterNanos(value, 0)).isEqualTo(-1);
    }

    @Test
    void saturatesARetryAfterThatNoLongHolds() {
        assertThat(RetryRule.retryAfterNanos("99999999999999999999999999", 0))
                .isEqualTo(TimeUnit.SECONDS.toNanos(Integer.MAX_VALUE));
    }

    @Test
    void takesAMissingRetryAfterForNone() {
        assertThat(RetryRule.retryAfterNanos(null, 0)).isEqualTo(-1);
    }

    private static boolean asks(RetryPolicy policy, int status, Map<String, String> headers) {
        TreeMap<String, String> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        byName.putAll(headers);
        return RetryRule.asksForRetry(policy, status, byName::get);
    }

    @Test
    void copiesItsCollections() {
        List<HeaderCondition> conditions = new java.util.ArrayList<>();
        RetryPolicy policy = new RetryPolicy(
                true,
                1,
                new Backoff(0, 0, 1, Jitter.NONE),
                Set.of(),
                Set.of(),
                Set.of(),
                conditions,
                Set.of(),
                Set.of(),
                true,
                0,
                0,
                0,
                0,
                0,
                0);
        conditions.add(new HeaderCondition("a", "b", true));

        assertThat(policy.headerConditions()).isEmpty();
    }
}
