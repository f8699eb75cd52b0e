package dev.holdfast.observe;

import static dev.holdfast.observe.ObservedCalls.status;
import static dev.holdfast.testkit.GoldenFile.assertGolden;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.Policies;
import java.io.ByteArrayOutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonGenerator;

class SnapshotJsonTest {
    @Test
    void everything_is_there_by_the_names_of_labels_and_configuration() {
        ObservedCalls observedCalls = new ObservedCalls(Policies.retry()
                .backoff(new Backoff(1_000_000_000L, 30_000_000_000L, 2.0, Jitter.NONE))
                .maxRetries(1)
                .breaker(Breakers.consecutive(3).build())
                .policy());
        observedCalls.call("shop.example", status(200));
        observedCalls.call("shop.example", status(503), status(200));
        observedCalls.call("shop.example", status(503), status(503));
        observedCalls.call("shop.example", status(503));

        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.indented(text)) {
            SnapshotJson.write(observedCalls.status.get(), json);
        }

        assertGolden("observe/status.json", text + "\n");
    }

    @Test
    void nothing_that_is_known_of_an_origin_is_left_out() {
        ObservedCalls observedCalls = new ObservedCalls(Policies.retry().policy());
        observedCalls.call("shop.example", status(200));

        String json = SnapshotJson.of(observedCalls.status.get());

        // What can be counted is for collectors of meters alone.
        assertThat(OriginStats.class.getRecordComponents())
                .filteredOn(component -> !component.getName().equals("possible"))
                .allSatisfy(component -> assertThat(json)
                        .contains('"'
                                + component
                                        .getName()
                                        .replaceAll("([A-Z])", "_$1")
                                        .toLowerCase(Locale.ROOT) + "\":"));
    }

    @Test
    void what_is_not_there_is_null_and_no_number_is_null_too() {
        OriginStats nothing = new OriginStats(
                "*",
                "other",
                null,
                List.of(),
                0,
                Double.NaN,
                new OriginStats.Durations(List.of(0L), 0),
                new OriginStats.Durations(List.of(0L), 0),
                new OriginStats.Delays(List.of(0L), 0),
                Map.of(),
                Map.of(),
                Map.of(),
                List.of(),
                Map.of(),
                Map.of(),
                0,
                0,
                0,
                new OriginStats.BreakerStats("open", 0, null, -1, Map.of(), Map.of()),
                null,
                null,
                null);
        Snapshot snapshot = new Snapshot(
                0,
                0,
                null,
                ObservedCalls.IDENTITY,
                "f\"\n\u20ac",
                null,
                false,
                Activity.OFF,
                List.of(),
                List.of(nothing),
                0,
                List.of(),
                0,
                1,
                0,
                "a \"b\"\nc",
                Snapshot.Cache.EMPTY,
                null,
                null,
                CoverageGaps.NONE);
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        SnapshotJson.write(snapshot, out);

        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo(SnapshotJson.of(snapshot))
                .contains("\"version\":null", "\"file\":\"f\\\"\\n\u20ac\"", "\"error\":\"a \\\"b\\\"\\nc\"")
                .contains("\"p50\":null,\"p95\":null,\"p99\":null")
                .contains("\"sha256\":null", "\"store\":null", "\"faults\":null")
                .contains("\"mode\":null", "\"attempt_seconds\":null", "\"budget\":null", "\"limits\":null")
                .contains("\"seconds_to_probe\":null", "\"reason\":null");
    }
}
