package dev.holdfast.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Measures a retry storm through three services in a row, and what retries save at an origin that fails at random. The
 * figures stand in {@code docs/retry-storms.md}; the property {@code holdfast.writeGolden} writes its table anew.
 */
class RetryStormTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int SERVICES = 3;
    private static final Path PAGE = Path.of("../../docs/retry-storms.md");
    private static final String BEGIN = "<!-- measured by RetryStormTest -->\n";
    private static final String END = "<!-- end -->";
    private static final String DEFAULTS = "[retry]\n";

    private static final List<Row> ROWS = List.of(
            new Row("the defaults", DEFAULTS),
            new Row("`min_per_second = 0`", "[retry.budget]\nmin_per_second = 0\n"),
            new Row("`min_per_second = 1`", "[retry.budget]\nmin_per_second = 1\n"),
            new Row("`ratio = 1`", "[retry.budget]\nratio = 1\n"),
            new Row("no budget", "[retry.budget]\nenabled = false\n"),
            new Row("a breaker that opens after 5 failures", "[retry.circuit_breaker]\nenabled = true\n"),
            new Row(
                    "a breaker that opens at 80 % of 20 calls in 30 s",
                    "[retry.circuit_breaker]\nenabled = true\nfailure_rate_threshold = 0.8\nminimum_calls = 20\n"
                            + "sliding_window = \"30s\"\n"));

    @Test
    void one_call_through_three_services_makes_ten_requests_at_a_dead_origin_at_most() {
        assertThat(requests(DEFAULTS, 1, 1, 0)).isEqualTo(10);
        assertThat(requests("[retry.budget]\nenabled = false\n", 1, 1, 0))
                .as("4 x 4 x 4")
                .isEqualTo(64);
    }

    @Test
    void forty_calls_in_8_s_make_less_than_ten_each() {
        assertThat(requests(DEFAULTS, 40, 8, 0)).isBetween(40, 40 + SERVICES * 3);
        assertThat(requests(DEFAULTS, 40, 8, 5)).as("after good traffic").isBetween(40, 10 * 40);
    }

    @Test
    void at_30_percent_of_random_faults_nearly_all_calls_are_saved_as_without_a_budget() {
        for (double rate : new double[] {1, 5, 40}) {
            double all = saved("[retry.budget]\nenabled = false\n", rate);
            assertThat(saved(DEFAULTS, rate)).as("at %s/s", rate).isGreaterThan(all - 0.01);
        }
    }

    @Test
    void the_page_has_the_measured_figures() throws IOException {
        StringBuilder table = new StringBuilder("""
                | `[retry]` and | one call | 40 calls in 8 s | the same, after a minute of 5 calls/s that end well | \
                30 % faults: 1 call/s | 5 calls/s | 40 calls/s |
                |---|---:|---:|---:|---:|---:|---:|
                """);
        for (Row row : ROWS) {
            List<String> cells = new ArrayList<>();
            cells.add(row.name);
            cells.add("" + requests(row.toml, 1, 1, 0));
            cells.add("" + requests(row.toml, 40, 8, 0));
            cells.add("" + requests(row.toml, 40, 8, 5));
            for (double rate : new double[] {1, 5, 40}) {
                cells.add(String.format(Locale.ROOT, "%.1f %%", 100 * saved(row.toml, rate)));
            }
            table.append("| ").append(String.join(" | ", cells)).append(" |\n");
        }
        String page = Files.readString(PAGE);
        int from = page.indexOf(BEGIN) + BEGIN.length();
        int to = page.indexOf(END);
        if (Boolean.getBoolean("holdfast.writeGolden")) {
            Files.writeString(PAGE, page.substring(0, from) + table + page.substring(to));
            return;
        }
        assertThat(page.substring(from, to)).isEqualTo(table.toString());
    }

    private record Row(String name, String toml) {}

    /** The most requests at a dead origin in some runs, of which each has other jitter. */
    private static int requests(String toml, int calls, int seconds, int goodPerSecond) {
        int most = 0;
        int good = goodPerSecond * 60;
        for (int seed = 0; seed < 5; seed++) {
            long dies = good == 0 ? 0 : 60 * SECOND;
            ServiceChain chain = new ServiceChain(toml, SERVICES, seed, at -> at < dies);
            for (int i = 0; i < good; i++) {
                chain.call(i * SECOND / goodPerSecond, status -> {});
            }
            for (int i = 0; i < calls; i++) {
                chain.call(dies + i * seconds * SECOND / calls, status -> {});
            }
            chain.run();
            most = Math.max(most, chain.requests() - good);
        }
        return most;
    }

    /** The share of calls that end well in ten minutes, with one service before an origin that fails at random. */
    private static double saved(String toml, double perSecond) {
        int[] good = {0};
        Random faults = new Random(7);
        ServiceChain chain = new ServiceChain(toml, 1, 1, at -> faults.nextDouble() >= 0.3);
        int calls = (int) (perSecond * 600);
        for (int i = 0; i < calls; i++) {
            chain.call((long) (i / perSecond * SECOND), status -> good[0] += status == 200 ? 1 : 0);
        }
        chain.run();
        return (double) good[0] / calls;
    }
}
