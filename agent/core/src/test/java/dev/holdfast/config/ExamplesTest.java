package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Loads what ships in {@code config-examples/}. */
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("../../config-examples");

    @TestFactory
    Stream<DynamicTest> loadsWithoutAComplaint() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            List<Path> examples =
                    files.filter(file -> file.toString().endsWith(".toml")).toList();
            assertThat(examples).hasSizeGreaterThanOrEqualTo(8);
            return examples.stream()
                    .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                        // A secret has no default.
                        String text = Files.readString(file).replace("${HOLDFAST_STORE_KEY}", "0123456789".repeat(4));
                        Configuration configuration = ConfigLoader.parse(text, file.toString());
                        assertThat(configuration.policyBearing()).isTrue();
                        assertThat(configuration.warnings()).isEmpty();
                    }));
        }
    }

    @Test
    void refundsAreNeverSentTwiceAndChargesOnlyWithAKey() throws ConfigException {
        Policy payments = policy("payment-api.toml", "api.payments.example");

        assertThat(payments.of("POST", "/v1/refunds/7").retry().enabled()).isFalse();
        assertThat(payments.of("GET", "/v1/refunds/7").retry().enabled()).isTrue();
        assertThat(payments.of("POST", "/v1/charges").retry().methods()).doesNotContain("POST");
    }

    @Test
    void indexingIsNotHedged() throws ConfigException {
        Policy search = policy("search-cluster.toml", "search.example.com");

        assertThat(search.of("POST", "/products/_search").hedge().enabled()).isTrue();
        assertThat(search.of("POST", "/products/_bulk").hedge().enabled()).isFalse();
        assertThat(search.of("POST", "/products/_bulk").fallback().usesCache()).isTrue();
    }

    @Test
    void aFirstRollOutActsForOneHostOnly() throws ConfigException {
        assertThat(policy("observe.toml", "*").mode()).isEqualTo(Mode.OBSERVE);
        assertThat(policy("observe.toml", "inventory.example.com").mode()).isEqualTo(Mode.ENFORCE);
    }

    private static Policy policy(String file, String pattern) throws ConfigException {
        return Objects.requireNonNull(
                ConfigLoader.load(EXAMPLES.resolve(file).toString()).policies().get(HostPattern.parse(pattern)));
    }

    @Test
    void theSeedsFileIsTakenAsItIs() throws ConfigException {
        Configuration configuration =
                ConfigLoader.load(EXAMPLES.resolve("seed-compatible.toml").toString());

        Policy policy = configuration.policies().get(HostPattern.parse("*"));
        assertThat(configuration.policies()).hasSize(1);
        assertThat(policy).isNotNull();
        assertThat(policy.name()).isEqualTo("*");
        assertThat(policy.mode()).isEqualTo(Mode.ENFORCE);
        assertThat(policy.retry().maxRetries()).isEqualTo(3);
        assertThat(policy.retry().backoff().initialNanos()).isEqualTo(1_000_000_000L);
        assertThat(policy.retry().backoff().maxNanos()).isEqualTo(30_000_000_000L);
        assertThat(policy.retry().backoff().jitter()).isEqualTo(Jitter.PROPORTIONAL);
        assertThat(policy.retry().statuses()).containsExactlyInAnyOrder(429, 500, 502, 503, 504);
        assertThat(policy.retry().errors())
                .as("what the file lists, nothing of the defaults")
                .containsExactlyInAnyOrder(ErrorKind.CONNECTION_TIMEOUT, ErrorKind.DNS_RESOLUTION);
        assertThat(policy.breaker().enabled()).isTrue();
        assertThat(policy.breaker().failureThreshold()).isEqualTo(5);
        assertThat(policy.breaker().successThreshold()).isEqualTo(3);
        assertThat(policy.breaker().openNanos()).isEqualTo(60_000_000_000L);
        assertThat(policy.breaker().maxOpenNanos()).isEqualTo(60_000_000_000L);
        assertThat(policy.fallback().strategies()).containsExactly(FallbackPolicy.Strategy.CACHE);
        assertThat(policy.fallback().cache().ttlNanos()).isEqualTo(3_600_000_000_000L);
    }
}
