package dev.holdfast.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigLoader;
import dev.holdfast.config.Configuration;
import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulationTest {
    private static final long SECOND = 1_000_000_000L;
    private static final String CUT = "a body that ends too early: reading it throws an IOException, except that"
            + " HttpURLConnection on Java 17 ends one with a Content-Length without any";

    @Test
    void tellsEachAttemptWhyItIsRetriedAndHowLongTheWaitsAre() {
        Policy policy = Policies.retry().backoff(backoff(Jitter.PROPORTIONAL)).policy();

        assertThat(told(policy, "503,reset:20ms,200"))
                .containsExactly(
                        "0 OUTCOME attempt 1: 503, to be retried (in retryable_status_codes)",
                        "0 WAIT waits 1 s (900 ms to 1.1 s by jitter)",
                        "1000 SENT attempt 2 is sent",
                        "1020 OUTCOME attempt 2: connection_reset after 20 ms, to be retried (in retryable_errors)",
                        "1020 WAIT waits 2 s (1.8 s to 2.2 s by jitter)",
                        "3020 OUTCOME attempt 3: 200",
                        "3020 END the program gets 200");
    }

    @Test
    void tellsHowLongACallTakesAtLeastAndAtMost() {
        Timeline.Call call = play(Policies.retry().backoff(backoff(Jitter.FULL)).policy(), "503", 1)
                .calls()
                .get(0);

        assertThat(call.attempts()).isEqualTo(4);
        assertThat(call.nanos()).isEqualTo(7 * SECOND / 2);
        assertThat(call.shortestNanos()).isZero();
        assertThat(call.longestNanos()).isBetween(7 * SECOND - 10, 7 * SECOND);
        assertThat(call.jitterDecides()).isFalse();
        assertThat(call.events())
                .extracting(Timeline.Event::text)
                .contains(
                        "not sent again: all 3 retries used (max_retries)",
                        "waits 500 ms (0 s to 1 s by jitter)",
                        "the program gets 503");
    }

    @Test
    void saysWhereJitterDecidesWhatHappens() {
        Policy policy = Policies.retry()
                .backoff(backoff(Jitter.PROPORTIONAL))
                .deadline(Duration.ofMillis(1_050))
                .policy();

        Timeline.Call call = play(policy, "503", 1).calls().get(0);

        assertThat(call.jitterDecides()).isTrue();
    }

    @Test
    void namesWhatForbidsARetry() {
        Policy policy = Policies.retry().backoff(backoff(Jitter.NONE)).policy();

        assertThat(told(policy, "404"))
                .contains("0 OUTCOME attempt 1: 404, not to be retried (not in retryable_status_codes)");
        assertThat(told(policy, "tls"))
                .contains("0 OUTCOME attempt 1: tls, not to be retried (not in retryable_errors)");
        assertThat(told(policy, "429:retry-after=5")).contains("0 WAIT waits 5 s, as Retry-After asks");
        assertThat(told(policy, "429:retry-after=500"))
                .contains("0 NO_RETRY not sent again: Retry-After asks for more than max_retry_after = 30 s");
        assertThat(texts(simulation(policy).method("POST").run(OutcomeScript.parse("503"), 1)))
                .contains(
                        "0 NO_RETRY not sent again: the server may have acted on it, POST is not in methods, and it "
                                + "has no"
                                + " Idempotency-Key",
                        "0 END the program gets 503");
        assertThat(texts(simulation(policy)
                        .method("POST")
                        .headers(Set.of("idempotency-key"))
                        .run(OutcomeScript.parse("503,200"), 1)))
                .endsWith("1000 END the program gets 200");
        assertThat(texts(simulation(policy).method("PUT").oneShotBody().run(OutcomeScript.parse("refused,503"), 1)))
                .contains(
                        "0 OUTCOME attempt 1: connection_refused, to be retried (in retryable_errors; nothing was "
                                + "sent)",
                        "1000 NO_RETRY not sent again: its body can be produced only once, and was sent");
    }

    @Test
    void aConditionThatForbidsARetryLeavesTheFallbackToWhatIsListed() throws ConfigException {
        Configuration configuration = ConfigLoader.parse("""
                [hosts."a.example".retry.fallback]
                strategy = "default_value"
                default_value.status = 200
                [[hosts."a.example".retry.policy.when]]
                status = [429, 503]
                action = "no_retry"
                """, "t.toml");
        Policy policy = Objects.requireNonNull(configuration.policies().get(HostPattern.parse("a.example")));

        assertThat(told(policy, "503"))
                .contains("0 OUTCOME attempt 1: 503, not to be retried (condition 1 in when)")
                .anyMatch(event -> event.startsWith("0 FALLBACK fallback (listed in retry.fallback.on)"));
        assertThat(told(policy, "429")).endsWith("0 END the program gets 429");
    }

    @Test
    void aRequestWithAOneTimeHeaderIsNotSentAgainWhateverItsMethod() {
        Policy policy = Policies.retry().backoff(backoff(Jitter.NONE)).policy();

        assertThat(texts(simulation(policy).headers(Set.of("DPoP")).run(OutcomeScript.parse("refused,503"), 1)))
                .contains("1000 NO_RETRY not sent again: it carries dpop, which is good for one request "
                        + "(one_time_headers)");
    }

    @Test
    void aBodyThatEndsTooEarlyIsTheProgramsUnlessItIsHeldBack() {
        Policies rules = Policies.retry().backoff(backoff(Jitter.NONE)).errors(ErrorKind.PREMATURE_EOF);

        assertThat(told(rules.policy(), "eof,200"))
                .containsExactly(
                        "0 OUTCOME attempt 1: 200, and its body ends too early: premature_eof, over HTTP/1.1 a plain"
                                + " java.io.IOException, not to be retried: the program has the response "
                                + "(buffer_response = 0)",
                        "0 END the program gets 200 and " + CUT);
        assertThat(told(rules.bufferResponse(1_000).policy(), "eof:20ms,200"))
                .containsExactly(
                        "0 SENT attempt 1 is sent",
                        "20 OUTCOME attempt 1: 200 after 20 ms, and its body ends too early: premature_eof, over "
                                + "HTTP/1.1 a plain"
                                + " java.io.IOException, to be retried (in retryable_errors); it was held back "
                                + "(buffer_response)",
                        "20 WAIT waits 1 s",
                        "1020 OUTCOME attempt 2: 200",
                        "1020 END the program gets 200");
        assertThat(told(rules.errors(ErrorKind.READ_TIMEOUT).policy(), "eof,200"))
                .contains("0 END the program gets the failure of the last attempt; with HttpURLConnection, 200 and "
                        + CUT);
    }

    @Test
    void aBodyThatEndsTooEarlyIsNoEofExceptionByItsClass() {
        Policies rules = Policies.retry().bufferResponse(1_000);

        assertThat(told(rules.errorClasses("java.io.EOFException").policy(), "eof,200"))
                .anyMatch(event -> event.contains("not to be retried (not in retryable_errors)"));
        assertThat(told(rules.errorClasses("java.io.IOException").policy(), "eof,200"))
                .anyMatch(event -> event.contains("to be retried (its class is in retryable_errors)"));
    }

    @Test
    void whatTheJdkSendsAgainByItselfIsNoAttemptAndTold() {
        Policy policy = Policies.retry().maxRetries(2).policy();
        OutcomeScript resets = OutcomeScript.parse("reset,503,reset");

        assertThat(simulation(policy).run(resets, 1).calls()).singleElement().satisfies(call -> {
            assertThat(call.attempts()).isEqualTo(3);
            assertThat(call.mostRequests()).isEqualTo(5);
        });
        assertThat(simulation(policy)
                        .method("POST")
                        .run(resets, 1)
                        .calls()
                        .get(0)
                        .mostRequests())
                .as("HttpURLConnection sends a POST again that Holdfast does not")
                .isEqualTo(2);
        assertThat(simulation(policy)
                        .method("POST")
                        .oneShotBody()
                        .run(resets, 1)
                        .calls()
                        .get(0)
                        .mostRequests())
                .isEqualTo(1);
    }

    @Test
    void aProxyThatRefusesIsNamed() {
        Policy policy = Policies.retry()
                .backoff(backoff(Jitter.NONE))
                .maxRetries(1)
                .errors(ErrorKind.PROXY)
                .policy();

        assertThat(texts(simulation(policy)
                        .method("POST")
                        .proxy("proxy.example:3128")
                        .run(OutcomeScript.parse("proxy"), 1)))
                .containsExactly(
                        "0 OUTCOME attempt 1: proxy (proxy.example:3128 did not open the tunnel),"
                                + " to be retried (in retryable_errors; nothing was sent)",
                        "0 WAIT waits 1 s",
                        "1000 OUTCOME attempt 2: proxy (proxy.example:3128 did not open the tunnel),"
                                + " to be retried (in retryable_errors; nothing was sent)",
                        "1000 NO_RETRY not sent again: the one retry is used (max_retries)",
                        "1000 END the program gets the failure of the last attempt, with 1 earlier one suppressed,"
                                + " and one that names the proxy");
    }

    @Test
    void theDeadlineEndsTheRetryingAndTheAttempts() {
        Policy policy = Policies.retry()
                .backoff(backoff(Jitter.NONE))
                .errors(ErrorKind.READ_TIMEOUT)
                .attemptTimeout(Duration.ofSeconds(2))
                .deadline(Duration.ofSeconds(4))
                .policy();

        assertThat(told(policy, "timeout:10s,timeout"))
                .containsExactly(
                        "0 SENT attempt 1 is sent; it has 2 s (attempt_timeout)",
                        "2000 OUTCOME attempt 1: no response within 2 s, so ended as read_timeout, to be retried (in"
                                + " retryable_errors)",
                        "2000 WAIT waits 1 s",
                        "3000 SENT attempt 2 is sent; it has 1 s (what is left of the deadline)",
                        "4000 OUTCOME attempt 2: no response within 1 s, so ended as read_timeout, to be retried (in"
                                + " retryable_errors)",
                        "4000 NO_RETRY not sent again: deadline = 4 s leaves no time for another attempt",
                        "4000 END the program gets the failure of the attempt before, with 1 other one suppressed");
    }

    @Test
    void aSilenceThatNothingEndsIsSaid() {
        assertThat(told(Policies.retry().policy(), "timeout"))
                .last()
                .asString()
                .contains("no response, and no attempt_timeout or deadline that would end this");
    }

    @Test
    void theBreakerOpensOverSeveralCallsAndRejectsThen() {
        Policy policy = Policies.retry()
                .backoff(backoff(Jitter.NONE))
                .maxRetries(0)
                .breaker(Breakers.consecutive(2).build())
                .policy();

        Timeline timeline = simulation(policy).at(0).run(OutcomeScript.parse("503"), 3);

        assertThat(texts(timeline.calls().get(1))).contains("0 BREAKER the breaker opens: too many failures in a row");
        assertThat(texts(timeline.calls().get(2)))
                .containsExactly(
                        "0 REJECTED not sent: the breaker does not let it pass",
                        "0 END the program gets java.net.ConnectException: Holdfast did not send a request to"
                                + " https://a.example:443: its circuit breaker is open (too many failures in a row); "
                                + "the next"
                                + " probe is due in 60.0 s, at 1970-01-01T00:01:00Z");
        assertThat(timeline.calls().get(2).attempts()).isZero();
    }

    @Test
    void theBudgetEndsTheRetryingOfManyCalls() {
        Policy policy = Policies.retry()
                .backoff(new Backoff(0, 0, 1, Jitter.NONE))
                .maxRetries(1)
                .budget(0, 0.1)
                .policy();

        Timeline timeline = play(policy, "503", 5);

        assertThat(texts(timeline.calls().get(4)))
                .contains("0 NO_RETRY not sent again: the retry budget is used up (retry.budget)");
    }

    @Test
    void aSecondAttemptBesideASlowOne() {
        Policy policy =
                Policies.retry().hedge(new HedgePolicy(true, SECOND / 5)).policy();

        assertThat(told(policy, "200:1s,200:100ms"))
                .containsExactly(
                        "0 SENT attempt 1 is sent",
                        "200 SENT attempt 2 is sent beside it (retry.hedge)",
                        "300 OUTCOME attempt 2: 200 after 100 ms",
                        "300 OUTCOME attempt 1 is cancelled",
                        "300 END the program gets 200");
    }

    @Test
    void anAttemptWaitsForItsTurn() {
        Policy policy =
                Policies.retry().limits(new LimitPolicy(0, 1, SECOND, SECOND)).policy();

        Timeline timeline = play(policy, "200", 3);

        assertThat(texts(timeline.calls().get(1)))
                .containsExactly(
                        "0 WAIT waits 1 s for its turn (limits.max_rate)",
                        "1000 OUTCOME attempt 1: 200",
                        "1000 END the program gets 200");
    }

    @Test
    void observeModeDecidesAndDoesNotAct() {
        Policy policy = Policies.retry().backoff(backoff(Jitter.NONE)).policy(Mode.OBSERVE);

        assertThat(told(policy, "503,200"))
                .containsExactly(
                        "0 OUTCOME attempt 1: 503, to be retried (in retryable_status_codes)",
                        "0 NO_RETRY would be sent again in 1 s; in observe mode it is not",
                        "0 END the program gets 503");
    }

    @Test
    void whatIsOffOrNotNamedIsUntouched() {
        assertThat(simulation(Policies.retry().policy(Mode.OFF)).run(OutcomeScript.parse("503"), 1))
                .isNull();
        assertThat(Simulation.of(Map.of(), new Origin("http", "a.example", 80), "/")
                        .run(OutcomeScript.parse("503"), 1))
                .isNull();
    }

    private static Backoff backoff(Jitter jitter) {
        return new Backoff(SECOND, 30 * SECOND, 2.0, jitter);
    }

    private static Simulation simulation(Policy policy) {
        return Simulation.of(Map.of(HostPattern.parse("*"), policy), new Origin("https", "a.example", 443), "/v1");
    }

    private static Timeline play(Policy policy, String script, int calls) {
        return simulation(policy).run(OutcomeScript.parse(script), calls);
    }

    private static List<String> told(Policy policy, String script) {
        return texts(play(policy, script, 1));
    }

    private static List<String> texts(Timeline timeline) {
        return texts(timeline.calls().get(0));
    }

    private static List<String> texts(Timeline.Call call) {
        return call.events().stream()
                .map(event -> event.atNanos() / 1_000_000 + " " + event.kind() + " " + event.text())
                .toList();
    }
}
