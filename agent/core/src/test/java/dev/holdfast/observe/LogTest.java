package dev.holdfast.observe;

import static dev.holdfast.call.SessionTest.after;
import static dev.holdfast.observe.ObservedCalls.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.FallbackReason;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.Session;
import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Fallbacks;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.ValueSource;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTest {
    private final List<String> said = new ArrayList<>();
    private final ObservedCalls observedCalls = new ObservedCalls(Policies.retry()
            .maxRetries(1)
            .backoff(new Backoff(1_000_000L, 1_000_000L, 1.0, Jitter.NONE))
            .breaker(Breakers.consecutive(2).open(Duration.ofSeconds(60)).build())
            .policy());
    private final Log log = new Log(entry -> said.add(entry.message()), observedCalls::now);

    LogTest() {
        observedCalls.counterRegistry.add(log);
    }

    @Test
    void a_breaker_that_opens_is_said_with_its_policy_its_origin_and_why() {
        observedCalls.call("shop.example", status(503), status(503));

        assertThat(said)
                .containsExactly("http://shop.example:80 (policy *): breaker opened, after 2 failures in a row;"
                        + " calls are rejected, next probe in 60 s");
    }

    @Test
    void a_proxy_that_opens_no_tunnel_is_named_once_and_the_breaker_of_the_origin_stays_closed() {
        Outcome refused = Outcome.Failure.ofProxy(new IOException(), "proxy.example:3128");

        observedCalls.call("shop.example", refused, refused);
        observedCalls.call("shop.example", refused, refused);

        assertThat(said)
                .containsExactly(
                        "http://shop.example:80 (policy *): the proxy proxy.example:3128 did not open a tunnel;"
                                + " nothing reached the origin; others are only counted");
    }

    @Test
    void a_burst_is_folded_and_summed_up_when_its_time_is_over() {
        for (int i = 0; i < 20; i++) {
            observedCalls.call("h" + i + ".example", status(503), status(503));
        }
        assertThat(said).hasSize(5);

        observedCalls.pass(Duration.ofSeconds(10));
        log.tick(observedCalls.targets::all);
        log.tick(observedCalls.targets::all);

        assertThat(said).hasSize(6).last().isEqualTo("breakers opened: 15 more in 10 s");
    }

    @Test
    void at_the_end_a_burst_is_summed_up_over_the_time_that_it_had() {
        for (int i = 0; i < 20; i++) {
            observedCalls.call("h" + i + ".example", status(503), status(503));
        }
        observedCalls.pass(Duration.ofMillis(1_200));
        log.flush();

        assertThat(said).hasSize(6).last().isEqualTo("breakers opened: 15 more in 2 s");
    }

    @Test
    void after_a_burst_lines_are_said_again() {
        for (int i = 0; i < 20; i++) {
            observedCalls.call("h" + i + ".example", status(503), status(503));
        }
        observedCalls.pass(Duration.ofSeconds(10));
        observedCalls.call("late.example", status(503), status(503));

        assertThat(said).last().asString().contains("late.example");
        assertThat(said).filteredOn(line -> line.contains("breakers opened: ")).hasSize(1);
    }

    @Test
    void only_the_first_fallback_of_a_kind_is_said() {
        ObservedCalls observedCalls = new ObservedCalls(
                Policies.retry().maxRetries(0).fallback(Fallbacks.cache()).policy());
        observedCalls.counterRegistry.add(log);

        for (FallbackReason reason :
                List.of(FallbackReason.RETRIES_USED_UP, FallbackReason.RETRIES_USED_UP, FallbackReason.BUDGET)) {
            Session session = observedCalls.call("shop.example", status(503));
            session.fellBack(FallbackPolicy.Strategy.CACHE, reason, observedCalls.now());
        }

        assertThat(said)
                .containsExactly(
                        "http://shop.example:80 (policy *): first response from fallback cache (retries_used_up);"
                                + " others are only counted",
                        "http://shop.example:80 (policy *): first response from fallback cache (budget);"
                                + " others are only counted");
    }

    @Test
    void a_caller_that_retries_too_is_named_once() {
        for (int i = 0; i < 4; i++) {
            Session session = observedCalls.session("shop.example", 7);
            session.begin(observedCalls.now());
            after(session, status(503), observedCalls.now());
            session.resume(observedCalls.now());
            after(session, status(429), observedCalls.now()); // counts for no breaker
        }
        assertThat(said).isEmpty();
        observedCalls.pass(Duration.ofSeconds(6));
        observedCalls.targets.reportRetryLayers(observedCalls.now());

        assertThat(said)
                .singleElement()
                .asString()
                .matches("http://shop.example:80 \\(policy \\*\\): org\\.junit\\.\\S+ repeats calls that failed after "
                        + "all"
                        + " their retries, so that attempts multiply; each repeat is paid from the retry "
                        + "budget;"
                        + " others are only counted");
    }

    @Test
    void the_level_decides_what_is_said() {
        log.level(Log.Level.ERROR);
        observedCalls.call("a.example", status(503), status(503));
        log.say(Log.Level.WARN, "a warning");
        assertThat(said).isEmpty();

        log.say(Log.Level.ERROR, "an error");
        assertThat(said).containsExactly("an error");

        log.level(Log.Level.DEBUG);
        observedCalls.call("b.example", status(503), status(503));
        assertThat(said)
                .contains(
                        "http://b.example:80 (policy *): got 503, retrying in 1 ms (attempt 2 of 2)",
                        "http://b.example:80 (policy *): got 503, not retrying: the one retry is used");
    }

    @Test
    void the_summary_counts_all_and_names_the_worst() {
        observedCalls.call("shop.example", status(200));
        observedCalls.call("bad.example", status(503), status(503));
        observedCalls.pass(Duration.ofMinutes(3));

        assertThat(Summary.of(observedCalls.status.get()).lines())
                .containsExactly(
                        "summary: 2 calls: 1 good at the first try, 0 saved by retry, 0 saved by fallback, 1 failed,"
                                + " 0 rejected by Holdfast; 1 retry, breakers opened 1 time in 3m",
                        "  * for http://bad.example:80: 1 call: 0 good at the first try, 0 saved by retry,"
                                + " 0 saved by fallback, 1 failed, 0 rejected by Holdfast; 1 retry, breakers opened "
                                + "1 time",
                        "  no policy matches: http://billing.example:80 (1 call), https://a.example:443 (12 calls),"
                                + " and 7 calls to others",
                        "  clients that are not covered: OkHttp (com.vendor.shaded.okhttp3.internal.http),"
                                + " Apache HttpClient 4 4.5.14 (org.apache.http.impl.execchain)",
                        "  HTTP proxies: proxy.example:3128");
    }

    @Test
    void a_log_file_is_begun_anew_when_it_is_large(@TempDir Path directory) throws IOException {
        File file = directory.resolve("holdfast.log").toFile();
        LogFile log = new LogFile(file, 200, ValueSource.FILE);
        for (int i = 0; i < 10; i++) {
            log.write("line " + i + " " + "x".repeat(50));
        }
        log.close();

        assertThat(Files.size(file.toPath())).isLessThanOrEqualTo(200);
        assertThat(Files.readString(file.toPath())).contains("line 9");
        assertThat(Files.size(directory.resolve("holdfast.log.1"))).isLessThanOrEqualTo(200);
        assertThat(Files.list(directory)).hasSize(2);
    }
}
