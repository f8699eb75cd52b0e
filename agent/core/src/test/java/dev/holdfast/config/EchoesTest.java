package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that one fault of a file is one error, and that no error hides another one. */
class EchoesTest {
    private static List<String> errors(String text) {
        return catchThrowableOfType(ConfigException.class, () -> ConfigLoader.parse(text, "t.toml")).problems().stream()
                .map(Problem::toString)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[retry.fallback]\nstrategy = \"default_value\"\ndefault_value.body = \"abc\\q\"",
                "[hosts.\"a.ex\"]\nretry.max_retries = 1\n[[hosts.\"a.ex\".routes]]\npath = \"/x\nmethods = [\"GET\"]",
                "[retry]\n[[retry.policy.when]]\nstatus = [503]\naction = no_retry",
                "[retry]\n[[retry.policy.when]]\nstatus = 5xx\naction = \"retry\"",
                "[retry]\n[retry.fallback]\nstrategy = [\"degraded\"]\ndegraded.url = http://x.ex",
                "[retry]\n[store]\nurl = \"redis://a,b\"\ncluster = yes",
                "[hosts.\"a.ex\"]\npolicy = \"p\"\n[policies.p.retry\nmax_retries = 2",
                "[retry]\n[fault]\nshare = 0.1\nstatus = 503\n[faults]\narmed = true\nuntil = 2031",
                "[retry]\n[limits]\nmax_rate = \"1/s\"\nscope = \"fleet\"\n[store]\nurl = redis://a"
            })
    void whatCannotBeReadIsNotSaidToBeMissing(String text) {
        if (text.endsWith("2031")) {
            assertThat(errors(text)).singleElement().asString().contains("faults.until: found 2031");
        } else {
            assertThat(errors(text)).singleElement().asString().contains("not valid TOML");
        }
    }

    @Test
    void aKeyThatIsNotKnownIsNotMissingToo() {
        assertThat(errors("[[retry.policy.when]]\nstatuses = [503]\naction = \"retry\"\n"))
                .containsExactly("t.toml:2:1: retry.policy.when.statuses: unknown key; did you mean status?");
        assertThat(errors("[[retry.policy.when]]\nstatus = [503]\nacton = \"retry\"\n"))
                .containsExactly("t.toml:3:1: retry.policy.when.acton: unknown key; did you mean action?");
        assertThat(errors("[[retry.policy.when]]\nstatuses = [503]\naction = \"retry\"\n[[retry.policy.when]]\n"))
                .hasSize(2)
                .last()
                .asString()
                .contains("t.toml:4:1: retry.policy.when: has no action");
    }

    @Test
    void anErrorInTheStoreHidesNoOther() {
        String rest = "namespace = \"a b\"\nkey = \"short\"\ntimeout = \"1h\"\n";

        assertThat(errors("[retry]\n[store]\nurl = \"http://a\"\n" + rest))
                .extracting(error -> error.substring(0, error.indexOf(": ", error.indexOf(": ") + 1)))
                .containsExactly(
                        "t.toml:3:1: store.url",
                        "t.toml:4:1: store.namespace",
                        "t.toml:5:1: store.key",
                        "t.toml:6:1: store.timeout");
        assertThat(errors("[retry]\n[store]\nurl = 1\n" + rest)).hasSize(4);
        assertThat(errors("[retry]\n[store]\nurl = \"redis://a,b\"\ncluster = 1\n"))
                .containsExactly("t.toml:4:1: store.cluster: found 1; allowed: true or false");
    }

    @Test
    void aPolicyInTheWrongPlaceIsShownTheRightOne() {
        assertThat(errors("policy = \"preset:stripe\"\n[retry]\n"))
                .containsExactly(
                        "t.toml:1:1: policy: not allowed at the top; name it for hosts, as in [hosts.\"*\"] with"
                                + " policy = ..., and define it in [policies.NAME]");
        assertThat(errors("[hosts.a]\npolicies = \"p\"\n"))
                .containsExactly("t.toml:2:1: hosts.a.policies: unknown key; did you mean policy?");
        assertThat(errors("[hosts.a]\nretry.policy = \"p\"\n"))
                .containsExactly("t.toml:2:1: hosts.a.retry.policy: found a string; allowed: a table; a named policy is"
                        + " named beside retry, by policy = ... for a host");
        assertThat(errors("[hosts.a]\npolicy = \"presets:stripe\"\n"))
                .containsExactly("t.toml:2:1: hosts.a.policy: there is no policy \"presets:stripe\"; did you mean"
                        + " \"preset:stripe\"?");
        assertThat(errors("[hosts.a]\npolicy = \"p:x\"\n[policies.px]\nmode = \"off\"\n"))
                .containsExactly("t.toml:2:1: hosts.a.policy: there is no policy \"p:x\"; did you mean \"px\"?");
    }

    @Test
    void aClientIsSwitchedByAVariableThatAShellCanSet() throws ConfigException {
        Configuration configuration = ConfigLoader.parse(
                "[retry]\nmax_retries = 1\n",
                "t.toml",
                new Environment(
                        Map.of(
                                "HOLDFAST_CLIENTS_APACHE_HTTPCLIENT5", "false",
                                "HOLDFAST_CLIENTS_JAVA_NET_HTTP", "false",
                                "HOLDFAST_CLIENTS_APACHE_HTTP_CLIENT5", "false"),
                        Map.of()));

        assertThat(configuration.clientsOff()).containsOnlyKeys("apache-httpclient5", "java.net.http");
        assertThat(configuration.warnings())
                .extracting(Problem::message)
                .containsExactly("HOLDFAST_CLIENTS_APACHE_HTTP_CLIENT5 sets no key; did you mean"
                        + " HOLDFAST_CLIENTS_APACHE_HTTPCLIENT5?");
    }

    @Test
    void noHeaderToWaitForLeavesNothingToItsLimit() throws ConfigException {
        assertThat(ConfigLoader.parse("[retry.policy]\nwait_headers = []\nmax_retry_after = \"5s\"\n", "t.toml")
                        .warnings())
                .extracting(Problem::toString)
                .containsExactly("t.toml:3:1: retry.policy.max_retry_after: has no effect: wait_headers = [] leaves no"
                        + " header that says how long to wait");
    }

    @Test
    void theNewestKeysAreTreatedAsTheOthers() throws ConfigException {
        assertThat(errors("[hosts.a]\nfaults.armed = true\nstore.instances = 3\n"))
                .containsExactly(
                        "t.toml:2:1: hosts.a.faults: not allowed for a single host; move it to the top of the file",
                        "t.toml:3:1: hosts.a.store: not allowed for a single host; move it to the top of the file");
        assertThat(errors("[retry]\n[faults]\nuntil = 2036-01-01T00:00:00Z\n"))
                .containsExactly(
                        "t.toml:3:1: faults.until: found the date or time 2036-01-01T00:00Z; allowed: a string;"
                                + " did you mean \"2036-01-01T00:00Z\"?");
        assertThat(warnings("[retry]\n[store]\nurl = \"redis://a\"\ninstances = 3\n"))
                .containsExactly("t.toml:4:1: store.instances: has no effect: no max_rate has scope = \"fleet\"");
        assertThat(warnings("[retry]\n[store]\ninstances = 3\n"))
                .containsExactly("t.toml:3:1: store.instances: has no effect: there is no store; add url ="
                        + " \"redis://host:6379\"");
        assertThat(warnings("[store]\nurl = \"redis://a\"\ninstances = 3\n[policies.p]\nhosts = \"a\"\n"
                        + "limits = { scope = \"fleet\", max_rate = \"1/s\" }\n"))
                .isEmpty();
        ConfigException refused = catchThrowableOfType(
                ConfigException.class,
                () -> ConfigLoader.parse("[retry]\nmax_retries = 1\n[store]\ninstances = 0\n", "t.toml"));
        assertThat(refused.problems()).hasSize(1);
        assertThat(refused.warnings()).isEmpty();
    }

    private static List<String> warnings(String text) throws ConfigException {
        return ConfigLoader.parse(text, "t.toml").warnings().stream()
                .map(Problem::toString)
                .filter(warning -> !warning.contains("retry: is empty"))
                .toList();
    }
}
