package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.RetryPolicy.HeaderCondition;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
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
        assertThat(RetryRule.asksForRetry(POLICY, TestResponse.of(503))).isTrue();
        assertThat(RetryRule.asksForRetry(POLICY, TestResponse.of(500))).isFalse();
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
    @CsvSource({"0, 0", "1, 1000000000", "120, 120000000000", "' 7 ', 7000000000", "1.5, 1500000000"})
    @CsvSource({"0.25, 250000000", "2.000000001, 2000000001", "1.0000000001, 1000000001", "3.0, 3000000000"})
    void readsRetryAfterInSeconds(String value, long nanos) {
        assertThat(RetryRule.retryAfterNanos(value, null, 0)).isEqualTo(nanos);
    }

    /** Sun, 06 Nov 1994 08:49:37 GMT, the RFC's own example. */
    private static final long NOW = 784111777_000L;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sun, 06 Nov 1994 08:49:40 GMT",
                "Sunday, 06-Nov-94 08:49:40 GMT",
                "Sun Nov  6 08:49:40 1994",
                "Wed, 6 nov 1994 08:49:40 gmt"
            })
    void readsRetryAfterAsADateInAllItsForms(String value) {
        assertThat(RetryRule.retryAfterNanos(value, null, NOW)).isEqualTo(TimeUnit.SECONDS.toNanos(3));
        assertThat(RetryRule.retryAfterNanos(value, null, NOW + 60_000))
                .as("in the past")
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "2026, 26, 2026",
        "2026, 76, 2076",
        "2026, 77, 1977",
        "1994, 43, 2043",
        "1994, 45, 1945",
        "2080, 20, 2120"
    })
    void takesAYearOfTwoDigitsForTheOneThatIsNotFarInTheFuture(int now, String digits, int year) {
        long wall = LocalDateTime.of(now, 6, 1, 0, 0).toEpochSecond(ZoneOffset.UTC) * 1000;
        long date = LocalDateTime.of(year, 11, 6, 8, 49, 37).toEpochSecond(ZoneOffset.UTC) * 1000;

        assertThat(HttpDate.millis("Sunday, 06-Nov-" + digits + " 08:49:37 GMT", wall))
                .isEqualTo(date);
    }

    @Property
    void readsBackWhatIsWrittenInEachForm(@ForAll @LongRange(min = 0, max = 4_000_000_000L) long second) {
        ZonedDateTime date = Instant.ofEpochSecond(second).atZone(ZoneOffset.UTC);
        for (String form : List.of(
                "EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'", "EEE MMM ppd HH:mm:ss yyyy")) {
            String text = DateTimeFormatter.ofPattern(form, Locale.ENGLISH).format(date);

            assertThat(HttpDate.millis(text, second * 1000)).as(text).isEqualTo(second * 1000);
        }
    }

    @Test
    void aDateCountsFromTheResponsesOwnDate() {
        String until = "Sun, 06 Nov 1994 08:49:40 GMT";
        String date = "Sun, 06 Nov 1994 08:49:37 GMT";
        for (long wrong : new long[] {NOW - 3_600_000, NOW, NOW + 3_600_000, 0}) {
            assertThat(RetryRule.retryAfterNanos(until, date, wrong)).isEqualTo(TimeUnit.SECONDS.toNanos(3));
        }
        assertThat(RetryRule.retryAfterNanos(until, "yesterday", NOW))
                .as("none that can be read")
                .isEqualTo(TimeUnit.SECONDS.toNanos(3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "soon",
                "-1",
                "1.",
                "1.5.2",
                ".5",
                "1e3",
                "Sun, 99 Nov 1994 08:49:37 GMT",
                "12 13",
                "Sun, 06 Nov 1994 08:49 GMT",
                "Sun, 06 Nov 1994 08:49:37 CET",
                "Sun, 06 Mov 1994 08:49:37 GMT",
                "Sun Nov 6 08:49:37 +1994",
                "a b c d e",
                "a b c d e f"
            })
    void takesAnUnreadableRetryAfterForNone(String value) {
        assertThat(RetryRule.retryAfterNanos(value, null, 0)).isEqualTo(-1);
    }

    @Test
    void saturatesARetryAfterThatNoLongHolds() {
        assertThat(RetryRule.retryAfterNanos("99999999999999999999999999", null, 0))
                .isEqualTo(TimeUnit.SECONDS.toNanos(Integer.MAX_VALUE));
    }

    @Test
    void takesAMissingRetryAfterForNone() {
        assertThat(RetryRule.retryAfterNanos(null, null, 0)).isEqualTo(-1);
    }

    @Property
    void whatIsAskedForIsTheLeastAndTheRoomIsTheMost(
            @ForAll @LongRange(min = 1, max = 100_000_000_000L) long asked,
            @ForAll @LongRange(min = 0, max = 100_000_000_000L) long backoff,
            @ForAll @LongRange(min = 0, max = 100_000_000_000L) long room,
            @ForAll boolean jitter,
            @ForAll long seed) {
        long wait = RetryRule.spreadNanos(asked, backoff, asked + room, jitter, new Random(seed));

        assertThat(wait).isGreaterThanOrEqualTo(Math.max(asked, backoff));
        assertThat(wait).isLessThanOrEqualTo(Math.max(backoff, asked + Math.min(room, Math.max(asked / 2, backoff))));
        if (!jitter) {
            assertThat(wait).isEqualTo(Math.max(asked, backoff));
        }
    }

    @Test
    void aHundredWhoWereAskedTogetherComeBackSpreadOverHalfOfIt() {
        long asked = TimeUnit.SECONDS.toNanos(2);
        Random random = new Random(1);
        int[] tenths = new int[10];
        for (int i = 0; i < 100; i++) {
            long wait = RetryRule.spreadNanos(asked, asked / 20, Long.MAX_VALUE, true, random);
            tenths[(int) ((wait - asked) * 10 / (asked / 2))]++;
        }

        for (int count : tenths) {
            assertThat(count).isBetween(3, 20);
        }
    }

    private static boolean asks(RetryPolicy policy, int status, Map<String, String> headers) {
        return RetryRule.asksForRetry(policy, TestResponse.of(status, headers));
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

    @ParameterizedTest
    @CsvSource({
        "retry-after-ms, 250, 500, 250",
        "retry-after-ms, 0.5, 500, 0",
        "retry-after-ms, soon, 500, -1",
        "x-ms-retry-after-ms, 1500, 429, 1500",
        "x-amz-retry-after, 1500, 429, 1500",
        "retry-after, 2, 500, 2000",
        "x-rate-retry, 2, 500, 2000",
        "ratelimit-reset, 30, 429, 30000",
        "ratelimit-reset, 30, 503, -1",
        "x-ratelimit-reset, 1700000010, 429, 10000",
        "x-ratelimit-reset, 1700000010000, 429, 10000",
        "x-ratelimit-reset, 1699999999, 429, 0",
        "x-ratelimit-reset, 2030-01-01, 429, -1",
        "x-ratelimit-reset, 12.5, 429, 12500",
        "x-ratelimit-reset, -5, 429, -1",
        "x-ratelimit-reset-after, 1.5, 429, 1500",
        "x-ratelimit-reset-after, 1.5, 503, -1",
        "x-ratelimit-reset-ms, 1500, 429, 1500",
        "x-ratelimit-reset-ms, 1500, 503, -1",
        "x-ratelimit-reset, 1700000010.900, 429, 10900",
        "x-ratelimit-reset, 1700000010.9, 429, 10900",
        "x-ratelimit-reset, 1699999999.9, 429, 0",
        "x-ratelimit-reset, 1700000000.250, 429, 250",
        "x-ratelimit-reset-ms, 1700000010000.0, 429, 10000",
        "x-ratelimit-reset-ms, 1700000010000, 429, 10000",
        "x-ratelimit-reset-ms, 1000000000, 429, 1000000000",
        "retry-after, 1|7|soon, 500, 7000",
        "retry-after, 7|1, 500, 7000",
        "retry-after-ms, 20|x|10, 500, 20"
    })
    void readsAWaitByTheNameOfItsHeader(String name, String value, int status, long millis) {
        long asked = RetryRule.askedNanos(List.of(name), TestResponse.of(status, name, value), 1_700_000_000_000L);

        assertThat(asked).isEqualTo(millis < 0 ? -1 : millis * 1_000_000 + (value.equals("0.5") ? 500_000 : 0));
    }

    @ParameterizedTest
    @CsvSource({
        "x-ratelimit-reset, 1700000010.0000000001, 10000000001",
        "x-ratelimit-reset-ms, 1700000010000.5, 10000500000",
        "x-ratelimit-reset, 1700000010000.0000001, 10000000001",
        "x-ratelimit-reset-ms, 0.0000001, 1",
        "retry-after-ms, 1.0000001, 1000001"
    })
    void aFractionIsNeverLost(String name, String value, long nanos) {
        assertThat(RetryRule.askedNanos(List.of(name), TestResponse.of(429, Map.of(name, value)), 1_700_000_000_000L))
                .isEqualTo(nanos);
    }

    @Test
    void aResetCountsWhereNothingRemains() {
        Map<String, String> headers = new HashMap<>(Map.of("x-ratelimit-reset", "7", "x-ratelimit-remaining", "0"));

        assertThat(RetryRule.askedNanos(List.of("x-ratelimit-reset"), TestResponse.of(403, headers), 0))
                .isEqualTo(7_000_000_000L);
        headers.put("x-ratelimit-remaining", "12");
        assertThat(RetryRule.askedNanos(List.of("x-ratelimit-reset"), TestResponse.of(403, headers), 0))
                .isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({
        "x-ratelimit-reset-after, x-ratelimit-remaining, 0, true",
        "x-ratelimit-reset-ms, x-ratelimit-remaining, 0, true",
        "x-ratelimit-reset-ms, x-ratelimit-remaining-ms, 0, true",
        "x-ratelimit-reset-requests, x-ratelimit-remaining-requests, 0, true",
        "x-ratelimit-reset-requests, x-ratelimit-remaining, 0, false",
        "x-ratelimit-reset, x-ratelimit-remaining, 5|0, true",
        "x-ratelimit-reset, x-ratelimit-remaining, 5|1, false"
    })
    void findsTheRemainderThatAResetBelongsTo(String reset, String remaining, String left, boolean counts) {
        Map<String, String> headers = Map.of(reset, "7", remaining, left);

        assertThat(RetryRule.askedNanos(List.of(reset), TestResponse.of(403, headers), 0) >= 0)
                .isEqualTo(counts);
    }

    @Test
    void allValuesOfAHeaderAreLookedAt() {
        HeaderCondition again = new HeaderCondition("x-again", "yes", true);
        HeaderCondition never = new HeaderCondition("x-never", "yes", false);
        RetryPolicy policy = Policies.retry().headers(never, again).build();
        assertThat(RetryRule.asksForRetry(policy, TestResponse.of(200, "x-again", "no|yes")))
                .isTrue();
        assertThat(RetryRule.asksForRetry(policy, TestResponse.of(200, "x-again", "no|maybe")))
                .isFalse();
        assertThat(RetryRule.asksForRetry(policy, TestResponse.of(200, "x-again", "yes", "x-never", "no|yes|no")))
                .isFalse();
        RetryCondition condition = new RetryCondition(
                Set.of(),
                Set.of(),
                List.of(new RetryCondition.HeaderPattern("x-limit", List.of(TextPattern.of("b*")))),
                null,
                RetryCondition.Action.RETRY,
                false);
        RetryPolicy conditions = Policies.retry().conditions(condition).build();
        assertThat(RetryRule.condition(conditions, "GET", TestResponse.of(500, "x-limit", "a|bc")))
                .isEqualTo(condition);
        assertThat(RetryRule.condition(conditions, "GET", TestResponse.of(500, "x-limit", "a|c")))
                .isNull();
    }

    @Test
    void theFirstHeaderThatCanBeReadCounts() {
        Map<String, String> headers = Map.of("retry-after-ms", "x", "x-ms-retry-after-ms", "20", "retry-after", "1");

        assertThat(RetryRule.askedNanos(RetryPolicy.WAIT_HEADERS, TestResponse.of(429, headers), 0))
                .isEqualTo(20_000_000);
    }

    @ParameterizedTest
    @CsvSource({
        "*, anything, true",
        "a*c, abc, true",
        "a*c, ac, true",
        "a*c, ab, false",
        "*limit*, Rate LIMITED, true",
        "a*b*c, a1b2c, true",
        "a*b*c, a1c2b, false",
        "abc, ABC, true",
        "*aab, aaab, true",
        "a*a, a, false"
    })
    void aPatternOfAHeadersValue(String pattern, String value, boolean matches) {
        RetryCondition condition = new RetryCondition(
                Set.of(),
                Set.of(),
                List.of(new RetryCondition.HeaderPattern(
                        "h", List.of(TextPattern.of("other"), TextPattern.of(pattern)))),
                null,
                RetryCondition.Action.RETRY,
                false);

        assertThat(condition.holds("GET", TestResponse.of(500, "h", value))).isEqualTo(matches);
        assertThat(condition.holds("GET", TestResponse.of(500))).isFalse();
    }
}
