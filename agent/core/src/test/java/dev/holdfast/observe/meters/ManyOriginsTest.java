package dev.holdfast.observe.meters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.observe.CounterRegistry;
import dev.holdfast.observe.ObservedCalls;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Policies;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A program that calls a hundred thousand origins, of which twelve thousand fail in every way. */
class ManyOriginsTest {
    private static final int ORIGINS = 100_000;
    private static final long MIB = 1 << 20;

    @Test
    void meters_stay_bounded_in_number_and_in_bytes() throws IOException {
        long before = used();
        ObservedCalls observedCalls = new ObservedCalls(Policies.retry()
                .breaker(Breakers.consecutive(3).open(Duration.ofSeconds(60)).build())
                .budget(0.2, 10)
                .limits(new LimitPolicy(10, 0, 1, 1_000_000_000L))
                .policy());
        for (int i = 0; i < ORIGINS; i++) {
            String host = "host" + i + ".many.example";
            if (i % 100 < 12) {
                AllMeters.happenTo(observedCalls, host);
            } else {
                observedCalls.call(host, ObservedCalls.status(200));
            }
        }
        Scrape scrape = new Scrape(observedCalls.status);

        Scrape.Text text = scrape.text(null);
        OtlpEncoder encoder = new OtlpEncoder(Map.of());
        List<Integer> messages = new ArrayList<>();
        encoder.encode(observedCalls.status.get(), message -> messages.add(message.length));
        long kept = used() - before;

        Samples samples = Samples.of(new String(text.body(), StandardCharsets.UTF_8));
        assertThat(samples.sum("holdfast_calls_total", "outcome=\"first_try\"")).isEqualTo(ORIGINS);
        assertThat(samples.sum(
                        "holdfast_calls_total", "origin=\"" + CounterRegistry.OTHER + "\",outcome=\"first_try\""))
                .isEqualTo(ORIGINS - CounterRegistry.MAX_ORIGINS);
        assertThat(samples.size()).isLessThan(60 * (CounterRegistry.MAX_ORIGINS + 1));
        // Small ones, so that what is held while one is made is little too.
        assertThat(messages)
                .hasSize(11)
                .allSatisfy(bytes -> assertThat((long) bytes).isLessThan(MIB));
        // Counters, breakers and all that belongs to an origin included.
        assertThat(kept).isLessThan(16 * MIB);
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
