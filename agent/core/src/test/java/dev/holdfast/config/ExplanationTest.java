package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.config.Explanation.Candidate;
import dev.holdfast.config.Explanation.Restriction;
import dev.holdfast.config.Explanation.Verdict;
import dev.holdfast.policy.Mode;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExplanationTest {
    private static final String FILE = """
            [retry]
            max_retries = 1
            [hosts."*.example.com".retry]
            initial_delay = "2s"
            [hosts."api.example.com".retry.fallback]
            strategy = "default_value"
            [hosts."api.example.com".retry.fallback.default_value]
            body = "a secret"
            [hosts."api.example.com:8443".retry]
            max_retries = 9
            [hosts."api.other.example".retry]
            max_retries = 5
            [[hosts."api.example.com".routes]]
            path = "/v1/**"
            [hosts."api.example.com".routes.retry]
            max_retries = 2
            [[hosts."api.example.com".routes]]
            path = "/v1/orders"
            methods = ["POST"]
            mode = "off"
            """;

    @Test
    void saysHowMuchAHintOfAnotherInstanceIsWorth() throws ConfigException {
        String store = "[store]\nurl = \"redis://localhost\"\nshare_breaker_hints = true\n";
        String breaker = "[retry]\nmax_retries = 0\n[retry.circuit_breaker]\nenabled = true\n";
        assertThat(explain(breaker + store, "GET", "http://a.example/").restrictions())
                .contains(new Restriction(
                        "store.share_breaker_hints",
                        "for 10 s after the breaker of another instance has opened, 3 failures in a row, rather than 5,"
                                + " are enough to open this one"));
        assertThat(explain(breaker + "failure_rate_threshold = 0.5\n" + store, "GET", "http://a.example/")
                        .restrictions())
                .anyMatch(hint -> hint.text().contains("opened, 50 calls in the window, rather than 100, are enough"));
        for (String other : List.of(
                breaker + "failure_threshold = 2\n" + store,
                breaker + "state = \"forced_closed\"\n" + store,
                breaker + store.replace("true", "false"),
                "[retry]\n" + store)) {
            assertThat(explain(other, "GET", "http://a.example/").restrictions())
                    .noneMatch(hint -> hint.setting().startsWith("store"));
        }
    }

    @Test
    void namesTheClientsThatAreOff() throws ConfigException {
        Explanation why = explain(
                "[retry]\n[clients]\n\"java.net.http\" = false\nHttpURLConnection = true\n",
                "GET",
                "http://a.example/");

        assertThat(why.restrictions())
                .containsExactly(new Explanation.Restriction(
                        "clients.\"java.net.http\"", "the client is off (line 3): by it the call runs unmodified"));
    }

    @Test
    void namesWhatAppliesAndWhyTheOthersDoNot() throws ConfigException {
        Explanation why = explain(FILE, "GET", "https://api.example.com/v1/orders");

        assertThat(why.hosts())
                .containsExactly(
                        new Candidate("api.example.com", 5, Verdict.APPLIES, "names this host"),
                        new Candidate(
                                "*",
                                1,
                                Verdict.LESS_SPECIFIC,
                                "is for every host, but api.example.com is more specific"),
                        new Candidate(
                                "*.example.com",
                                3,
                                Verdict.LESS_SPECIFIC,
                                "is for every host below example.com, but api.example.com is more specific"),
                        new Candidate(
                                "api.example.com:8443", 9, Verdict.NO_MATCH, "is for port 8443, and this is port 443"),
                        new Candidate("api.other.example", 11, Verdict.NO_MATCH, "another host"));
        assertThat(why.routes())
                .containsExactly(
                        new Candidate("/v1/**", 13, Verdict.APPLIES, "matches path and method"),
                        new Candidate("POST /v1/orders", 17, Verdict.NO_MATCH, "is for POST, and this is GET"));
        assertThat(why.policy()).isEqualTo("api.example.com /v1/**");
        assertThat(why.mode()).isEqualTo(Mode.ENFORCE);
        assertThat(why.untouched()).isFalse();
    }

    @Test
    void everyValueHasItsLineAndWhoSetsIt() throws ConfigException {
        Explanation why = explain(FILE, "GET", "https://api.example.com/v1/orders");

        assertThat(why.values())
                .hasSameSizeAs(Keys.all().stream().filter(key -> key.perHost()).toList());
        assertThat(why.values())
                .contains(
                        new SettingProvenance.Value("retry.max_retries", "2", 16, "hosts.\"api.example.com\".routes"),
                        new SettingProvenance.Value(
                                "retry.fallback.strategy", "[\"default_value\"]", 6, "hosts.\"api.example.com\""),
                        new SettingProvenance.Value(
                                "retry.fallback.default_value.body", "***", 8, "hosts.\"api.example.com\""),
                        new SettingProvenance.Value("retry.initial_delay", "\"1s\"", 0, ""));
        assertThat(why.toString()).doesNotContain("a secret");
    }

    @Test
    void aRouteThatIsOffLeavesTheCallUntouched() throws ConfigException {
        Explanation why = explain(FILE, "POST", "https://api.example.com/v1/orders");

        assertThat(why.untouched()).isTrue();
        assertThat(why.mode()).isEqualTo(Mode.OFF);
        assertThat(why.routes())
                .containsExactly(
                        new Candidate("POST /v1/orders", 17, Verdict.APPLIES, "matches path and method"),
                        new Candidate(
                                "/v1/**", 13, Verdict.LESS_SPECIFIC, "matches, but POST /v1/orders is more specific"));
    }

    @Test
    void aHostThatNoPatternNamesIsUntouched() throws ConfigException {
        String file = "[hosts.\"*.example.com\".retry]\n[hosts.\"www.example.org\".retry]\n";

        Explanation why = explain(file, "GET", "http://example.com");

        assertThat(why.untouched()).isTrue();
        assertThat(why.policy()).isNull();
        assertThat(why.mode()).isNull();
        assertThat(why.values()).isEmpty();
        assertThat(why.hosts())
                .containsExactly(
                        new Candidate(
                                "*.example.com",
                                1,
                                Verdict.NO_MATCH,
                                "is for hosts below example.com, not for it itself"),
                        new Candidate("www.example.org", 2, Verdict.NO_MATCH, "another host"));
        assertThat(explain(file, "GET", "http://a.www.example.org").hosts())
                .first()
                .isEqualTo(new Candidate(
                        "www.example.org",
                        2,
                        Verdict.NO_MATCH,
                        "names www.example.org itself, not the hosts below it"));
    }

    @Test
    void ofManyPatternsThatDoNotMatchTheNearestAreListed() throws ConfigException {
        StringBuilder file = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            file.append("[hosts.\"h").append(i).append(".unlike.test\".retry]\n");
        }
        file.append("[hosts.\"*.b.example\".retry]\n[hosts.\"c.example\".retry]\n");

        Explanation why = explain(file.toString(), "GET", "https://a.example/");

        assertThat(why.hosts()).hasSize(Explanation.NOT_MATCHING_SHOWN);
        assertThat(why.hosts())
                .extracting(Candidate::pattern)
                .startsWith("*.b.example", "c.example", "h0.unlike.test", "h1.unlike.test");
        assertThat(why.hostsLeftOut()).isEqualTo(52 - Explanation.NOT_MATCHING_SHOWN);
    }

    @Test
    void saysWhichPartOfAPathIsAnother() throws ConfigException {
        String file = """
                [hosts."a.example"]
                routes = [{ path = "/v1/*/lines" }, { path = "/v2" }, { path = "/v1/orders/7/x/**" }, { path = "/" }]
                """;

        assertThat(explain(file, "GET", "https://a.example/v1/orders/7").routes())
                .extracting(Candidate::pattern, Candidate::reason)
                .contains(
                        org.assertj.core.groups.Tuple.tuple(
                                "/v1/*/lines", "its segment 3 is \"lines\", the path's is \"7\""),
                        org.assertj.core.groups.Tuple.tuple("/v2", "its segment 1 is \"v2\", the path's is \"v1\""),
                        org.assertj.core.groups.Tuple.tuple(
                                "/v1/orders/7/x/**", "it has 4 segments or more, the path 3"),
                        org.assertj.core.groups.Tuple.tuple("/", "its segment 1 is empty, the path's is \"v1\""));
    }

    @Test
    void anAddressWithAZoneIsExplainedAsItIsMatched() throws ConfigException {
        String file = """
                [retry]
                [hosts."[fe80::1]".retry]
                [hosts."[fe80::1%eth0]:8080".retry]
                [hosts."[fe80::1%eth1]".retry]
                [hosts."[fe80::2]".retry]
                """;

        assertThat(explain(file, "GET", "http://[FE80:0::1%25eth0]/").hosts())
                .containsExactly(
                        new Candidate("[fe80::1]", 2, Verdict.APPLIES, "names this address, whatever its zone"),
                        new Candidate(
                                "*", 1, Verdict.LESS_SPECIFIC, "is for every host, but [fe80::1] is more specific"),
                        new Candidate(
                                "[fe80::1%eth0]:8080", 3, Verdict.NO_MATCH, "is for port 8080, and this is port 80"),
                        new Candidate(
                                "[fe80::1%eth1]",
                                4, Verdict.NO_MATCH, "is for zone eth1 of this address, and the URL names zone eth0"),
                        new Candidate("[fe80::2]", 5, Verdict.NO_MATCH, "another host"));
        assertThat(explain(file, "GET", "http://[fe80::1%25eth0]:8080/").policy())
                .isEqualTo("[fe80::1%eth0]:8080");
        assertThat(explain(file, "GET", "http://[fe80::1]/").hosts())
                .contains(new Candidate(
                        "[fe80::1%eth1]",
                        4, Verdict.NO_MATCH, "is for zone eth1 of this address, and the URL names none"));
    }

    private static Explanation explain(String file, String method, String url) throws ConfigException {
        return Explanation.of(ConfigLoader.parse(file, "t.toml"), method, RequestUrl.parse(url));
    }
}
