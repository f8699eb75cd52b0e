package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Named policies: what hosts and routes have in common. */
class NamedPoliciesTest {
    private static Policy policy(Configuration configuration, String pattern) {
        return Objects.requireNonNull(configuration.policies().get(HostPattern.parse(pattern)));
    }

    private static int retries(Policy policy) {
        return policy.retry().maxRetries();
    }

    @Example
    void oneBlockServesSeveralHosts() throws ConfigException {
        Configuration configuration = ConfigLoader.parse("""
                [policies.search]
                hosts = ["es1:9200", "es2:9200", "es3:9200"]
                [policies.search.retry]
                max_retries = 1
                [hosts."es3:9200".retry]
                initial_delay = "5ms"
                """, "t.toml");

        assertThat(configuration.policies()).hasSize(3);
        assertThat(retries(policy(configuration, "es1:9200"))).isEqualTo(1);
        assertThat(policy(configuration, "es1:9200").name()).isEqualTo("es1:9200");
        assertThat(retries(policy(configuration, "es3:9200"))).isEqualTo(1);
        assertThat(policy(configuration, "es3:9200").retry().backoff().initialNanos())
                .isEqualTo(5_000_000);
        assertThat(configuration.warnings()).isEmpty();
        assertThat(configuration.provenance().values("es3:9200"))
                .contains(
                        new SettingProvenance.Value("retry.max_retries", "1", 4, "policies.search"),
                        new SettingProvenance.Value("retry.initial_delay", "\"5ms\"", 6, "hosts.\"es3:9200\""));
    }

    @Example
    void theHostsOfAPolicyMayBeAVariable() throws ConfigException {
        Configuration configuration = ConfigLoader.parse(
                "[policies.search]\nhosts = \"${NODES}\"\nretry.max_retries = 1\n",
                "t.toml",
                new Environment(Map.of("NODES", "es1:9200, es2:9200"), Map.of()));

        assertThat(configuration.policies().keySet())
                .extracting(HostPattern::toString)
                .containsExactlyInAnyOrder("es1:9200", "es2:9200");
    }

    @Example
    void aRouteWinsOverItsHostOverNamedPoliciesOverTheDefaults() throws ConfigException {
        Configuration configuration = ConfigLoader.parse("""
                [retry]
                max_retries = 1
                initial_delay = "1ms"
                max_delay = "100ms"
                attempt_timeout = "1s"
                deadline = "10s"
                [policies.a.retry]
                max_retries = 2
                initial_delay = "2ms"
                max_delay = "200ms"
                attempt_timeout = "2s"
                [policies.b.retry]
                max_retries = 3
                initial_delay = "3ms"
                max_delay = "300ms"
                [[policies.b.routes]]
                path = "/x"
                retry.replay_limit = 7
                mode = "observe"
                [policies.r.retry]
                max_retries = 6
                [hosts.h]
                policy = ["a", "b"]
                [hosts.h.retry]
                max_retries = 4
                initial_delay = "4ms"
                [[hosts.h.routes]]
                path = "/x"
                policy = "r"
                retry.initial_delay = "5ms"
                mode = "off"
                """, "t.toml");

        Policy host = policy(configuration, "h");
        assertThat(retries(host)).isEqualTo(4);
        assertThat(host.retry().backoff().maxNanos()).isEqualTo(300_000_000);
        assertThat(host.retry().attemptTimeoutNanos()).isEqualTo(2_000_000_000);
        assertThat(host.retry().deadlineNanos()).isEqualTo(10_000_000_000L);
        Policy route = host.of("GET", "/x");
        assertThat(retries(route)).isEqualTo(6);
        assertThat(route.retry().backoff().initialNanos()).isEqualTo(5_000_000);
        assertThat(route.retry().backoff().maxNanos()).isEqualTo(300_000_000);
        assertThat(route.retry().replayLimitBytes()).isEqualTo(7);
        assertThat(route.mode()).isEqualTo(dev.holdfast.policy.Mode.OFF);
        assertThat(host.routes()).hasSize(1);
        assertThat(configuration.provenance().values(route.name()))
                .contains(
                        new SettingProvenance.Value("retry.max_retries", "6", 21, "policies.r"),
                        new SettingProvenance.Value("retry.replay_limit", "\"7B\"", 18, "policies.b.routes"),
                        new SettingProvenance.Value("retry.deadline", "\"10s\"", 6, ""));
        assertThat(configuration.provenance().layers(route.name()))
                .extracting(SettingProvenance.Layer::from)
                .containsExactly(
                        "hosts.h.routes", "policies.r", "policies.b.routes", "hosts.h", "policies.b", "policies.a", "");
    }

    @Example
    void aPolicyThatOthersBuildOnComesBeforeThem() throws ConfigException {
        String text = """
                [policies.base.retry]
                max_retries = 1
                initial_delay = "1ms"
                [policies.b]
                policy = "base"
                retry.max_retries = 2
                [policies.c]
                policy = "base"
                retry.max_delay = "9s"
                [hosts.h]
                policy = ["b", "c"]
                """;

        Policy host = policy(ConfigLoader.parse(text, "t.toml"), "h");
        assertThat(retries(host)).isEqualTo(2);
        assertThat(host.retry().backoff().initialNanos()).isEqualTo(1_000_000);
    }

    /** The tables of a file may stand in any order. */
    @Property(tries = 100)
    void theOrderOfTheFileDoesNotMatter(@ForAll long seed) throws ConfigException {
        List<String> tables = new ArrayList<>(List.of(
                "[retry]\nmax_retries = 1\n",
                "[policies.base.retry]\nmax_retries = 2\ninitial_delay = \"2ms\"\n",
                "[policies.a]\npolicy = \"base\"\nhosts = [\"x\", \"*.y\"]\n[policies.a.retry]\nmax_delay = \"3s\"\n",
                "[policies.b.retry]\nmax_delay = \"4s\"\n",
                "[[policies.b.routes]]\npath = \"/p\"\nretry.max_retries = 5\n",
                "[hosts.x]\npolicy = \"b\"\n",
                "[hosts.\"*.y\"]\nmode = \"observe\"\n",
                "[hosts.z]\npolicy = [\"b\", \"a\"]\n"));
        String first = described(ConfigLoader.parse(String.join("", tables), "t.toml"));

        Collections.shuffle(tables, new Random(seed));

        assertThat(described(ConfigLoader.parse(String.join("", tables), "t.toml")))
                .isEqualTo(first);
    }

    private static String described(Configuration configuration) {
        List<String> all = new ArrayList<>();
        configuration.policies().forEach((pattern, policy) -> all.add(pattern + ": " + policy));
        Collections.sort(all);
        return String.join("\n", all);
    }
}
