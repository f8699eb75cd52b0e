package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class LatencyQuantileTest {
    private final LatencyQuantile latency = new LatencyQuantile();

    @Test
    void saysNothingBeforeItKnowsEnough() {
        for (int i = 0; i < 19; i++) {
            latency.record(1_000_000);
            assertThat(latency.p95()).isEqualTo(-1);
        }
        latency.record(1_000_000);

        assertThat(latency.p95()).isBetween(1_000_000L, 1_130_000L);
    }

    @Test
    void forgetsWhatWasLongAgo() {
        for (int i = 0; i < 1000; i++) {
            latency.record(5_000_000_000L);
        }
        for (int i = 0; i < 5000; i++) {
            latency.record(1_000_000);
        }

        assertThat(latency.p95()).isBetween(1_000_000L, 1_130_000L);
    }

    @Test
    void takesTheLongestAndTheShortestForWhatItsEndsAre() {
        for (int i = 0; i < 20; i++) {
            latency.record(Long.MAX_VALUE);
            latency.record(-1);
        }

        assertThat(latency.p95()).isEqualTo(1L << 43);
    }

    @Property
    void isTheQuantileOrALittleMore(@ForAll("latencies") List<Long> nanos) {
        LatencyQuantile some = new LatencyQuantile();
        nanos.forEach(some::record);
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        long exact = sorted[sorted.length - 1 - sorted.length / 20];

        assertThat(some.p95()).as(() -> Arrays.toString(sorted)).isBetween(exact, Math.max(1 << 11, exact + exact / 7));
    }

    @Provide
    Arbitrary<List<Long>> latencies() {
        return Arbitraries.longs()
                .between(1, 3_600_000_000_000L)
                .list()
                .ofMinSize(20)
                .ofMaxSize(300);
    }
}
