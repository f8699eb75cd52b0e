package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.policy.DefaultResponse;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import dev.holdfast.policy.HostPattern;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the policies of the fallback tables, and the errors in some. */
class FallbackConfigTest {
    @TempDir
    Path directory;

    @Test
    void withoutAStrategyThereIsNone() throws ConfigException {
        assertThat(fallback("[retry.fallback]\ncache_ttl = \"5m\"\n")).isSameAs(FallbackPolicy.NONE);
        assertThat(fallback("[retry.fallback]\nenabled = false\nstrategy = \"cache\"\n"))
                .isSameAs(FallbackPolicy.NONE);
    }

    @Test
    void theStrategiesKeepTheirOrder() throws ConfigException {
        FallbackPolicy policy = fallback("""
                [retry.fallback]
                strategy = ["degraded", "cache"]
                on = [500, 418, "read_timeout", "java.io.EOFException"]
                cache_ttl = "5m"
                cache_max_body = "1MiB"
                cache_max_bytes = "2MiB"
                cache_key_headers = ["X-Region"]
                cache_dir = "/tmp/kept"
                [retry.fallback.degraded]
                url = "https://other.example.com/v2/"
                timeout = "2s"
                """);
        assertThat(policy.strategies()).containsExactly(Strategy.DEGRADED, Strategy.CACHE);
        assertThat(policy.statuses()).containsExactlyInAnyOrder(500, 418);
        assertThat(policy.errors()).containsExactly(ErrorKind.READ_TIMEOUT);
        assertThat(policy.errorClasses()).containsExactly("java.io.EOFException");
        assertThat(policy.cache().ttlNanos()).isEqualTo(300_000_000_000L);
        assertThat(policy.cache().maxBodyBytes()).isEqualTo(1 << 20);
        assertThat(policy.cache().maxBytes()).isEqualTo(2 << 20);
        assertThat(policy.cache().keyHeaders()).containsExactly("x-region");
        assertThat(policy.cache().statuses()).containsExactlyInAnyOrder(200, 203);
        assertThat(policy.cache().directory()).isEqualTo("/tmp/kept");
        assertThat(policy.degraded().url()).isEqualTo("https://other.example.com/v2/");
        assertThat(policy.degraded().timeoutNanos()).isEqualTo(2_000_000_000L);
        assertThat(policy.degraded().forwardCredentials()).isFalse();
        assertThat(policy.degraded().forwardHeaders()).isEmpty();
        assertThat(policy.degraded().forwardQuery()).isFalse();
        assertThat(policy.degraded().acceptStatuses())
                .hasSize(200)
                .contains(200, 399)
                .doesNotContain(400);
    }

    @Test
    void whatGoesElsewhereAndWhatCountsThereIsSaid() throws ConfigException {
        FallbackPolicy policy = fallback("""
                [retry.fallback]
                strategy = "degraded"
                [retry.fallback.degraded]
                url = "https://other.example.com"
                forward_credentials = true
                forward_headers = ["X-Version", "Traceparent"]
                forward_query = true
                accept_statuses = [404, "200-299", "301-301"]
                """);
        assertThat(policy.degraded().forwardCredentials()).isTrue();
        assertThat(policy.degraded().forwardHeaders()).containsExactlyInAnyOrder("x-version", "traceparent");
        assertThat(policy.degraded().forwardQuery()).isTrue();
        assertThat(policy.degraded().acceptStatuses())
                .hasSize(102)
                .contains(200, 299, 301, 404)
                .doesNotContain(300, 302, 403);
    }

    @Test
    void credentialsMayGoOverHttpWhereTheyCameOverHttpOrStayOnThisMachine() throws ConfigException {
        for (String pattern : List.of("api.example.com:80", "api.example.com:8080")) {
            assertThat(ConfigLoader.parse("""
                            [hosts."%s".retry.fallback]
                            strategy = "degraded"
                            degraded.url = "http://other.example.com"
                            degraded.forward_credentials = true
                            """.formatted(pattern), "t.toml").warnings())
                    .isEmpty();
        }
        assertThat(fallback("""
                        [retry.fallback]
                        strategy = "degraded"
                        degraded.url = "http://127.0.0.1:8080"
                        degraded.forward_headers = ["Authorization"]
                        """).degraded().forwardHeaders()).containsExactly("authorization");
    }

