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
}
