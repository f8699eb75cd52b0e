package dev.holdfast.observe.meters;

import static dev.holdfast.observe.ObservedCalls.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.FallbackReason;
import dev.holdfast.call.Session;
import dev.holdfast.observe.CounterRegistry;
import dev.holdfast.observe.ObservedCalls;
import dev.holdfast.observe.Snapshot;
import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Fallbacks;
import dev.holdfast.policy.FaultPolicy;
import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policies;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScrapeTest {
    private static final Policies RETRY =
            Policies.retry().backoff(new Backoff(1_000_000_000L, 30_000_000_000L, 2.0, Jitter.NONE));
    private static final String SHOP = "origin=\"http://shop.example:80\",policy=\"*\"";

    @Test
    void the_seeds_names_are_there_with_their_labels() throws IOException {
        ObservedCalls observedCalls = new ObservedCalls(Policies.retry()
                .backoff(new Backoff(1_000_000_000L, 30_000_000_000L, 2.0, Jitter.NONE))
                .fallback(Fallbacks.cache())
                .policy());
        observedCalls.call("shop.example", status(503), status(200));
        Session lost = observedCalls.call("shop.example", status(503), status(503), status(503), status(503));
        lost.fellBack(FallbackPolicy.Strategy.CACHE, FallbackReason.RETRIES_USED_UP, observedCalls.now());
        observedCalls
                .call("shop.example", status(503), status(503), status(503), status(503))
                .fallbackFailed(observedCalls.now());

        String text = scrape(observedCalls, null);

        assertThat(text)
                .contains("# TYPE retry_attempts_total counter\n")
                .contains("retry_attempts_total{client=\"java.net.http\"," + SHOP + ",reason=\"503\"} 7.0\n")
                .contains("# TYPE retry_success_rate gauge\n")
                .contains("retry_success_rate{" + SHOP + "} 0.3333333333333333\n")
                .contains(
                        "fallback_activations_total{" + SHOP + ",reason=\"retries_used_up\",strategy=\"cache\"} 1.0\n")
                .contains("# TYPE retry_delay_seconds histogram\n")
                .contains("retry_delay_seconds_bucket{" + SHOP + ",le=\"0.5\"} 0\n")
                .contains("retry_delay_seconds_bucket{" + SHOP + ",le=\"1.0\"} 3\n")
                .contains("retry_delay_seconds_bucket{" + SHOP + ",le=\"+Inf\"} 7\n")
                .contains("retry_delay_seconds_count{" + SHOP + "} 7\n")
                .contains("retry_delay_seconds_sum{" + SHOP + "} 15.0\n");
    }

    @Test
    void a_histogram_of_calls_is_beside_that_of_attempts() throws IOException {
        ObservedCalls observedCalls = new ObservedCalls(RETRY.policy());
        observedCalls.call("shop.example", status(200));
        observedCalls.call("shop.example", status(503), status(200));

        assertThat(scrape(observedCalls, null))
                .contains("# TYPE holdfast_call_duration_seconds histogram\n")
                .contains("holdfast_call_duration_seconds_bucket{" + SHOP + ",le=\"0.005\"} 0\n")
                .contains("holdfast_call_duration_seconds_bucket{" + SHOP + ",le=\"0.01\"} 1\n")
                .contains("holdfast_call_duration_seconds_bucket{" + SHOP + ",le=\"1.0\"} 1\n")
                .contains("holdfast_call_duration_seconds_bucket{" + SHOP + ",le=\"2.5\"} 2\n")
                .contains("holdfast_call_duration_seconds_count{" + SHOP + "} 2\n")
                .contains("holdfast_call_duration_seconds_sum{" + SHOP + "} 1.03\n")
                .contains("# TYPE holdfast_attempt_duration_seconds histogram\n")
                .contains("holdfast_attempt_duration_seconds_bucket{" + SHOP + ",le=\"0.01\"} 3\n")
                .contains("holdfast_attempt_duration_seconds_sum{" + SHOP + "} 0.03\n");
    }

    @Test
    void what_can_happen_is_there_at_0_before_it_happens() throws IOException {
        ObservedCalls observedCalls = new ObservedCalls(everything().policy());
        observedCalls.session("shop.example").begin(0);

        Map<String, Double> begun =
                new TreeMap<>(Samples.of(scrape(observedCalls, null)).values());
        begun.keySet().removeIf(sample -> !sample.contains("origin="));
        assertThat(begun)
                .containsEntry(
                        "fallback_activations_total{" + SHOP + ",reason=\"retries_used_up\",strategy=\"cache\"}", 0.0)
                .containsEntry("retry_attempts_total{client=\"java.net.http\"," + SHOP + ",reason=\"503\"}", 0.0)
                .containsEntry(
                        "retry_attempts_total{client=\"java.net.http\"," + SHOP + ",reason=\"connection_reset\"}", 0.0)
                .containsEntry("holdfast_retries_lost_total{client=\"java.net.http\"," + SHOP + "}", 0.0)
                .containsEntry("holdfast_not_retried_total{" + SHOP + ",reason=\"breaker_open\"}", 0.0)
                .containsEntry("holdfast_rejections_total{" + SHOP + ",reason=\"concurrency\"}", 0.0)
                .containsEntry("holdfast_limit_wait_seconds_count{" + SHOP + ",reason=\"rate\"}", 0.0)
                .containsEntry("holdfast_budget_exhausted_total{" + SHOP + "}", 0.0)
                .containsEntry("holdfast_hedges_total{" + SHOP + "}", 0.0)
                .containsEntry("holdfast_nested_retries_total{" + SHOP + "}", 0.0)
                .containsEntry("holdfast_bodies_broken_total{" + SHOP + "}", 0.0)
                .containsEntry("holdfast_breaker_transitions_total{" + SHOP + ",state=\"open\"}", 0.0)
                .containsEntry("retry_delay_seconds_count{" + SHOP + "}", 0.0);
        assertThat(begun.keySet()).noneMatch(sample -> sample.contains("HttpURLConnection"));
    }

    /** An event creates no new series, so that no increase is missed. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"ENFORCE", "OBSERVE"})
    void what_happens_was_there_at_0(Mode mode) throws IOException {
        ObservedCalls observedCalls = new ObservedCalls(everything().policy(mode));
        observedCalls.session("shop.example").begin(0);
        Set<String> begun =
                new TreeSet<>(Samples.of(scrape(observedCalls, null)).values().keySet());

        if (mode == Mode.ENFORCE) {
            AllMeters.happenTo(observedCalls, "shop.example");
        }
        observedCalls.call("shop.example", status(200));
        observedCalls.call("shop.example", status(503), status(503), status(503), status(503));

        Set<String> then =
                new TreeSet<>(Samples.of(scrape(observedCalls, null)).values().keySet());
        then.removeAll(begun);
        then.removeIf(sample -> sample.startsWith("retry_success_rate")); // a share of nothing has no value
        assertThat(then).isEmpty();
    }

    @Test
    void a_policy_promises_nothing_that_it_does_not_have() throws IOException {
        ObservedCalls observedCalls = new ObservedCalls(Policies.retry().policy());
        observedCalls.call("shop.example", status(200));

        assertThat(scrape(observedCalls, null))
                .doesNotContain("fallback_activations_total")
                .doesNotContain("holdfast_rejections_total")
                .doesNotContain("holdfast_limit_wait_seconds")
                .doesNotContain("holdfast_hedges_total")
                .doesNotContain("holdfast_budget_exhausted_total")
                .doesNotContain("reason=\"breaker_open\"")
                .doesNotContain("holdfast_would_have_total");
    }

    @Test
    void of_very_many_origins_the_later_ones_begin_with_what_alerts_need() throws IOException {
        ObservedCalls observedCalls = new ObservedCalls(everything().policy());
        for (int i = 0; i <= CounterRegistry.MAX_ZEROS; i++) {
            observedCalls.call("h" + i + ".example", status(200));
        }

        Samples samples = Samples.of(scrape(observedCalls, null));
        Function<String, List<String>> last = name -> samples.values().keySet().stream()
                .filter(sample ->
                        sample.startsWith(name) && sample.contains("//h" + CounterRegistry.MAX_ZEROS + ".example:80\""))
                .toList();

        assertThat(last.apply("fallback_activations_total")).hasSizeGreaterThan(3);
        assertThat(last.apply("holdfast_budget_exhausted_total")).hasSize(1);
        assertThat(last.apply("holdfast_calls_total")).hasSize(10);
        assertThat(last.apply("retry_delay_seconds_count")).hasSize(1);
        assertThat(last.apply("retry_attempts_total")).isEmpty();
        assertThat(last.apply("holdfast_not_retried_total")).isEmpty();
        assertThat(samples.sum("retry_attempts_total", "//h0.example:80\"")).isZero();
        assertThat(samples.values().keySet())
                .anyMatch(sample -> sample.startsWith("retry_attempts_total") && sample.contains("//h0.example:80\""));
    }

    private static Policies everything() {
        return Policies.retry()
                .breaker(Breakers.consecutive(50).open(Duration.ofSeconds(60)).build())
                .budget(0.2, 10)
                .hedge(new HedgePolicy(true, 1_000_000_000L))
                .fallback(Fallbacks.cache())
                .limits(new LimitPolicy(10, 100, 1_000_000_000L, 1_000_000_000L))
                .fault(new FaultPolicy(1, 503, null, 0, 0, 1, 0)); // over
    }

    @Test
    void the_success_rate_is_what_its_counters_say() throws IOException {
        ObservedCalls observedCalls = new ObservedCalls(RETRY.policy());
        observedCalls.call("shop.example", status(200));
        observedCalls.call("shop.example", status(503), status(200));
        observedCalls.call("shop.example", status(503), status(200));
        observedCalls.call("shop.example", status(503), status(503), status(503), status(503));

        Samples samples = Samples.of(scrape(observedCalls, null));

        double saved = samples.sum("holdfast_calls_total", "outcome=\"saved_by_retry\"");
        double lost = samples.sum("holdfast_retries_lost_total", "");
        assertThat(samples.sum("retry_success_rate", "")).isEqualTo(saved / (saved + lost));
    }

    @Test
    void there_is_no_success_rate_where_nothing_was_sent_again() throws IOException {
        ObservedCalls observedCalls = new ObservedCalls(RETRY.policy());
        observedCalls.call("shop.example", status(200));

        assertThat(scrape(observedCalls, null))
                .contains("holdfast_calls_total{client=\"java.net.http\",origin=\"http://shop.example:80\","
                        + "outcome=\"first_try\",policy=\"*\"} 1.0\n")
                .doesNotContain("retry_success_rate")
                .doesNotContain("NaN");
    }

    @Test
    void a_breaker_shows_its_state_and_its_times() throws IOException {
        ObservedCalls observedCalls = new ObservedCalls(Policies.retry()
                .maxRetries(0)
                .breaker(Breakers.consecutive(2).open(Duration.ofSeconds(60)).build())
                .policy());
        observedCalls.call("shop.example", status(503));
        observedCalls.call("shop.example", status(503));
        observedCalls.call("shop.example", status(200));
        observedCalls.pass(Duration.ofSeconds(20));

        assertThat(scrape(observedCalls, null))
                .contains("circuit_breaker_state{" + SHOP + "} 1.0\n")
                .contains("holdfast_breaker_transitions_total{" + SHOP + ",state=\"open\"} 1.0\n")
                .contains("holdfast_breaker_time_seconds_total{" + SHOP + ",state=\"open\"} 20.0\n")
                .contains("holdfast_rejections_total{" + SHOP + ",reason=\"breaker\"} 1.0\n");
    }

    @Test
    void what_observe_mode_would_have_done_is_apart() throws IOException {
        ObservedCalls observedCalls = new ObservedCalls(RETRY.policy(Mode.OBSERVE));
        observedCalls.call("shop.example", status(503));

        assertThat(scrape(observedCalls, null))
                .contains("holdfast_would_have_total{action=\"retry\"," + SHOP + "} 1.0\n")
                .doesNotContain("retry_attempts_total");
    }

    @Test
    void the_agent_has_meters_of_its_own() throws IOException {
        ObservedCalls observedCalls = new ObservedCalls(RETRY.policy());
        observedCalls.status.reloaded("c0ffee000001", Set.of("*"), Set.of("*"));
        observedCalls.status.reloadFailed("line 3: no such key");

        assertThat(scrape(observedCalls, null))
                .contains("holdfast_build_info{configuration=\"holdfast.toml\",configuration_sha256=\"c0ffee000001\","
                        + "host=\"web-7\","
                        + "pid=\"4711\",program=\"com.example.Shop\",started=\"2023-11-14T22:13:18Z\","
                        + "version=\"1.2.3\"} 1\n")
                .contains("holdfast_enabled 1.0\n")
                .contains("holdfast_policies 1.0\n")
                .contains("holdfast_reloads_total 1.0\n")
                .contains("holdfast_reload_failures_total 1.0\n")
                .contains("holdfast_reload_failing 1.0\n")
                .contains("holdfast_cache_entries 3.0\n")
                .contains("holdfast_cache_size_bytes 2048.0\n")
                .doesNotContain("no such key");
    }

    @Test
    void who_accepts_openmetrics_gets_it_and_everybody_else_prometheus_text() throws IOException {
        Scrape scrape = new Scrape(new ObservedCalls(RETRY.policy()).status);

        Scrape.Text open = scrape.text("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5");
        assertThat(open.contentType()).startsWith("application/openmetrics-text; version=1.0.0");
        assertThat(new String(open.body(), StandardCharsets.UTF_8))
                .contains("# TYPE holdfast_reloads counter\n")
                .endsWith("# EOF\n");
        for (String accept : new String[] {null, "", "*/*", "text/html", "application/vnd.google.protobuf"}) {
            Scrape.Text text = scrape.text(accept);
            assertThat(text.contentType()).startsWith("text/plain; version=0.0.4");
            assertThat(new String(text.body(), StandardCharsets.UTF_8))
                    .contains("# TYPE holdfast_reloads_total counter\n");
        }
    }

    @Test
    void every_meter_can_be_scraped_and_none_that_the_catalogue_does_not_have() throws IOException {
        Set<String> families = Samples.of(scrape(AllMeters::happened, null)).families();

        TreeMap<String, Meter> catalogue = new TreeMap<>();
        for (Meter meter : Meter.values()) {
            catalogue.put(meter.prometheusName() + (meter.kind() == Meter.Kind.COUNTER ? "_total" : ""), meter);
        }
        assertThat(families).containsExactlyInAnyOrderElementsOf(catalogue.keySet());
    }

    private static String scrape(ObservedCalls observedCalls, String accept) throws IOException {
        return scrape(observedCalls.status, accept);
    }

    private static String scrape(Supplier<Snapshot> status, String accept) throws IOException {
        return new String(new Scrape(status).text(accept).body(), StandardCharsets.UTF_8);
    }
}
