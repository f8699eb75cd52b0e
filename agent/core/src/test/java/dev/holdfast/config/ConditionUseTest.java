package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.policy.Policy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests the warnings of conditions that have no use, and the bound of their number. */
class ConditionUseTest {
    private static final String BODY = "status = [429]\nbody = \"quota\"\naction = \"no_retry\"\n";
    private static final String HELD = "retry.buffer_response = \"16KiB\"\n";
    private static final String NO_BODY = "no effect while no body is held back";

    private static List<String> warnings(String text) {
        try {
            return ConfigLoader.parse(text, "t.toml").warnings().stream()
                    .map(Problem::toString)
                    .toList();
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aBodyThatBreaksIsNotedWhereNoneIsHeldBack() throws ConfigException {
        String errors = "[retry.policy]\nretryable_errors = [\"connection_refused\", \"premature_eof\"]\n";

        assertThat(ConfigLoader.parse(errors, "t.toml").notes())
                .singleElement()
                .asString()
                .startsWith(
                        "t.toml:2:1: retry.policy.retryable_errors: premature_eof in retryable_errors has no effect");
        assertThat(ConfigLoader.parse("[retry]\nbuffer_response = \"1KiB\"\n" + errors, "t.toml")
                        .notes())
                .isEmpty();
        assertThat(ConfigLoader.parse("[retry]\nmax_retries = 2\n", "t.toml").notes())
                .isEmpty();
    }

    @Test
    void aRouteThatHoldsNoBodyBackLeavesTheHostItsConditions() {
        assertThat(warnings("retry.buffer_response = \"16KiB\"\n[[hosts.a.retry.policy.when]]\n" + BODY
                        + "[[hosts.a.routes]]\npath = \"/download/**\"\nretry.buffer_response = 0\n"))
                .isEmpty();
    }

    @Test
    void oneRouteThatHoldsBodiesBackIsEnough() {
        assertThat(warnings(
                        "[[hosts.a.retry.policy.when]]\n" + BODY + "[[hosts.a.routes]]\npath = \"/graphql\"\n" + HELD))
                .isEmpty();
    }

    @Test
    void oneHostOfAPolicyThatHoldsBodiesBackIsEnough() {
        String policy = "[policies.q]\nhosts = [\"a\", \"b\"]\n[[policies.q.retry.policy.when]]\n" + BODY;

        assertThat(warnings(policy + "[hosts.a]\n" + HELD)).isEmpty();
        assertThat(warnings(policy)).singleElement().asString().contains("t.toml:3:1", NO_BODY);
    }

    @Test
    void eachListWithoutUseIsNamedOnce() {
        assertThat(warnings("[[retry.policy.when]]\n" + BODY + "[hosts.a]\nretry.max_retries = 1\n"
                        + "[[hosts.b.retry.policy.when]]\n" + BODY))
                .hasSize(2)
                .allSatisfy(warning -> assertThat(warning).contains(NO_BODY));
    }

    @Test
    void aConditionThatComesTooLateIsNamed() {
        assertShadowed("status = [503]\naction = \"retry\"", "status = [503]\naction = \"no_retry\"");
        assertShadowed("action = \"retry\"\nheaders.x-a = \"*\"", "action = \"retry\"\nheaders.X-A = \"no\"");
        assertShadowed(
                "action = \"no_retry\"\nheaders.x-a = [\"1\", \"2\"]", "action = \"no_retry\"\nheaders.X-A = \"1\"");
    }

    @Test
    void oneThatIsWiderInSomethingDecides() {
        assertDecides("status = [503]\naction = \"retry\"", "status = [\"200-599\"]\naction = \"no_retry\"");
        assertDecides("status = [503]\naction = \"retry\"", "status = [503, 502]\naction = \"no_retry\"");
        assertDecides("action = \"retry\"\nheaders.x-a = \"1\"", "action = \"retry\"\nheaders.x-a = \"*\"");
        assertDecides("action = \"retry\"\nheaders.x-a = \"1\"", "action = \"retry\"\nheaders.x-b = \"1\"");
        assertDecides("action = \"retry\"\nheaders.x-a = \"*\"", "action = \"no_retry\"\nheaders.x-a = \"1\"");
    }

    private static void assertShadowed(String first, String second) {
        assertThat(warnings(list(first, second))).singleElement().asString().contains("condition 2 never decides");
    }

    private static void assertDecides(String first, String second) {
        assertThat(warnings(list(first, second))).noneMatch(warning -> warning.contains("never decides"));
    }

    private static String list(String first, String second) {
        return "[[retry.policy.when]]\n" + first + "\n[[retry.policy.when]]\n" + second + "\n";
    }

    @Test
    void manyConditionsForManyHostsAreRefusedInOneLine() {
        StringBuilder hosts = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            hosts.append("[[hosts.h").append(i).append(".retry.policy.when]]\nstatus = [503]\naction = \"retry\"\n");
        }
        String allowed = many("retry.policy.when", 199) + hosts;
        String tooMany = many("retry.policy.when", 201) + hosts;

        assertThat(warnings(allowed)).isEmpty();
        assertThat(refusals(tooMany)).singleElement().asString().contains("t.toml:1:1", "more than 200 conditions");
        assertThat(refusals(many("retry.policy.when", 150) + many("policies.p.retry.policy.when", 51)
                        + "[hosts.a]\npolicy = \"p\"\n[hosts.b]\npolicy = \"p\"\n"))
                .singleElement()
                .asString()
                .contains("policies.p.retry.policy.when", "more than 200 conditions");
    }

    @Test
    void hostsThatAddNoConditionShareOneList() throws ConfigException {
        StringBuilder text = new StringBuilder(many("retry.policy.when", 100));
        for (int i = 0; i < 50; i++) {
            text.append("[hosts.h").append(i).append("]\nretry.max_retries = 2\n");
        }
        Set<Integer> lists = new HashSet<>();
        for (Policy policy :
                ConfigLoader.parse(text.toString(), "t.toml").policies().values()) {
            lists.add(System.identityHashCode(policy.retry().conditions()));
        }

        assertThat(lists).hasSize(1);
    }

    private static List<String> refusals(String text) {
        return catchThrowableOfType(ConfigException.class, () -> ConfigLoader.parse(text, "t.toml")).problems().stream()
                .map(Problem::toString)
                .toList();
    }

    private static String many(String table, int number) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < number; i++) {
            text.append("[[")
                    .append(table)
                    .append("]]\nheaders.x-h = \"")
                    .append(i)
                    .append("\"\naction = \"retry\"\n");
        }
        return text.toString();
    }
}
