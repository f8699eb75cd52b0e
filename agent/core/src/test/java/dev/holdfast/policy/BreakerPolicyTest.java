package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BreakerPolicyTest {
    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504, 599})
    void takesEveryServerErrorForAFailureIfNoneIsListed(int status) {
        assertThat(BreakerPolicy.NONE.isFailure(status)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 304, 404, 429, 499, 501})
    void takesWhatTheClientDidOrTheOriginCannotForNone(int status) {
        assertThat(BreakerPolicy.NONE.isFailure(status)).isFalse();
    }

    @Test
    void takesNothingButTheListedOnesForFailuresWhereSomeAre() {
        BreakerPolicy policy = Breakers.consecutive(5).failures(429).build();

        assertThat(policy.isFailure(429)).isTrue();
        assertThat(policy.isFailure(503)).isFalse();
    }

    @Test
    void keepsAWindowWhereARateIsLookedAt() {
        assertThat(Breakers.consecutive(5).build().usesWindow()).isFalse();
        assertThat(Breakers.rate(0.5, 10, 1).build().usesWindow()).isTrue();
        assertThat(Breakers.rate(0, 10, 1)
                        .slow(Duration.ofSeconds(1), 0.5)
                        .build()
                        .usesWindow())
                .isTrue();
        assertThat(Breakers.rate(0, 10, 1)
                        .slow(Duration.ofSeconds(1), 0)
                        .build()
                        .usesWindow())
                .isFalse();
        assertThat(Breakers.rate(0, 10, 1).slow(Duration.ZERO, 0.5).build().usesWindow())
                .isFalse();
    }

    @Test
    void refusesARateWithoutAWindow() {
        assertThatThrownBy(() -> Breakers.rate(0.5, 0, 1).build()).hasMessageContaining("window");
        assertThatThrownBy(() ->
                        Breakers.consecutive(1).slow(Duration.ofSeconds(1), 0.5).build())
                .hasMessageContaining("window");
        assertThatCode(() -> Breakers.rate(0.5, Duration.ofSeconds(1), 1).build())
                .doesNotThrowAnyException();
    }

    @Test
    void takesEachValueUpToItsEndsAndNoneBeyond() {
        takes("failures", 0);
        refuses("failures", -1);
        takes("successes", 1);
        refuses("successes", 0);
        takes("probes", 1);
        refuses("probes", 0);
        takes("open", 0L);
        refuses("open", -1L);
        takes("maxOpen", 60L);
        refuses("maxOpen", 59L);
        takes("lease", 1L);
        refuses("lease", 0L);
        takes("ramp", 0L);
        refuses("ramp", -1L);
        takes("failureRate", 0.0);
        takes("failureRate", 1.0);
        refuses("failureRate", -0.01);
        refuses("failureRate", 1.01);
        refuses("failureRate", Double.NaN);
        takes("slowRate", 0.0);
        takes("slowRate", 1.0);
        refuses("slowRate", -0.01);
        refuses("slowRate", 1.01);
        takes("jitter", 0.0);
        takes("jitter", 1.0);
        refuses("jitter", -0.01);
        refuses("jitter", 1.01);
        takes("windowCalls", 0);
        refuses("windowCalls", -1);
        takes("window", 0L);
        refuses("window", -1L);
    }

    /** A policy whose values lie within their ranges, but for what a test sets. */
    private static BreakerPolicy with(String name, Object value) {
        Map<String, Object> values = new HashMap<>(Map.ofEntries(
                entry("failures", 5),
                entry("failureRate", 0.5),
                entry("slowRate", 0.5),
                entry("windowCalls", 10),
                entry("window", 10L),
                entry("successes", 3),
                entry("open", 60L),
                entry("maxOpen", 60L),
                entry("jitter", 0.5),
                entry("probes", 1),
                entry("lease", 30L),
                entry("ramp", 0L)));
        assertThat(values.put(name, value)).isNotNull();
        return new BreakerPolicy(
                true,
                BreakerPolicy.Forced.NONE,
                (int) values.get("failures"),
                (double) values.get("failureRate"),
                1,
                (double) values.get("slowRate"),
                (int) values.get("windowCalls"),
                (long) values.get("window"),
                1,
                (int) values.get("successes"),
                (long) values.get("open"),
                (long) values.get("maxOpen"),
                (double) values.get("jitter"),
                (int) values.get("probes"),
                (long) values.get("lease"),
                (long) values.get("ramp"),
                Set.of());
    }

    private static void takes(String name, Object value) {
        assertThatCode(() -> with(name, value)).as("%s = %s", name, value).doesNotThrowAnyException();
    }

    private static void refuses(String name, Object value) {
        assertThatThrownBy(() -> with(name, value))
                .as("%s = %s", name, value)
                .isInstanceOf(IllegalArgumentException.class);
    }
}
