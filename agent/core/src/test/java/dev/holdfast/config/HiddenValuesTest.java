package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests that warnings and explanations name the source of a value from outside the file, and never show it. */
class HiddenValuesTest {
    private static Configuration parse(String text, String... variables) throws ConfigException {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            map.put(variables[i], variables[i + 1]);
        }
        return ConfigLoader.parse(text, "t.toml", new Environment(map, Map.of()));
    }

    @Test
    void noRestrictionShowsAValueFromOutside() throws ConfigException {
        Configuration configuration = parse(
                """
                [retry]
                replay_limit = "${LIMIT}"
                initial_delay = "${FIRST}"
                max_delay = "${LONGEST}"
                deadline = "3s"
                buffer_response = "${HELD}"
                [retry.policy]
                one_time_headers = ["${ONCE}"]
                retryable_errors = ["${ERROR}", "premature_eof", "dns_resolution"]
                [hosts."a.example"]
                retry.max_delay = "4s"
                """,
                "LIMIT",
                "77KiB",
                "FIRST",
                "3700ms",
                "LONGEST",
                "3800ms",
                "HELD",
                "78KiB",
                "ONCE",
                "X-Once-Hidden",
                "ERROR",
                "connection_refused");
        for (String host : List.of("a.example", "b.example")) {
            RequestUrl url = RequestUrl.parse("http://" + host + "/");
            String shown = Explanation.of(configuration, "PUT", url).restrictions() + "\n"
                    + Explanation.of(configuration, "PUT", url, new RequestShape(Set.of("X-Once-Hidden"), true, null))
                            .restrictions();

            assertThat(shown.lines().toList().get(1)).contains("the request carries the value of ");
            assertThat(shown)
                    .contains("recorded up to the value of \"${LIMIT}\"")
                    .contains("bodies larger than the value of \"${HELD}\"")
                    .contains("waits for the value of \"${FIRST}\"")
                    .doesNotContain(
                            "77 KiB", "77KiB", "78 KiB", "78KiB", "3.7", "3700", "3.8", "3800", "X-Once-Hidden");
        }
    }

    @Test
    void noFaultShowsAValueFromOutside() throws ConfigException {
        String text = """
                [faults]
                armed = "${ARMED}"
                until = "${UNTIL}"
                [hosts."a.example".fault]
                share = "${SHARE}"
                status = "${STATUS}"
                """;
        Configuration configuration =
                parse(text, "ARMED", "true", "UNTIL", "2031-07-09T10:00:00Z", "SHARE", "0.71", "STATUS", "507");

        assertThat(Explanation.of(configuration, "GET", RequestUrl.parse("http://a.example/")) + "\n"
                        + configuration.warnings() + configuration.notes())
                .contains("until the value of \"${UNTIL}\", a share of the value of \"${SHARE}\" of the attempts gets"
                        + " the fault that is the value of \"${STATUS}\"")
                .doesNotContain("2031-07", "0.71", "507");
    }

    @Test
    void noWarningOfTheCacheShowsAValueFromOutside() throws ConfigException {
        String text = "retry.fallback = { strategy = \"cache\", cache_max_body = \"${BODY}\","
                + " cache_max_bytes = \"${BYTES}\", cache_ignore_headers = [\"${HEADER}\"] }\n";

        assertThat(parse(text, "BODY", "77KiB", "BYTES", "66KiB", "HEADER", "authorization")
                        .warnings()
                        .toString())
                .contains("cache_max_body = \"${BODY}\" is above cache_max_bytes = \"${BYTES}\"")
                .contains("[\"${HEADER}\"] tells callers apart")
                .doesNotContain("77", "66", "authorization");
    }

    @Test
    void aKeyThatIsSetByItsNameLeavesItsPartOfTheFileAmongThoseOfAPolicy() throws ConfigException {
        Configuration configuration = parse(
                "[retry]\ninitial_delay = \"2s\"\n[hosts.a]\nretry.max_retries = 1\n",
                "HOLDFAST_RETRY_MAX_DELAY",
                "20s",
                "HOLDFAST_MODE",
                "enforce");

        assertThat(configuration.provenance().layers("a"))
                .extracting(SettingProvenance.Layer::line)
                .containsExactly(4, 2);
    }

    @Test
    void noHintOfOtherInstancesShowsAThresholdFromOutside() throws ConfigException {
        String text = """
                [store]
                url = "redis://localhost"
                share_breaker_hints = true
                [retry.circuit_breaker]
                enabled = true
                failure_threshold = "${ROW}"
                failure_rate_threshold = 0.5
                minimum_calls = "${CALLS}"
                """;
        RequestUrl url = RequestUrl.parse("http://a.example/");

        String shown = Explanation.of(parse(text, "ROW", "1234", "CALLS", "97"), "GET", url)
                .restrictions()
                .toString();

        assertThat(shown)
                .contains("about half as many failures in a row as the value of \"${ROW}\" says or"
                        + " about half as many calls in the window as the value of \"${CALLS}\" says")
                .doesNotContain("1234", "617", "97", "49");
        assertThat(Explanation.of(parse(text, "ROW", "1", "CALLS", "1"), "GET", url)
                        .restrictions()
                        .toString())
                .isEqualTo(shown);
    }

    @Test
    void aSecretThatLooksLikeAVariableIsNotRepeated() throws ConfigException {
        String text = """
                [store]
                url = "redis://localhost"
                username = "$ecretUser"
                password = "$ecretPassw0rd"
                key = "$ecretKeyecretKeyecretKeyecretKeyecret"
                [retry.fallback]
                strategy = "default_value"
                default_value.headers = { X-A = "$ecretHeader" }
                default_value.body = "$ecretBody"
                [[retry.policy.when]]
                status = [503]
                headers = { x-b = "$ecretWhen", x-c = "%ecretWindows%" }
                json = { "/a" = "$ecretJson" }
                body = "$ecretText"
                action = "retry"
                [retry.policy]
                retry_headers = { x-d-retry = "$ecretRetry" }
                no_retry_headers = { x-e = "$ecretNoRetry" }
                [metrics.otlp]
                url = "http://localhost/$ecretUrl"
                resource_attributes = { a = "$ecretAttribute" }
                headers = { x-f = "Bearer $ecretOtlp" }
                """;
        String said = parse(text).warnings().toString();

        assertThat(said)
                .doesNotContain("ecret")
                .contains("store.password: is taken literally; a variable is written ${NAME}")
                .contains("retry.policy.when.json: is taken literally; a variable is written ${NAME}");
        assertThat(said.split("is taken literally; a variable is written \\$\\{NAME}", -1))
                .hasSize(15);
    }

    @Test
    void aValueThatSetsAKeyByItsNameAndLooksLikeAVariableIsWarnedOf() throws ConfigException {
        for (String value : List.of("${CACHE_DIR}/h-hidden", "$CACHE_DIR/h-hidden", "%CACHE%/h-hidden", "~/h-hidden")) {
            String text = "[retry.fallback]\nstrategy = \"cache\"\n";
            String variable = "HOLDFAST_RETRY_FALLBACK_CACHE_DIR";
            String property = "holdfast.retry.fallback.cache_dir";

            assertThat(parse(text, variable, value).warnings().toString())
                    .contains("the value of " + variable + " looks like a variable, and is taken literally")
                    .doesNotContain("hidden", "CACHE%", "{CACHE", "$CACHE");
            assertThat(ConfigLoader.parse(text, "t.toml", new Environment(Map.of(), Map.of(property, value)))
                            .warnings()
                            .toString())
                    .contains("the value of -D" + property + " looks like a variable, and is taken literally")
                    .doesNotContain("hidden", "CACHE%", "{CACHE", "$CACHE");
        }
        String store = "[store]\nurl = \"redis://localhost\"\n[retry]\nmax_retries = 1\n";
        assertThat(parse(store, "HOLDFAST_STORE_PASSWORD", "$ecretPassw0rd${").warnings())
                .isEmpty();
        assertThat(parse(store, "HOLDFAST_STORE_PASSWORD", "${PW}").warnings()).hasSize(1);
        assertThat(parse("[retry]\n", "HOLDFAST_RETRY_POLICY_METHODS", "*")
                        .warnings()
                        .toString())
                .contains("HOLDFAST_RETRY_POLICY_METHODS: \"*\" is taken literally, as the name of a method");
    }

    @Test
    void aValueFromOutsideThatHoldsAVariableIsWarnedOf() throws ConfigException {
        String text = "[retry.fallback]\nstrategy = \"cache\"\ncache_dir = \"$${literal}/${CD}\"\n";

        assertThat(parse(text, "CD", "${HIDDEN_HOME}/h-hidden").warnings())
                .singleElement()
                .asString()
                .startsWith("t.toml:3:1: retry.fallback.cache_dir: the value of CD holds what looks like a variable")
                .doesNotContain("HIDDEN", "hidden");
        assertThat(parse(text, "CD", "/price$/${").warnings()).isEmpty();
    }

    @Test
    void aWaitThatTheJitterFromOutsideHasChangedIsNotShown() throws ConfigException {
        String text = "[retry]\ninitial_delay = \"10s\"\ndeadline = \"4s\"\njitter = \"${JITTER}\"\n";
        RequestUrl url = RequestUrl.parse("http://a.example/");

        for (String jitter : List.of("equal", "true", "false")) {
            assertThat(Explanation.of(parse(text, "JITTER", jitter), "GET", url)
                            .restrictions()
                            .toString())
                    .contains("the first retry waits for longer, with the jitter that is the value of \"${JITTER}\"")
                    .doesNotContain("waits for 5 s", "waits for 9 s", "5s", "9s");
        }
    }
}
