package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.BudgetPolicy;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryPolicy.HeaderCondition;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests what a good file means: defaults, hosts, and every key's effect on the policy. */
class InheritanceTest {
    @Test
    void aFileWithoutPoliciesConcernsNobodyAndSaysSo() throws ConfigException {
        for (String text :
                new String[] {"", "# nothing\n", "[hosts]\n", "mode = \"observe\"\n", "[log]\nlevel = \"warn\"\n"}) {
            Configuration configuration = ConfigLoader.parse(text, "t.toml");

            assertThat(configuration.policies()).isEmpty();
            assertThat(configuration.policyBearing()).isFalse();
            assertThat(configuration.warnings())
                    .hasToString("[t.toml: no policy is in force, so Holdfast is inactive; add a [retry] "
                            + "table, or one for a host]");
        }
    }

    @Test
    void policiesThatAreAllOffConcernNobody() throws ConfigException {
        Configuration configuration = ConfigLoader.parse("mode = \"off\"\n[retry]\nmax_retries = 1\n", "t.toml");

        assertThat(configuration.policyBearing()).isFalse();
        assertThat(configuration.warnings()).hasSize(1);
    }

    @Test
    void anEmptyRetryTableMeansTheDefaultsForEverybodyAndSaysSo() throws ConfigException {
        Configuration configuration = ConfigLoader.parse("[retry]\n", "t.toml");

        Policy policy = policy(configuration, "*");
        assertThat(policy.retry().maxRetries()).isEqualTo(3);
        assertThat(policy.retry().errors())
                .containsExactlyInAnyOrder(
                        ErrorKind.CONNECTION_TIMEOUT,
                        ErrorKind.CONNECTION_REFUSED,
                        ErrorKind.CONNECTION_RESET,
                        ErrorKind.DNS_RESOLUTION,
                        ErrorKind.PROXY);
        assertThat(policy.retry().methods())
                .containsExactlyInAnyOrder("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");
        assertThat(policy.retry().deadlineNanos()).isZero();
        assertThat(policy.retry().attemptTimeoutNanos()).isZero();
        assertThat(policy.retry().replayLimitBytes()).isEqualTo(65_536);
        assertThat(policy.retry().bufferResponseBytes()).isZero();
        assertThat(configuration.warnings())
                .hasToString("[t.toml:1:1: retry: is empty: every host gets the built-in defaults]");
    }

    @Test
    void aSubTableAloneIsARetryTableToo() throws ConfigException {
        Configuration configuration = ConfigLoader.parse("[retry.policy]\nretryable_status_codes = [503]\n", "t.toml");

        assertThat(policy(configuration, "*").retry().statuses()).containsExactly(503);
        assertThat(configuration.warnings()).isEmpty();
    }

    @Test
    void aHostAloneMakesNoPolicyForEverybodyAndInheritsTheBuiltInDefaults() throws ConfigException {
        Configuration configuration =
                ConfigLoader.parse("[hosts.\"api.example.com\".retry]\nmax_retries = 7\n", "t.toml");

        assertThat(configuration.policies()).containsOnlyKeys(HostPattern.parse("api.example.com"));
        assertThat(policy(configuration, "api.example.com").retry().maxRetries())
                .isEqualTo(7);
        assertThat(policy(configuration, "api.example.com").retry().statuses()).contains(429, 503);
    }

    @Test
    void aHostOverridesTheDefaultsKeyByKey() throws ConfigException {
        Configuration configuration = ConfigLoader.parse("""
                mode = "observe"
                [retry]
                max_retries = 5
                initial_delay = "100ms"
                [retry.policy]
                retryable_status_codes = [503]
                retryable_errors = ["tls"]

                [hosts."*.example.com"]
                [hosts."api.example.com"]
                mode = "enforce"
                [hosts."api.example.com".retry]
                max_retries = 1
                [hosts."api.example.com".retry.policy]
                retryable_errors = []
                """, "t.toml");

        Policy suffix = policy(configuration, "*.example.com");
        Policy api = policy(configuration, "api.example.com");
        assertThat(suffix.mode()).isEqualTo(Mode.OBSERVE);
        assertThat(suffix.retry()).isEqualTo(policy(configuration, "*").retry());
        assertThat(api.mode()).isEqualTo(Mode.ENFORCE);
        assertThat(api.name()).isEqualTo("api.example.com");
        assertThat(api.retry().maxRetries()).isEqualTo(1);
        assertThat(api.retry().backoff().initialNanos()).isEqualTo(100_000_000);
        assertThat(api.retry().statuses()).containsExactly(503);
        assertThat(api.retry().errors()).isEmpty();
    }

