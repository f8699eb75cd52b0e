package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.config.Explanation.Restriction;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests that restrictions are reported for one request, and none where there are none. */
class RestrictionFinderTest {
    private static final RequestShape WITH_KEY = new RequestShape(Set.of("idempotency-key"), true, null);
    private static final RequestShape ONE_SHOT = new RequestShape(Set.of(), false, null);

    /** The settings without a body that may end too early and a name that may be unknown. */
    private static final String RETRY = """
            [retry]
            max_delay = "30s"
            [retry.policy]
            retryable_errors = ["connection_reset"]
            """;

    @Test
    void aGetUnderSimpleRulesHasNone() throws ConfigException {
        assertThat(of(RETRY, "GET")).isEmpty();
        assertThat(of("mode = \"off\"\n" + RETRY, "POST")).isEmpty();
        assertThat(of("[hosts.\"b.example\".retry]\n", "POST")).isEmpty();
    }

    @Test
    void aMethodThatIsNotListedIsSentAgainOnlyIfNothingWasSent() throws ConfigException {
        String setting = "retry.policy.methods";

        assertThat(of(RETRY, "PATCH"))
                .containsExactly(new Restriction(
                        setting,
                        "PATCH is not listed: without an Idempotency-Key header the call is sent again only if "
                                + "nothing of"
                                + " it was sent, and retryable_errors lists no failure of that kind"));
        assertThat(of("[retry]\n[retry.policy]\nretryable_errors = [\"connection_refused\", \"proxy\"]\n", "POST"))
                .contains(new Restriction(
                        setting,
                        "POST is not listed: without an Idempotency-Key header the call is sent again only if "
                                + "nothing of"
                                + " it was sent (connection_refused, proxy)"))
                .extracting(Restriction::text)
                .anyMatch(text -> text.startsWith("HttpURLConnection itself sends a buffered POST once more"));
        assertThat(settings(of(RETRY, "POST", WITH_KEY)))
                .doesNotContain(setting)
                .contains("retry.replay_limit");
        assertThat(settings(of(RETRY + "methods = [\"POST\"]\n", "POST"))).doesNotContain(setting);
    }

    @Test
    void aBodyThatCannotBeProducedAgainIsTold() throws ConfigException {
        assertThat(of(RETRY, "PUT", ONE_SHOT))
                .extracting(Restriction::text)
                .singleElement()
                .asString()
                .startsWith(
                        "its body can be produced only once: the call is sent again only if nothing of it was sent");
        assertThat(of(RETRY.replace("max_delay", "replay_limit = \"2KiB\"\nmax_delay"), "PUT"))
                .extracting(Restriction::text)
                .singleElement()
                .asString()
                .startsWith(
                        "a body from a stream is recorded up to 2KiB; a call with a larger one is sent again only if");
        assertThat(of(RETRY.replace("max_delay", "replay_limit = 0\nmax_delay"), "PUT"))
                .extracting(Restriction::text)
                .singleElement()
                .asString()
                .startsWith("no body from a stream is recorded: a call with one is sent again only if");
    }

    @Test
    void aOneTimeHeaderIsTold() throws ConfigException {
        assertThat(of(RETRY, "GET", new RequestShape(Set.of("DPoP"), true, null)))
                .extracting(Restriction::setting)
                .containsExactly("retry.policy.one_time_headers");
    }

    @Test
    void prematureEofNeedsABodyThatIsHeldBack() throws ConfigException {
        String listed = RETRY.replace("[\"connection_reset\"]", "[\"premature_eof\"]");

        assertThat(of(listed, "GET")).singleElement().satisfies(restriction -> {
            assertThat(restriction.setting()).isEqualTo("retry.buffer_response");
            assertThat(restriction.text()).contains("a body that ends too early is not retried");
        });
        assertThat(of(listed.replace("max_delay", "buffer_response = \"64KiB\"\nmax_delay"), "GET"))
                .singleElement()
                .satisfies(restriction -> assertThat(restriction.text())
                        .contains("bodies larger than 64KiB", "streams", "unknown length"));
    }

