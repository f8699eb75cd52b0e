package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryCondition;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Tests which conditions a host and a route have: their own, and then those of what they build on. */
class ConditionInheritanceTest {
    private static final String FILE = """
            [[retry.policy.when]]
            status = [401]
            action = "no_retry"
            [[policies.base.retry.policy.when]]
            status = [402]
            action = "no_retry"
            [[policies.base.retry.policy.when]]
            status = [403]
            action = "no_retry"
            [policies.none.retry.policy]
            when = []
            [hosts."own.example"]
            policy = "base"
            [[hosts."own.example".retry.policy.when]]
            status = [404]
            action = "no_retry"
            [[hosts."own.example".routes]]
            path = "/a"
            policy = "base"
            [[hosts."own.example".routes.retry.policy.when]]
            status = [405]
            action = "no_retry"
            [[hosts."own.example".routes]]
            path = "/b"
            retry.policy.when = []
            [hosts."inherits.example"]
            policy = "base"
            [hosts."instead.example"]
            policy = ["base", "none"]
            [[hosts."instead.example".retry.policy.when]]
            status = [406]
            action = "no_retry"
            [hosts."empty.example".retry.policy]
            when = []
            """;

    private final Configuration configuration = parse(FILE);

    private static Configuration parse(String text) {
        try {
            return ConfigLoader.parse(text, "t.toml");
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theOwnOnesComeBeforeThoseOfNamedPoliciesAndOfTheTop() {
        assertThat(statuses(host("own.example"))).containsExactly(404, 402, 403, 401);
        assertThat(statuses(host("inherits.example"))).containsExactly(402, 403, 401);
        assertThat(statuses(host("*"))).containsExactly(401);
    }

    @Test
    void thoseOfARouteComeBeforeThoseOfItsHostAndEachIsThereOnce() {
        assertThat(statuses(host("own.example").routes().get(0).policy())).containsExactly(405, 402, 403, 404, 401);
    }

    @Test
    void anEmptyListLeavesTheInheritedOnesOut() {
        assertThat(statuses(host("empty.example"))).isEmpty();
        assertThat(statuses(host("own.example").routes().get(1).policy())).isEmpty();
        assertThat(statuses(host("instead.example"))).containsExactly(406);
    }

    @Test
    void anExplanationShowsEachPartThatHasSome() {
        assertThat(shown("own.example"))
                .containsExactly("*** 14 hosts.\"own.example\"", "*** 4 policies.base", "*** 1 ");
        assertThat(shown("instead.example")).containsExactly("*** 30 hosts.\"instead.example\"", "[] 11 policies.none");
        assertThat(shown("empty.example")).containsExactly("[] 34 hosts.\"empty.example\"");
    }

    @Test
    void aHostsOwnConditionLeavesThoseOfItsPresetInForce() {
        Configuration stripe = parse("[hosts.\"a.example\"]\npolicy = \"preset:stripe\"\n"
                + "[[hosts.\"a.example\".retry.policy.when]]\nstatus = [409]\naction = \"retry\"\n");
        List<RetryCondition> own = policy(stripe, "a.example").retry().conditions();
        List<RetryCondition> preset = policy(parse("[hosts.\"a.example\"]\npolicy = \"preset:stripe\"\n"), "a.example")
                .retry()
                .conditions();

        assertThat(preset).hasSize(2);
        assertThat(own.subList(1, own.size())).isEqualTo(preset);
        assertThat(own.get(0).statuses()).containsExactly(409);
        assertThat(stripe.provenance().values("a.example"))
                .filteredOn(value -> value.key().equals("retry.policy.when"))
                .extracting(SettingProvenance.Value::from)
                .containsExactly("hosts.\"a.example\"", "preset:stripe");
    }

    @Test
    void aConditionThatHidesAnInheritedOneIsMeantTo() {
        Configuration narrowed = parse("""
                [[retry.policy.when]]
                status = [503]
                headers = { "x-final" = "yes" }
                action = "no_retry"
                [[hosts."a.example".retry.policy.when]]
                status = [503]
                action = "retry"
                """);

        assertThat(narrowed.warnings()).isEmpty();
    }

    private Policy host(String pattern) {
        return policy(configuration, pattern);
    }

    private static Policy policy(Configuration configuration, String pattern) {
        return Objects.requireNonNull(configuration.policies().get(HostPattern.parse(pattern)));
    }

    private static List<Integer> statuses(Policy policy) {
        return policy.retry().conditions().stream()
                .map(condition -> condition.statuses().iterator().next())
                .toList();
    }

    private List<String> shown(String policy) {
        return configuration.provenance().values(policy).stream()
                .filter(value -> value.key().equals("retry.policy.when"))
                .map(value -> value.text() + " " + value.line() + " " + value.from())
                .toList();
    }
}