    @Test
    void theOrderOfTablesInTheFileMakesNoDifference() throws ConfigException {
        Configuration first =
                ConfigLoader.parse("[hosts.\"a\".retry]\njitter = false\n[retry]\nmax_retries = 9\n", "t");
        Configuration last = ConfigLoader.parse("retry.max_retries = 9\nhosts.a = { retry.jitter = false }\n", "t");

        assertThat(first.policies()).isEqualTo(last.policies());
    }

    @Test
    void aStarUnderHostsStandsForEverybody() throws ConfigException {
        Configuration configuration =
                ConfigLoader.parse("[retry]\nmax_retries = 9\n[hosts.\"*\".retry]\njitter = false\n", "t.toml");

        assertThat(configuration.policies()).hasSize(1);
        assertThat(policy(configuration, "*").retry().maxRetries()).isEqualTo(9);
        assertThat(policy(configuration, "*").retry().backoff().jitter()).isEqualTo(Jitter.NONE);
    }

    @Test
    void everyKeyReachesThePolicy() throws ConfigException {
        Configuration configuration = ConfigLoader.parse("""
                [retry]
                enabled = false
                max_retries = 100
                initial_delay = "1m30s"
                max_delay = "1.5h"
                multiplier = 3
                jitter = "decorrelated"
                attempt_timeout = "250ms"
                deadline = "1d"
                replay_limit = "2MiB"
                buffer_response = 1024
                [retry.policy]
                retryable_status_codes = [408, 599, 408]
                retryable_errors = ["read_timeout", "tls", "premature_eof", "java.io.EOFException", "a.B$C"]
                methods = ["get", "PROPFIND"]
                retry_headers = { x-should-retry = "true", "X-Again" = ["yes", " soon "] }
                no_retry_headers = { x-should-retry = "false" }
                retry_after = false
                max_retry_after = "5s"
                """, "t.toml");

        var retry = policy(configuration, "*").retry();
        assertThat(retry.enabled()).isFalse();
        assertThat(retry.maxRetries()).isEqualTo(100);
        assertThat(retry.backoff().initialNanos()).isEqualTo(90_000_000_000L);
        assertThat(retry.backoff().maxNanos()).isEqualTo(5_400_000_000_000L);
        assertThat(retry.backoff().multiplier()).isEqualTo(3.0);
        assertThat(retry.backoff().jitter()).isEqualTo(Jitter.DECORRELATED);
        assertThat(retry.attemptTimeoutNanos()).isEqualTo(250_000_000);
        assertThat(retry.deadlineNanos()).isEqualTo(86_400_000_000_000L);
        assertThat(retry.replayLimitBytes()).isEqualTo(2 << 20);
        assertThat(retry.bufferResponseBytes()).isEqualTo(1024);
        assertThat(retry.statuses()).containsExactlyInAnyOrder(408, 599);
        assertThat(retry.errors())
                .containsExactlyInAnyOrder(ErrorKind.READ_TIMEOUT, ErrorKind.TLS, ErrorKind.PREMATURE_EOF);
        assertThat(retry.errorClasses()).containsExactlyInAnyOrder("java.io.EOFException", "a.B$C");
        assertThat(retry.methods()).containsExactlyInAnyOrder("GET", "PROPFIND");
        assertThat(retry.headerConditions())
                .containsExactly(
                        new HeaderCondition("x-should-retry", "false", false),
                        new HeaderCondition("x-should-retry", "true", true),
                        new HeaderCondition("X-Again", "yes", true),
                        new HeaderCondition("X-Again", "soon", true));
        assertThat(retry.honourRetryAfter()).isFalse();
        assertThat(retry.maxRetryAfterNanos()).isEqualTo(5_000_000_000L);
    }

    @Test
    void metersGoToTheApplicationsRegistryOnlyWhereTheFileSaysSo() throws ConfigException {
        assertThat(ConfigLoader.parse("[retry]", "t.toml")
                        .observabilityConfig()
                        .metrics()
                        .applicationRegistry())
                .isFalse();
        assertThat(ConfigLoader.parse("[metrics]\napplication_registry = true", "t.toml")
                        .observabilityConfig()
                        .metrics()
                        .applicationRegistry())
                .isTrue();
    }

    @Test
    void theEndpointIsWhereTheFileSaysAndNowhereElse() throws ConfigException {
        assertThat(ConfigLoader.parse("[retry]", "t.toml").observabilityConfig().admin())
                .isNull();
        assertThat(ConfigLoader.parse("[admin]\nlisten = \"\"", "t.toml")
                        .observabilityConfig()
                        .admin())
                .isNull();
        assertThat(ConfigLoader.parse("[admin]\nlisten = \"[::1]:9464\"", "t.toml")
                        .observabilityConfig()
                        .admin())
                .isEqualTo(new ObservabilityConfig.Admin("::1", 9464, Set.of("::1")));
        assertThat(ConfigLoader.parse("[admin]\nlisten = \"LocalHost:0\"\nhost_names = [\"Shop.internal\"]", "t.toml")
                        .observabilityConfig()
                        .admin())
                .isEqualTo(new ObservabilityConfig.Admin("localhost", 0, Set.of("localhost", "shop.internal")));
    }

