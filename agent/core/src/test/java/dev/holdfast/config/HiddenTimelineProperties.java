package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.simulation.OutcomeScript;
import dev.holdfast.simulation.Simulation;
import dev.holdfast.simulation.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/** A timeline names a value from outside the file by its source; only what a call does follows from it. */
@PropertyDefaults(tries = 300)
class HiddenTimelineProperties {
    private static final String MARKER = "7919";

    private static final Pattern INSTANT = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z");

    /**
     * Keys of a policy in which nearly every reason of a timeline may come up, each overridden by one of the tables.
     */
    private static final List<String> BASES = List.of("[retry]\nmax_retries = 2\n", """
            [store]
            url = "redis://localhost"
            share_breaker_hints = true
            [retry]
            deadline = "500ms"
            buffer_response = "1KiB"
            policy.retryable_errors = ["premature_eof", "dns_resolution"]
            [retry.circuit_breaker]
            enabled = true
            failure_rate_threshold = 0.5
            """, """
            [retry]
            max_retries = 1
            jitter = false
            circuit_breaker = { enabled = true, failure_threshold = 2 }
            fallback.strategy = ["cache", "default_value", "degraded"]
            fallback.degraded.url = "https://b.example"
            fallback.default_value.body = "x"
            """, """
            [limits]
            max_rate = "1/h"
            [retry]
            deadline = "2h"
            """, """
            [limits]
            max_concurrent = 1
            [retry]
            max_retries = 0
            hedge.delay = "1ms"
            buffer_response = "1KiB"
            """);

    private static final List<String> SCRIPTS =
            List.of("503", "timeout", "429:retry-after=100000", "503:3h", "refused,200:2h", "eof", "404", "200:2h,503");

    @Property
    void noTimelineHoldsAValueFromOutside(
            @ForAll("keys") Key<?> key, @ForAll("bases") String base, @ForAll("scripts") String script) {
        String text = base + "[hosts.\"a.example\"]\n" + key.path() + " = \"${MARKER}\"\n";
        for (String value : values(key)) {
            Configuration configuration;
            try {
                configuration = ConfigLoader.parse(text, "t.toml", new Environment(Map.of("MARKER", value), Map.of()));
            } catch (ConfigException e) {
                continue; // not with this base
            }
            for (String method : List.of("GET", "POST")) {
                for (String told : told(configuration, method, script)) {
                    assertThat(told).as(text).doesNotContainPattern(marker(value));
                }
                RequestUrl url = RequestUrl.parse("http://a.example/x");
                RequestShape once = new RequestShape(Set.of("X-Once", "X-" + MARKER), true, null);
                for (RequestShape shape : List.of(RequestShape.PLAIN, once)) {
                    assertThat(Explanation.of(configuration, method, url, shape).restrictions())
                            .as(text)
                            .allSatisfy(restriction ->
                                    assertThat(restriction.text()).doesNotContainPattern(marker(value)));
                }
            }
        }
    }

    @Example
    void eachReasonNamesTheSource() throws ConfigException {
        String text = """
                [retry]
                max_retries = "${N}"
                policy.max_retry_after = "${AFTER}"
                attempt_timeout = "${TIME}"
                policy.one_time_headers = ["${ONCE}"]
                fallback.strategy = ["cache", "default_value", "degraded"]
                fallback.cache_ttl = "${TTL}"
                fallback.default_value.status = "${STATUS}"
                fallback.degraded.url = "https://b.example"
                fallback.degraded.timeout = "${OTHER}"
                """;
        Map<String, String> variables = Map.of(
                "N", "1", "AFTER", "19s", "TIME", "23s", "ONCE", "X-Once", "TTL", "29m", "STATUS", "203", "OTHER",
                "31s");
        Configuration configuration = ConfigLoader.parse(text, "t.toml", new Environment(variables, Map.of()));

        assertThat(String.join("\n", told(configuration, "GET", "timeout")))
                .contains(
                        "it has the value of \"${TIME}\" (attempt_timeout)",
                        "no response within the value of \"${TIME}\"",
                        "a response of at most the value of \"${TTL}\"",
                        "the status that is the value of \"${STATUS}\"",
                        "for the value of \"${OTHER}\" at most");
        assertThat(String.join("\n", told(configuration, "GET", "429:retry-after=1000")))
                .contains("more than max_retry_after = the value of \"${AFTER}\"");
        assertThat(String.join("\n", told(configuration, "GET", "503")))
                .contains("it carries the value of ", "no retry is left of max_retries = the value of \"${N}\"")
                .doesNotContain("X-Once");
    }

