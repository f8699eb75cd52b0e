package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policy;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RoutesTest {
    private static final String FILE = """
            mode = "observe"
            [retry]
            max_retries = 7
            [hosts."api.example.com"]
            mode = "enforce"
            [hosts."api.example.com".retry]
            initial_delay = "5ms"
            [[hosts."api.example.com".routes]]
            path = "/v1/**"
            mode = "off"
            [[hosts."api.example.com".routes]]
            path = "/v1/orders"
            methods = ["post"]
            [hosts."api.example.com".routes.retry]
            max_retries = 1
            """;

    @Test
    void theMostSpecificRouteWins() throws ConfigException {
        Policy host = host(FILE);

        assertThat(host.of("POST", "/v1/orders").name()).isEqualTo("api.example.com POST /v1/orders");
        assertThat(host.of("GET", "/v1/orders").name()).isEqualTo("api.example.com /v1/**");
        assertThat(host.of("GET", "/v2")).isSameAs(host);
        assertThat(host.of("GET", null)).isSameAs(host);
    }

    @Test
    void inheritsKeyByKeyFromTheHostAndThenTheDefaults() throws ConfigException {
        Policy host = host(FILE);
        Policy route = host.of("POST", "/v1/orders");

        assertThat(route.mode()).isEqualTo(Mode.ENFORCE);
        assertThat(route.retry().maxRetries()).isEqualTo(1);
        assertThat(route.retry().backoff().initialNanos()).isEqualTo(5_000_000);
        assertThat(host.retry().maxRetries()).isEqualTo(7);
        assertThat(host.of("PUT", "/v1").mode()).isEqualTo(Mode.OFF);
        assertThat(host.of("PUT", "/v1").retry()).isEqualTo(host.retry());
    }

    @Test
    void aHostThatIsOffIsInForceForTheRoutesThatAreOn() throws ConfigException {
        Policy host = host("""
                [hosts."api.example.com"]
                mode = "off"
                routes = [{ path = "/a/*", methods = ["GET"], mode = "enforce" }]
                """);

        assertThat(host.inForce()).isTrue();
        assertThat(host.inForceFor("/a/b")).isTrue();
        assertThat(host.inForceFor("/b")).isFalse();
        assertThat(host.of("GET", "/a/b").mode()).isEqualTo(Mode.ENFORCE);
    }

    @Test
    void saysWhichLineEachValueComesFrom() throws ConfigException {
        Configuration configuration = ConfigLoader.parse(FILE, "t.toml");

        assertThat(configuration.provenance().values("api.example.com POST /v1/orders"))
                .contains(
                        new SettingProvenance.Value("mode", "\"enforce\"", 5, "hosts.\"api.example.com\""),
                        new SettingProvenance.Value("retry.max_retries", "1", 15, "hosts.\"api.example.com\".routes"),
                        new SettingProvenance.Value("retry.initial_delay", "\"5ms\"", 7, "hosts.\"api.example.com\""),
                        new SettingProvenance.Value("retry.max_delay", "\"30s\"", 0, ""));
        assertThat(configuration.provenance().values("*"))
                .contains(new SettingProvenance.Value("retry.max_retries", "7", 3, ""));
    }

    @Test
    void warnsOfARouteThatNeverApplies() throws ConfigException {
        Configuration configuration = ConfigLoader.parse("""
                [[hosts."a.example".routes]]
                path = "/a"
                methods = ["GET", "HEAD"]
                [[hosts."a.example".routes]]
                path = "/a"
                methods = ["GET"]
                [[hosts."a.example".routes]]
                path = "/a"
                methods = ["HEAD"]
                [hosts."a.example".retry]
                """, "t.toml");

        assertThat(configuration.warnings()).singleElement().satisfies(warning -> {
            assertThat(warning.line()).isEqualTo(1);
            assertThat(warning.message()).contains("never applies");
        });
    }

    private static Policy host(String text) throws ConfigException {
        return Objects.requireNonNull(
                ConfigLoader.parse(text, "t.toml").policies().get(HostPattern.parse("api.example.com")));
    }
}