    @Test
    void answersForSomeRequestsComeBeforeTheOneForAll() throws ConfigException, IOException {
        Files.writeString(directory.resolve("movies.json"), "[\"é\"]");
        Path file = directory.resolve("holdfast.toml");
        Files.writeString(file, """
                [retry.fallback]
                strategy = "default_value"
                [retry.fallback.default_value]
                status = 503
                [[retry.fallback.default_value.answers]]
                path = "/movies*"
                body_file = "movies.json"
                headers = { "Content-Type" = "application/json" }
                [[retry.fallback.default_value.answers]]
                path = "/orders"
                methods = ["POST"]
                body = "later"
                """);
        List<DefaultResponse> answers =
                policy(ConfigLoader.load(file.toString())).defaults();
        assertThat(answers).hasSize(3);
        assertThat(answers.get(0).body().bytes()).isEqualTo("[\"é\"]".getBytes(StandardCharsets.UTF_8));
        assertThat(answers.get(0).headers()).containsEntry("Content-Type", List.of("application/json"));
        assertThat(answers.get(0).status()).isEqualTo(200);
        assertThat(answers.get(0).fits("GET", "/movies/7")).isTrue();
        assertThat(answers.get(0).fits("POST", "/movies/7")).isFalse();
        assertThat(answers.get(0).fits("GET", "/other/movies")).isFalse();
        assertThat(answers.get(1).methods()).isEqualTo(Set.of("POST"));
        assertThat(answers.get(1).fits("POST", "/orders/7")).isFalse();
        assertThat(answers.get(2).status()).isEqualTo(503);
        assertThat(answers.get(2).fits("HEAD", "")).isTrue();
    }

    @Test
    void onlyTheAnswersThatAreWrittenAreGiven() throws ConfigException {
        FallbackPolicy policy = fallback("""
                [retry.fallback]
                strategy = "default_value"
                [[retry.fallback.default_value.answers]]
                path = "/a/*/c"
                """);
        assertThat(policy.defaults()).singleElement().satisfies(response -> {
            assertThat(response.fits("GET", "/a/b/c")).isTrue();
            assertThat(response.fits("GET", "/a/b/b/c")).isTrue();
            assertThat(response.fits("GET", "/a/c")).isFalse();
        });
    }

    @Test
    void whatCannotWorkIsAnError() {
        assertThatThrownBy(() -> fallback("[retry.fallback]\nstrategy = \"default_value\"\n"))
                .hasMessageContaining("t.toml:2:1: retry.fallback.strategy: default_value has no response");
        assertThatThrownBy(() -> fallback("[retry.fallback]\nstrategy = \"degraded\"\n"))
                .hasMessageContaining("t.toml:2:1: retry.fallback.strategy: degraded has no URL");
        String strategy = "[retry.fallback]\nstrategy = \"default_value\"\n";
        assertThatThrownBy(() -> fallback(strategy + "[retry.fallback.default_value]\nbody_file = \"none\"\n"))
                .hasMessageContaining("t.toml:4:1: retry.fallback.default_value.body_file: no such file")
                .hasMessageNotContaining("Windows");
        assertThatThrownBy(() ->
                        fallback(strategy + "[retry.fallback.default_value]\nbody_file = \"C:\\new\\table.json\"\n"))
                .hasMessageContaining("t.toml:4:1: retry.fallback.default_value.body_file: no such file")
                .hasMessageContaining("write a Windows path in single quotes");
        assertThatThrownBy(() -> fallback(strategy + "[[retry.fallback.default_value.answers]]\nstats = 1\n"))
                .hasMessageContaining("retry.fallback.default_value.answers.stats: unknown key; did you mean status?");
        assertThatThrownBy(() -> fallback(strategy + "[[retry.fallback.default_value.answers]]\nstatus = 100\n"))
                .hasMessageContaining("an integer from 200 to 599");
        assertThatThrownBy(() -> fallback("[retry.fallback]\nstrategy = \"cahce\"\n"))
                .hasMessageContaining("did you mean \"cache\"?");
        assertThatThrownBy(() -> fallback("[retry.fallback]\non = [200]\n")).hasMessageContaining("400 to 599");
        assertThatThrownBy(() -> fallback("[hosts.\"h\".retry.fallback]\ncache_max_bytes = 1\n"))
                .hasMessageContaining("cache_max_bytes");
    }

    private static FallbackPolicy fallback(String text) throws ConfigException {
        return policy(ConfigLoader.parse(text, "t.toml"));
    }

    private static FallbackPolicy policy(Configuration configuration) {
        return Objects.requireNonNull(configuration.policies().get(HostPattern.parse("*")))
                .fallback();
    }
}