    @Test
    void anEndpointThatOthersCanReachIsWorthAWarning() throws ConfigException {
        for (String loopback : new String[] {"127.0.0.1:1", "127.1.2.3:1", "localhost:1", "[::1]:1"}) {
            assertThat(ConfigLoader.parse("[retry]\nmax_retries=1\n[admin]\nlisten = \"" + loopback + "\"", "t.toml")
                            .warnings())
                    .isEmpty();
        }
        for (String open : new String[] {"0.0.0.0:1", "[::]:1", "10.1.2.3:1", "shop.internal:1"}) {
            assertThat(ConfigLoader.parse("[retry]\nmax_retries=1\n[admin]\nlisten = \"" + open + "\"", "t.toml")
                            .warnings())
                    .singleElement()
                    .asString()
                    .startsWith("t.toml:4:1: admin.listen: is not a loopback address");
            assertThat(ConfigLoader.parse(
                                    "[retry]\nmax_retries=1\n[admin]\nremote = true\nlisten = \"" + open + "\"",
                                    "t.toml")
                            .warnings())
                    .as("it is meant")
                    .isEmpty();
        }
    }

    @Test
    void whatProtectsAnOriginIsInheritedKeyByKey() throws ConfigException {
        Configuration configuration = ConfigLoader.parse("""
                [limits]
                max_rate = "50/10s"
                [retry.circuit_breaker]
                enabled = true
                failure_rate_threshold = 0.5
                sliding_window = 20
                [retry.hedge]
                delay = "p95"
                [hosts."a".retry.circuit_breaker]
                sliding_window = "30s"
                failure_threshold = 7
                timeout = "2s"
                max_timeout = "1m"
                [hosts."a".limits]
                max_concurrent = 3
                max_wait = "0s"
                [hosts."a".retry.hedge]
                delay = "250ms"
                [hosts."a".retry.budget]
                ratio = 0.1
                """, "t.toml");

        Policy any = policy(configuration, "*");
        assertThat(any.breaker().failureThreshold()).as("a rate decides").isZero();
        assertThat(any.breaker().windowCalls()).isEqualTo(20);
        assertThat(any.breaker().minimumCalls())
                .as("no more than there is room for")
                .isEqualTo(20);
        assertThat(any.limits()).isEqualTo(new LimitPolicy(0, 50, 10_000_000_000L, 1_000_000_000L));
        assertThat(any.hedge()).isEqualTo(new HedgePolicy(true, 0));

        Policy a = policy(configuration, "a");
        assertThat(a.breaker().failureThreshold()).isEqualTo(7);
        assertThat(a.breaker().windowCalls()).isZero();
        assertThat(a.breaker().windowNanos()).isEqualTo(30_000_000_000L);
        assertThat(a.breaker().minimumCalls()).isEqualTo(100);
        assertThat(a.breaker().openNanos()).isEqualTo(2_000_000_000L);
        assertThat(a.breaker().maxOpenNanos()).isEqualTo(60_000_000_000L);
        assertThat(a.limits()).isEqualTo(new LimitPolicy(3, 50, 10_000_000_000L, 0));
        assertThat(a.hedge()).isEqualTo(new HedgePolicy(true, 250_000_000L));
        assertThat(a.budget()).isEqualTo(new BudgetPolicy(true, 0.1, 0.1, 30_000_000_000L));
    }

    @Test
    void settingsThatCanNeverActAreSaid() throws ConfigException {
        Configuration configuration = ConfigLoader.parse("""
                [retry]
                deadline = "1s"
                [hosts."a".retry.policy]
                retryable_status_codes = []
                retryable_errors = []
                """, "t.toml");

        assertThat(configuration.warnings())
                .extracting(Problem::toString)
                .containsExactly(
                        "t.toml:2:1: retry.deadline: 1s is over before the first retry can be sent, which waits for"
                                + " initial_delay = 1s (the default)",
                        "t.toml:5:1: hosts.a.retry.policy.retryable_errors: no status, error or header is retried, "
                                + "so no call ever is");
    }

    @Test
    void aByteOrderMarkAndWindowsLineEndsAreNoObstacle() throws ConfigException {
        Configuration configuration = ConfigLoader.parse("\uFEFF[retry]\r\nmax_retries = 2\r\n", "t.toml");

        assertThat(policy(configuration, "*").retry().maxRetries()).isEqualTo(2);
    }

    private static Policy policy(Configuration configuration, String pattern) {
        return Objects.requireNonNull(configuration.policies().get(HostPattern.parse(pattern)));
    }
}