    @Test
    void noRetryAtAllIsTold() throws ConfigException {
        assertThat(of("[retry]\nmax_retries = 0\n", "POST"))
                .containsExactly(new Restriction("retry.max_retries", "no call is sent again"));
        assertThat(of("[retry]\nenabled = false\n", "POST"))
                .containsExactly(new Restriction("retry.enabled", "no call is sent again"));
        assertThat(settings(of(RETRY + "[retry.budget]\nratio = 0\nmin_per_second = 0\n", "GET")))
                .containsExactly("retry.budget");
        assertThat(settings(of(RETRY.replace("max_delay", "deadline = \"500ms\"\nmax_delay"), "GET")))
                .containsExactly("retry.deadline");
        assertThat(settings(
                        of(RETRY.replace("max_delay", "deadline = \"500ms\"\njitter = \"full\"\nmax_delay"), "GET")))
                .isEmpty();
    }

    @Test
    void aNameThatIsUnknownIsNotAskedForAgainWithinTheJvmsMemory() throws ConfigException {
        String listed = RETRY.replace("[\"connection_reset\"]", "[\"dns_resolution\"]");

        assertThat(of(listed, "GET")).isEmpty();
        assertThat(of(listed.replace("30s", "5s"), "GET"))
                .containsExactly(new Restriction(
                        "retry.max_delay",
                        "a JVM remembers a failed name look-up for 10 s by default: retries of dns_resolution within "
                                + "5s ask"
                                + " no name server"));
    }

    @Test
    void aHedgeIsSentOnlyWhereThatIsSafe() throws ConfigException {
        String hedged = RETRY + "[retry.hedge]\ndelay = \"100ms\"\n";

        assertThat(of(hedged, "GET")).isEmpty();
        assertThat(of(hedged, "PATCH"))
                .contains(new Restriction(
                        "retry.hedge.delay",
                        "no second attempt is sent beside a slow one: it is not safe to send this request twice"));
        assertThat(settings(of(hedged, "GET", ONE_SHOT))).contains("retry.hedge.delay");
    }

    @Test
    void aFallbackThatHasNothingForTheRequestIsTold() throws ConfigException {
        String chain = RETRY + """
                [retry.fallback]
                enabled = true
                strategy = ["cache", "default_value", "degraded"]
                [retry.fallback.default_value]
                path = "/health"
                body = "{}"
                [retry.fallback.degraded]
                url = "https://b.example"
                """;

        assertThat(of(chain, "GET"))
                .containsExactly(
                        new Restriction("retry.fallback.default_value", "no response is written for GET /orders"));
        assertThat(settings(of(chain, "PATCH")))
                .containsExactly(
                        "retry.policy.methods",
                        "retry.fallback.strategy",
                        "retry.fallback.default_value",
                        "retry.fallback.degraded");
        assertThat(of(chain, "GET", new RequestShape(Set.of("range"), true, null)))
                .contains(new Restriction(
                        "retry.fallback.strategy", "cache holds nothing for a request with a Range header"));
    }

    @Test
    void aProxyIsNamedWithWhatItsRefusalMeans() throws ConfigException {
        RequestShape through = new RequestShape(Set.of(), true, "proxy.example:3128");

        assertThat(of(RETRY, "GET", through))
                .extracting(Restriction::text)
                .singleElement()
                .asString()
                .startsWith("goes through the proxy proxy.example:3128: where that opens no tunnel, nothing reaches the"
                        + " origin; that is proxy, which is not retried");
        assertThat(of("[retry]\n[retry.policy]\nretryable_errors = [\"proxy\"]\n", "GET", through))
                .extracting(Restriction::text)
                .singleElement()
                .asString()
                .contains("which is retried");
        assertThat(Explanation.of(
                                ConfigLoader.parse(RETRY, "t.toml"),
                                "GET",
                                RequestUrl.parse("http://a.example/"),
                                through)
                        .restrictions())
                .extracting(Restriction::text)
                .singleElement()
                .asString()
                .contains("cannot be told from one of the origin");
    }

    @Test
    void theHandshakeOfAWebSocketPassesUntouched() throws ConfigException {
        assertThat(of(RETRY, "GET", new RequestShape(Set.of("sec-websocket-key"), true, null)))
                .extracting(Restriction::text)
                .containsExactly("the opening handshake of a WebSocket passes untouched, and so does what follows it");
    }

    private static List<String> settings(List<Restriction> restrictions) {
        return restrictions.stream().map(Restriction::setting).toList();
    }

    private static List<Restriction> of(String file, String method) throws ConfigException {
        return of(file, method, RequestShape.PLAIN);
    }

    private static List<Restriction> of(String file, String method, RequestShape shape) throws ConfigException {
        return Explanation.of(
                        ConfigLoader.parse(file, "t.toml"), method, RequestUrl.parse("https://a.example/orders"), shape)
                .restrictions();
    }
}
