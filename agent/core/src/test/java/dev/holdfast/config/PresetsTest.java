package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.ResponseView;
import dev.holdfast.policy.RetryCondition.Action;
import dev.holdfast.policy.RetryPolicy;
import dev.holdfast.policy.RetryRule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Presets: what comes with Holdfast for APIs whose rules are public. */
class PresetsTest {
    private static List<String> names() {
        return Presets.names();
    }

    private static Policy policy(String preset) throws ConfigException {
        Configuration configuration =
                ConfigLoader.parse("[hosts.\"a.example\"]\npolicy = \"preset:" + preset + "\"\n", "t.toml");
        assertThat(configuration.warnings()).isEmpty();
        return Objects.requireNonNull(configuration.policies().get(HostPattern.parse("a.example")));
    }

    private static ResponseView response(int status, String... headers) {
        Map<String, String> byName = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            byName.put(headers[i], headers[i + 1]);
        }
        return new ResponseView() {
            @Override
            public int status() {
                return status;
            }

            @Override
            public @Nullable String header(String name) {
                return byName.get(name);
            }
        };
    }

    @ParameterizedTest
    @MethodSource("names")
    void eachIsAGoodPolicyWithItsSource(String name) throws ConfigException {
        Policy policy = policy(name);

        assertThat(policy.retry().enabled()).isTrue();
        assertThat(Presets.text(name)).contains("Read on 2026-", "https://");
        Configuration explained =
                ConfigLoader.parse("[hosts.\"a.example\"]\npolicy = \"preset:" + name + "\"\n", "t.toml");
        assertThat(explained.provenance().layers("a.example"))
                .extracting(SettingProvenance.Layer::from)
                .containsExactly("preset:" + name);
    }

    @ParameterizedTest
    @MethodSource("names")
    void eachCanBeUsedAsAFile(String name) throws ConfigException {
        String text = Objects.requireNonNull(Presets.text(name));
        String host = text.contains("\nhosts = [") ? "" : "[hosts.a]\npolicy = \"" + name + "\"\n";
        Configuration configuration = ConfigLoader.parse(text + host, "t.toml");

        assertThat(configuration.policyBearing()).isTrue();
        assertThat(configuration.warnings()).isEmpty();
    }

    @Test
    void stripeDecidesByItsHeaderFirst() throws ConfigException {
        RetryPolicy retry = policy("stripe").retry();

        assertThat(RetryRule.asksForRetry(retry, "GET", response(503))).isTrue();
        assertThat(RetryRule.asksForRetry(retry, "GET", response(503, "stripe-should-retry", "false")))
                .isFalse();
        assertThat(RetryRule.asksForRetry(retry, "POST", response(400, "stripe-should-retry", "true")))
                .isTrue();
        assertThat(RetryRule.asksForRetry(retry, "POST", response(200, "stripe-should-retry", "true")))
                .isFalse();
        assertThat(RetryRule.mayResend(retry, "POST", false, true, false)).isFalse();
        assertThat(RetryRule.mayResend(retry, "POST", true, true, false)).isTrue();
    }

    @Test
    void stripeAndOpenAiRetryEveryErrorOfTheServer() throws ConfigException {
        for (String name : List.of("stripe", "openai")) {
            RetryPolicy retry = policy(name).retry();
            for (int status : List.of(409, 429, 500, 501, 505, 507, 511, 520, 522, 524, 526, 529, 530, 598)) {
                assertThat(RetryRule.asksForRetry(retry, "GET", response(status)))
                        .as("%s %s", name, status)
                        .isTrue();
            }
            assertThat(RetryRule.asksForRetry(retry, "GET", response(404))).isFalse();
        }
    }

    @Test
    void mavenRepeatsADownloadThatWasCutShortWithinABound() throws ConfigException {
        RetryPolicy retry = policy("maven").retry();

        assertThat(retry.errors()).contains(ErrorKind.PREMATURE_EOF);
        assertThat(retry.bufferResponseBytes()).isEqualTo(1 << 20);
    }

    @Test
    void githubIsRetriedWhereItSaysWhen() throws ConfigException {
        RetryPolicy retry = policy("github").retry();

        assertThat(RetryRule.asksForRetry(retry, "GET", response(403))).isFalse();
        assertThat(RetryRule.asksForRetry(retry, "GET", response(403, "retry-after", "30")))
                .isTrue();
        assertThat(RetryRule.asksForRetry(retry, "GET", response(403, "x-ratelimit-remaining", "0")))
                .isTrue();
        assertThat(RetryRule.asksForRetry(retry, "GET", response(403, "x-ratelimit-remaining", "12")))
                .isFalse();
        assertThat(RetryRule.asksForRetry(retry, "GET", response(502))).isTrue();
        ResponseView reset = response(403, "x-ratelimit-reset", "1700000030", "x-ratelimit-remaining", "0");
        assertThat(RetryRule.askedNanos(retry.waitHeaders(), reset, 1_700_000_000_000L))
                .isEqualTo(30_000_000_000L);
    }

    @Test
    void openAiRepeatsWhatOnlyComputes() throws ConfigException {
        Policy openai = policy("openai");

        assertThat(openai.of("POST", "/v1/chat/completions").retry().methods()).contains("POST");
        assertThat(openai.of("POST", "/v1/files").retry().methods()).doesNotContain("POST");
        assertThat(openai.retry().conditions().get(0).action()).isEqualTo(Action.NO_RETRY);
        assertThat(RetryRule.askedNanos(openai.retry().waitHeaders(), response(429, "retry-after-ms", "1500"), 0))
                .isEqualTo(1_500_000_000L);
    }

    @Test
    void elasticsearchRepeatsSearchesAndNoBulk() throws ConfigException {
        Policy search = policy("elasticsearch");

        assertThat(search.of("POST", "/products/_search").retry().methods()).contains("POST");
        assertThat(search.of("POST", "/products/_msearch").retry().methods()).contains("POST");
        assertThat(search.of("POST", "/_count").retry().methods()).contains("POST");
        for (String path : List.of("/products/_doc/7", "/products", "/_snapshot/nightly/1")) {
            RetryPolicy put = search.of("PUT", path).retry();
            assertThat(RetryRule.mayResend(put, "PUT", false, true, false)).isTrue();
            assertThat(RetryRule.asksForRetry(put, "PUT", response(429))).isTrue();
            for (int status : List.of(500, 502, 503, 504)) {
                assertThat(RetryRule.asksForRetry(put, "PUT", response(status))).isFalse();
            }
            assertThat(put.errors()).isNotEmpty().allMatch(ErrorKind::nothingSent);
        }
        for (String path : List.of("/_search/scroll", "/_search/scroll/", "/_search/scroll/abc", "/_sql")) {
            for (String method : List.of("GET", "POST")) {
                RetryPolicy page = search.of(method, path).retry();
                assertThat(RetryRule.mayResend(page, method, false, true, false))
                        .isFalse();
            }
        }
        assertThat(search.of("GET", "/products/_search").retry().methods()).contains("GET");
        assertThat(search.of("DELETE", "/_search/scroll").retry().methods()).contains("DELETE");
        for (String path : List.of(
                "/products/_create/7",
                "/products/_create/7/",
                "/products/item/7/_create",
                "/_bulk",
                "/_bulk/",
                "/_bulk/stream",
                "/products/_bulk",
                "/products/_bulk/",
                "/products/item/_bulk",
                "/_monitoring/bulk")) {
            assertThat(search.of("PUT", path).retry().methods()).as(path).containsExactly("GET");
        }
        assertThat(search.of("POST", "/_bulk").retry().methods()).doesNotContain("POST");
        assertThat(search.of("POST", "/products/_doc").retry().methods()).doesNotContain("POST");
    }

    @Test
    void oidcKeepsTheLastGoodConfigurationAndNoToken() throws ConfigException {
        Policy oidc = policy("oidc");

        assertThat(oidc.of("GET", "/realms/shop/.well-known/openid-configuration")
                        .fallback()
                        .usesCache())
                .isTrue();
        assertThat(oidc.of("POST", "/token").fallback().usesCache()).isFalse();
        assertThat(oidc.retry().methods()).containsExactlyInAnyOrder("GET", "HEAD");
    }

    @Test
    void whatAHostSetsWinsOverThePreset() throws ConfigException {
        Configuration configuration = ConfigLoader.parse(
                "[hosts.\"a.example\"]\npolicy = [\"preset:stripe\", \"mine\"]\nretry.max_retries = 7\n"
                        + "[policies.mine.retry]\nmax_delay = \"9s\"\n",
                "t.toml");

        RetryPolicy retry = Objects.requireNonNull(configuration.policies().get(HostPattern.parse("a.example")))
                .retry();
        assertThat(retry.maxRetries()).isEqualTo(7);
        assertThat(retry.backoff().maxNanos()).isEqualTo(9_000_000_000L);
        assertThat(retry.backoff().initialNanos()).isEqualTo(500_000_000L);
    }

    @Test
    void aPresetThatIsNoneNamesThoseThereAre() {
        assertThatThrownBy(() -> policy("strype"))
                .hasMessageContaining("there is no preset \"preset:strype\"; did you mean \"preset:stripe\"?");
    }
}
