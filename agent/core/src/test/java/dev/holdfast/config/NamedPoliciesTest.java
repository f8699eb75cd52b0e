package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

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

    @Example
    void aLongRingIsCalledACircleOnce() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            text.append("[policies.p")
                    .append(i)
                    .append("]\npolicy = \"p")
                    .append((i + 1) % 200)
                    .append("\"\n");
        }
        text.append("[hosts.a]\npolicy = \"p0\"\n");

        ConfigException refused =
                catchThrowableOfType(ConfigException.class, () -> ConfigLoader.parse(text.toString(), "t.toml"));

        assertThat(refused.problems())
                .singleElement()
                .asString()
                .contains("the policies build on each other in a circle of 200: p51 > p52 > p53", " > ... > p51");
    }

    @Example
    void aChainThatIsFarTooLongIsOneErrorAndHidesNoOther() {
        StringBuilder text = new StringBuilder("[policies.p5000.retry]\nmax_retries = 1\n");
        for (int i = 0; i < 5000; i++) {
            text.append("[policies.p")
                    .append(i)
                    .append("]\npolicy = \"p")
                    .append(i + 1)
                    .append("\"\n");
        }
        text.append("[hosts.a]\npolicy = \"p0\"\n[hosts.b]\npolicy = \"p0\"\n[hosts.c]\npolicy = \"none\"\n");

        ConfigException refused =
                catchThrowableOfType(ConfigException.class, () -> ConfigLoader.parse(text.toString(), "t.toml"));

        assertThat(refused.problems()).hasSize(2);
        assertThat(refused.problems().get(0).message()).isEqualTo("builds on more than 50 policies");
        assertThat(refused.problems().get(1).message()).startsWith("there is no policy \"none\"");
    }

    @Example
    void aLongChainIsNoCircle() {
        StringBuilder text = new StringBuilder("[policies.p60.retry]\nmax_retries = 1\n[hosts.a]\npolicy = \"p0\"\n");
        for (int i = 0; i < 60; i++) {
            text.append("[policies.p")
                    .append(i)
                    .append("]\npolicy = \"p")
                    .append(i + 1)
                    .append("\"\n");
        }

        ConfigException refused =
                catchThrowableOfType(ConfigException.class, () -> ConfigLoader.parse(text.toString(), "t.toml"));

        assertThat(refused.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).isEqualTo("builds on more than 50 policies"));
    }

    @Example
    void aPolicyThatTwoOthersBuildOnIsNoCircleWhereTheyAreTooMany() {
        StringBuilder text = new StringBuilder("[hosts.a]\npolicy = \"p0\"\n");
        for (int i = 0; i < 60; i++) {
            text.append("[policies.p").append(i).append("]\npolicy = [");
            for (int base = i + 1; base < Math.min(60, i + 3); base++) {
                text.append("\"p").append(base).append("\", ");
            }
            text.append("]\n");
        }

        ConfigException refused =
                catchThrowableOfType(ConfigException.class, () -> ConfigLoader.parse(text.toString(), "t.toml"));

        assertThat(refused.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).isEqualTo("builds on more than 50 policies"));
    }

    @Example
    void ofManyNamesTheFirstAreListed() {
        StringBuilder text = new StringBuilder("[hosts.a]\npolicy = \"none-of-these\"\n");
        for (int i = 0; i < 30; i++) {
            text.append("[policies.p")
                    .append(i)
                    .append("]\nhosts = \"h")
                    .append(i)
                    .append("\"\n");
        }

        ConfigException refused =
                catchThrowableOfType(ConfigException.class, () -> ConfigLoader.parse(text.toString(), "t.toml"));

        assertThat(refused.getMessage()).endsWith("known are p0, p1, p2, p3, p4, p5, p6, p7, p8, p9 and 20 more");
    }

    @Example
    void hostsWithTheSamePartsShareWhatIsMadeOfThem() throws ConfigException {
        Configuration configuration = ConfigLoader.parse("""
                [policies.p]
                hosts = ["a", "b"]
                retry.policy.retryable_status_codes = [418]
                [[policies.p.routes]]
                path = "/x"
                [hosts.c]
                policy = "p"
                [hosts.d]
                policy = "p"
                retry.max_retries = 1
                """, "t.toml");
        List<Policy> policies = List.copyOf(configuration.policies().values());

        assertThat(policies).extracting(Policy::name).containsExactly("c", "d", "a", "b");
        assertThat(policies)
                .extracting(policy -> policy.routes().get(0).policy().name())
                .containsExactly("c /x", "d /x", "a /x", "b /x");
        for (int i : new int[] {2, 3}) {
            assertThat(policies.get(i).retry()).isSameAs(policies.get(0).retry());
            assertThat(policies.get(i).routes().get(0).policy().retry())
                    .isSameAs(policies.get(0).routes().get(0).policy().retry());
        }
        assertThat(policies.get(1).retry().maxRetries()).isEqualTo(1);
    }
}
