package dev.holdfast.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.Observer.NotRetried;
import dev.holdfast.policy.CachePolicy;
import dev.holdfast.policy.DegradedPolicy;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The table: which outcome, not retried for which reason, asks for a fallback. 429 and 503 are retried, 500 and 418
 * listed.
 */
class FallbackRuleTest {
    private static final Policy POLICY = Policies.retry()
            .statuses(200, 399, 400, 429, 503)
            .fallback(new FallbackPolicy(
                    List.of(Strategy.CACHE),
                    Set.of(500, 418),
                    Set.of(ErrorKind.READ_TIMEOUT),
                    Set.of(),
                    CachePolicy.NONE,
                    List.of(),
                    DegradedPolicy.NONE))
            .policy();

    @ParameterizedTest
    @CsvSource({
        "503, USED_UP, RETRIES_USED_UP",
        "503, BUDGET, BUDGET",
        "503, DEADLINE, DEADLINE",
        "503, BREAKER_OPEN, BREAKER_OPEN",
        "503, RETRY_AFTER_TOO_LONG, RETRY_AFTER",
        "503, NOT_SAFE, ",
        "503, , ",
        "501, , ",
        "501, USED_UP, RETRIES_USED_UP",
        "500, , LISTED",
        "500, NOT_SAFE, LISTED",
        "500, USED_UP, RETRIES_USED_UP",
        "418, , LISTED",
        "418, NOT_SAFE, LISTED",
        "429, USED_UP, RETRIES_USED_UP",
        "429, , ",
        "404, USED_UP, ",
        "404, , ",
        "400, USED_UP, RETRIES_USED_UP",
        "399, USED_UP, ",
        "200, USED_UP, ",
        "499, USED_UP, ",
    })
    void statuses(int status, @Nullable NotRetried notRetried, @Nullable FallbackReason expected) {
        assertThat(FallbackRule.after(POLICY, SessionTest.status(status), false, false, notRetried))
                .isEqualTo(expected);
    }

    @Test
    void failures() {
        assertThat(after(new IOException(), ErrorKind.CONNECTION_RESET, NotRetried.USED_UP))
                .isEqualTo(FallbackReason.RETRIES_USED_UP);
        assertThat(after(new IOException(), ErrorKind.CONNECTION_RESET, NotRetried.NOT_SAFE))
                .isNull();
        assertThat(after(new IOException(), ErrorKind.CONNECTION_RESET, null)).isNull();
        assertThat(after(new IOException(), ErrorKind.READ_TIMEOUT, NotRetried.NOT_SAFE))
                .isEqualTo(FallbackReason.LISTED);
        assertThat(after(new IllegalStateException(), ErrorKind.OTHER, NotRetried.USED_UP))
                .as("the program's own mistake")
                .isNull();
        assertThat(after(new IllegalStateException(), ErrorKind.READ_TIMEOUT, null))
                .as("unless it is listed")
                .isEqualTo(FallbackReason.LISTED);
        assertThat(FallbackRule.after(POLICY, Outcome.Cancelled.INSTANCE, false, false, NotRetried.USED_UP))
                .isNull();
    }

    @Test
    void rejections() {
        assertThat(FallbackReason.of(Observer.Rejection.BREAKER)).isEqualTo(FallbackReason.BREAKER_OPEN);
        assertThat(FallbackReason.of(Observer.Rejection.RATE)).isEqualTo(FallbackReason.LIMIT);
        assertThat(FallbackReason.of(Observer.Rejection.CONCURRENCY)).isEqualTo(FallbackReason.LIMIT);
        assertThat(FallbackReason.LIMIT.label()).isEqualTo("limit");
    }

    @Test
    void aStepWithoutItsFallbackIsTheEndThatItHas() {
        assertThat(new Step.FallBack(FallbackReason.LISTED, Step.Deliver.INSTANCE).withoutFallback())
                .isSameAs(Step.Deliver.INSTANCE);
        assertThat(Step.Drop.INSTANCE.withoutFallback()).isSameAs(Step.Drop.INSTANCE);
    }

    private static @Nullable FallbackReason after(Exception error, ErrorKind kind, @Nullable NotRetried notRetried) {
        return FallbackRule.after(POLICY, new Outcome.Failure(error, kind, false), false, false, notRetried);
    }
}
