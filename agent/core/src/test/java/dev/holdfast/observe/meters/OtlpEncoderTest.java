package dev.holdfast.observe.meters;

import static dev.holdfast.observe.ObservedCalls.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.observe.ObservedCalls;
import dev.holdfast.observe.Snapshot;
import dev.holdfast.policy.Policies;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OtlpEncoderTest {
    private final OtlpEncoder encoder = new OtlpEncoder(Map.of("service.name", "shop"));

    @Test
    void says_what_a_scrape_says_and_nothing_else() throws IOException {
        Snapshot snapshot = AllMeters.happened();
        String scrape = new String(new Scrape(() -> snapshot).text(null).body(), StandardCharsets.UTF_8);

        OtlpSamples samples = OtlpSamples.of(encode(snapshot));

        assertThat(samples.values()).isEqualTo(new TreeMap<>(Samples.of(scrape).values()));
        assertThat(samples.resource())
                .containsEntry("service.name", "shop")
                .containsEntry("telemetry.sdk.name", "io.micrometer");
    }

    @Test
    void counts_since_counting_began_whenever_it_is_encoded() throws IOException {
        Snapshot snapshot = AllMeters.happened();

        for (int i = 0; i < 2; i++) {
            OtlpSamples samples = OtlpSamples.of(encode(snapshot));

            assertThat(samples.starts()).containsExactly(snapshot.startedEpochMillis() * 1_000_000);
            assertThat(samples.times()).containsExactly(snapshot.epochMillis() * 1_000_000);
        }
    }

    @Test
    void many_origins_come_in_several_messages_none_of_them_twice() throws IOException {
        ObservedCalls observedCalls = new ObservedCalls(Policies.retry().policy());
        for (int i = 0; i < 250; i++) {
            observedCalls.call("h" + i + ".example", status(200));
        }
        Snapshot snapshot = observedCalls.status.get();

        List<byte[]> messages = encode(snapshot);

        assertThat(messages).hasSize(3);
        assertThat(OtlpSamples.of(messages).values().keySet())
                .filteredOn(sample -> sample.startsWith("holdfast_calls_total") && sample.contains("first_try"))
                .hasSize(250);
    }

    @Test
    void starts_no_thread() throws IOException {
        int before = Thread.activeCount();

        encode(AllMeters.happened());

        assertThat(Thread.activeCount()).isLessThanOrEqualTo(before);
    }

    @Test
    void a_receiver_may_say_that_it_did_not_take_everything() {
        ExportMetricsServiceResponse response = ExportMetricsServiceResponse.newBuilder()
                .setPartialSuccess(ExportMetricsPartialSuccess.newBuilder().setRejectedDataPoints(3))
                .build();

        assertThat(encoder.rejected(response.toByteArray())).isEqualTo(3);
        assertThat(encoder.rejected(new byte[0])).isZero();
        assertThat(encoder.rejected("{\"partialSuccess\":{}}".getBytes(StandardCharsets.UTF_8)))
                .isZero();
    }

    private List<byte[]> encode(Snapshot snapshot) throws IOException {
        List<byte[]> messages = new ArrayList<>();
        encoder.encode(snapshot, messages::add);
        return messages;
    }

    @Test
    void anErrorInTheHeadersNamesTheVariableThatIsThere() {
        String all = "OTEL_EXPORTER_OTLP_HEADERS";
        String metrics = "OTEL_EXPORTER_OTLP_METRICS_HEADERS";

        assertThat(OtlpEncoder.headersVariable(Map.of(all, "a"))).isEqualTo(all);
        assertThat(OtlpEncoder.headersVariable(Map.of(metrics, "a"))).isEqualTo(metrics);
        assertThat(OtlpEncoder.headersVariable(Map.of(all, "a", metrics, "b"))).isEqualTo(metrics + " or " + all);
    }
}