    @Example
    void aResponseOfSeveralIsNamedByItsKey() throws ConfigException {
        String text = """
                [retry]
                max_retries = 0
                [retry.fallback]
                strategy = "default_value"
                default_value.body = "x"
                [[retry.fallback.default_value.answers]]
                path = "/*"
                status = "${STATUS}"
                """;
        Configuration configuration =
                ConfigLoader.parse(text, "t.toml", new Environment(Map.of("STATUS", "203"), Map.of()));

        assertThat(String.join("\n", told(configuration, "GET", "503")))
                .contains("(a response of retry.fallback.default_value.answers, of which the file does not show every"
                        + " value)")
                .doesNotContain("203", "status the value");
    }

    @Example
    void soDoesEachRejection() throws ConfigException {
        String rate = "[limits]\nmax_rate = \"1/h\"\nmax_wait = \"${WAIT}\"\n[retry]\nmax_retries = 0\n";
        String deadline = "[retry]\njitter = false\nmax_delay = \"9s\"\ndeadline = \"${WAIT}\"\n";

        assertThat(String.join("\n", told(parse(rate, "WAIT", "17s"), "GET", "200")))
                .contains("its turn would not come within the value of \"${WAIT}\"")
                .contains("java.net.ConnectException that names origin and reason")
                .doesNotContain("17");
        assertThat(String.join("\n", told(parse(deadline, "WAIT", "1300ms"), "GET", "503,503:10s")))
                .contains("it has the value of \"${WAIT}\" (what is left of the deadline)")
                .contains("deadline = the value of \"${WAIT}\" leaves no time")
                .doesNotContain("1.3 s");
    }

    private static Configuration parse(String text, String name, String value) throws ConfigException {
        return ConfigLoader.parse(text, "t.toml", new Environment(Map.of(name, value), Map.of()));
    }

    private static List<String> told(Configuration configuration, String method, String script) {
        List<String> told = new ArrayList<>();
        for (Set<String> headers : List.of(Set.<String>of(), Set.of("X-Once", "X-" + MARKER))) {
            RequestUrl url = RequestUrl.parse("http://a.example/x");
            Timeline timeline = Simulation.of(configuration.policies(), url.origin(), url.path())
                    .method(method)
                    .headers(headers)
                    .sources(configuration.provenance()::source)
                    .run(OutcomeScript.parse(script), 4);
            for (Timeline.Call call : timeline == null ? List.<Timeline.Call>of() : timeline.calls()) {
                for (Timeline.Event event : call.events()) {
                    // How long a call waits is what it does, and an instant is the clock's.
                    String said = INSTANT.matcher(event.text()).replaceAll("an instant");
                    told.add(event.kind() == Timeline.Kind.WAIT ? "" : said);
                }
            }
        }
        return told;
    }

    /** Values that some key or another takes, and that no script and no default has. */
    private static List<String> values(Key<?> key) {
        return switch (key.type()) {
            case DURATION, HEDGE_DELAY -> List.of("7919ms", "7919s");
            case SIZE -> List.of("7919");
            case INTEGER -> List.of("7919", "207", "13");
            case RATE -> List.of("7919/7919s", "1/7919s");
            case HEADER_NAMES -> List.of("X-7919");
            default -> List.of();
        };
    }

    /** The value in each form in which a text may show it. */
    private static Pattern marker(String value) {
        return switch (value) {
            case "7919ms" -> Pattern.compile("7919|7[.]9");
            case "7919s", "7919/7919s", "1/7919s" -> Pattern.compile("7919|2 h 1[12] min");
            default -> Pattern.compile("(?<!attempt )\\b" + Pattern.quote(value) + "\\b");
        };
    }

    @Provide
    Arbitrary<Key<?>> keys() {
        List<Key<?>> keys = new ArrayList<>();
        for (Key<?> key : Keys.all()) {
            if (key.perHost() && !values(key).isEmpty()) {
                keys.add(key);
            }
        }
        return Arbitraries.of(keys);
    }

    @Provide
    Arbitrary<String> bases() {
        return Arbitraries.of(BASES);
    }

    @Provide
    Arbitrary<String> scripts() {
        return Arbitraries.of(SCRIPTS);
    }
}
