package dev.holdfast.observe.meters;

import static dev.holdfast.observe.World.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.FallbackReason;
import dev.holdfast.call.Session;
import dev.holdfast.observe.Snapshot;
import dev.holdfast.observe.World;
import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policies;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ScrapeTest {
    private static final Policies RETRY =
            Policies.retry().backoff(new Backoff(1_000_000_000L, 30_000_000_000L, 2.0, Jitter.NONE));
    private static final String SHOP = "origin=\"http://shop.example:80\",policy=\"*\"";

    @Test
    void the_seeds_names_are_there_with_their_labels() throws IOException {
        World world = new World(RETRY.policy());
        world.call("shop.example", status(503), status(200));
        Session lost = world.call("shop.example", status(503), status(503), status(503), status(503));
        lost.fellBack(FallbackPolicy.Strategy.CACHE, FallbackReason.RETRIES_USED_UP);
        world.call("shop.example", status(503), status(503), status(503), status(503));

        String text = scrape(world, null);

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
    void the_success_rate_is_what_its_counters_say() throws IOException {
        World world = new World(RETRY.policy());
        world.call("shop.example", status(200));
        world.call("shop.example", status(503), status(200));
        world.call("shop.example", status(503), status(200));
        world.call("shop.example", status(503), status(503), status(503), status(503));

        Samples samples = Samples.of(scrape(world, null));

        double saved = samples.sum("holdfast_calls_total", "outcome=\"saved_by_retry\"");
        double lost = samples.sum("holdfast_retries_lost_total", "");
        assertThat(samples.sum("retry_success_rate", "")).isEqualTo(saved / (saved + lost));
    }

    @Test
    void there_is_no_success_rate_where_nothing_was_sent_again() throws IOException {
        World world = new World(RETRY.policy());
        world.call("shop.example", status(200));

        assertThat(scrape(world, null))
                .contains("holdfast_calls_total{client=\"java.net.http\",origin=\"http://shop.example:80\","
                        + "outcome=\"first_try\",policy=\"*\"} 1.0\n")
                .doesNotContain("retry_success_rate")
                .doesNotContain("NaN");
    }

    @Test
    void a_breaker_shows_its_state_and_its_times() throws IOException {
        World world = new World(Policies.retry()
                .maxRetries(0)
                .breaker(Breakers.consecutive(2).open(Duration.ofSeconds(60)).build())
                .policy());
        world.call("shop.example", status(503));
        world.call("shop.example", status(503));
        world.call("shop.example", status(200));
        world.pass(Duration.ofSeconds(20));

        assertThat(scrape(world, null))
                .contains("circuit_breaker_state{" + SHOP + "} 1.0\n")
                .contains("holdfast_breaker_transitions_total{" + SHOP + ",state=\"open\"} 1.0\n")
                .contains("holdfast_breaker_time_seconds_total{" + SHOP + ",state=\"open\"} 20.0\n")
                .contains("holdfast_rejections_total{" + SHOP + ",reason=\"breaker\"} 1.0\n");
    }

    @Test
    void what_observe_mode_would_have_done_is_apart() throws IOException {
        World world = new World(RETRY.policy(Mode.OBSERVE));
        world.call("shop.example", status(503));

        assertThat(scrape(world, null))
                .contains("holdfast_would_have_total{action=\"retry\"," + SHOP + "} 1.0\n")
                .doesNotContain("retry_attempts_total");
    }

    @Test
    void the_agent_has_meters_of_its_own() throws IOException {
        World world = new World(RETRY.policy());
        world.status.reloaded(Set.of("*"), Set.of("*"));
        world.status.reloadFailed("line 3: no such key");

        assertThat(scrape(world, null))
                .contains("holdfast_agent{version=\"1.2.3\"} 1.0\n")
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
        Scrape scrape = new Scrape(new World(RETRY.policy()).status);

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
        Set<String> families = Samples.of(scrape(Everything::happened, null)).families();

        TreeMap<String, Meter> catalogue = new TreeMap<>();
        for (Meter meter : Meter.values()) {
            catalogue.put(meter.prometheusName() + (meter.kind() == Meter.Kind.COUNTER ? "_total" : ""), meter);
        }
        assertThat(families).containsExactlyInAnyOrderElementsOf(catalogue.keySet());
    }

    private static String scrape(World world, String accept) throws IOException {
        return scrape(world.status, accept);
    }

    private static String scrape(Supplier<Snapshot> status, String accept) throws IOException {
        return new String(new Scrape(status).text(accept).body(), StandardCharsets.UTF_8);
    }
}
