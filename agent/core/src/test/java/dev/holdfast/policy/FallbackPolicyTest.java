package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.FallbackPolicy.Strategy;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FallbackPolicyTest {
    @Test
    void isThereWhereAStrategyIs() {
        assertThat(FallbackPolicy.NONE.enabled()).isFalse();
        assertThat(policy(Set.of(), Strategy.DEFAULT_VALUE).enabled()).isTrue();
    }

    @Test
    void keepsAnswersOnlyForTheStrategyThatGivesThem() {
        assertThat(policy(Set.of(), Strategy.DEGRADED, Strategy.CACHE).usesCache())
                .isTrue();
        assertThat(policy(Set.of(), Strategy.DEFAULT_VALUE, Strategy.DEGRADED).usesCache())
                .isFalse();
    }

    @Test
    void listsAFailureByKindOrByAnyOfTheExceptionsClasses() {
        FallbackPolicy byKind = policy(Set.of(), Strategy.DEFAULT_VALUE);
        assertThat(byKind.lists(new IOException(), ErrorKind.READ_TIMEOUT)).isTrue();
        assertThat(byKind.lists(new IOException(), ErrorKind.TLS)).isFalse();

        FallbackPolicy byClass = policy(Set.of("java.io.EOFException"), Strategy.DEFAULT_VALUE);
        assertThat(byClass.lists(new EOFException(), ErrorKind.OTHER)).isTrue();
        assertThat(byClass.lists(new EOFException() {}, ErrorKind.OTHER))
                .as("a subclass")
                .isTrue();
        assertThat(byClass.lists(new FileNotFoundException(), ErrorKind.OTHER)).isFalse();
        assertThat(byClass.lists(new IOException(), ErrorKind.OTHER))
                .as("a superclass")
                .isFalse();
    }

    @Test
    void namesItsStrategiesAsTheConfigurationDoes() {
        assertThat(Stream.of(Strategy.values()).map(Strategy::configName))
                .containsExactly("cache", "default_value", "degraded");
    }

    @Test
    void namesTheKindsOfFailureAsTheConfigurationDoes() {
        assertThat(Stream.of(ErrorKind.values()).map(ErrorKind::configName))
                .containsExactly(
                        "connection_timeout",
                        "connection_refused",
                        "connection_reset",
                        "dns_resolution",
                        "proxy",
                        "read_timeout",
                        "tls",
                        "premature_eof",
                        "other");
    }

    @Test
    void knowsWhichKindsOfFailureProveThatNothingWasSent() {
        assertThat(Stream.of(ErrorKind.values()).filter(ErrorKind::nothingSent))
                .containsExactlyInAnyOrder(
                        ErrorKind.CONNECTION_TIMEOUT,
                        ErrorKind.CONNECTION_REFUSED,
                        ErrorKind.DNS_RESOLUTION,
                        ErrorKind.PROXY);
    }

    private static FallbackPolicy policy(Set<String> errorClasses, Strategy... strategies) {
        return new FallbackPolicy(
                List.of(strategies),
                Set.of(),
                Set.of(ErrorKind.READ_TIMEOUT),
                errorClasses,
                CachePolicy.NONE,
                List.of(),
                DegradedPolicy.NONE);
    }
}
