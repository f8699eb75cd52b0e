package dev.holdfast.observe.meters;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.Clock;
import io.micrometer.registry.otlp.OtlpConfig;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One message in the making. Micrometer's registry writes it when it is closed, on the thread that closes it; before,
 * it believes that it is not enabled, and so starts no thread of its own. Histograms are put beside that: Micrometer
 * takes values for them one by one, and ours were counted elsewhere.
 */
final class OtlpMessage implements MeterSink {
    private final Settings settings;
    private final Moment moment;
    private final long startMillis;
    private final long nowMillis;
    private final OtlpMeterRegistry registry;
    private final OwnRegistrar registrar;
    /** Micrometer's meters hold them weakly. */
    private final List<GaugeValue> cells = new ArrayList<>();

    private final Map<Meter, Metric.Builder> histograms = new EnumMap<>(Meter.class);
    private byte @Nullable [] written;

    /**
     * Nothing in it yet.
     *
     * @param startMillis since when was counted
     * @param nowMillis until when
     */
    OtlpMessage(Map<String, String> resourceAttributes, long startMillis, long nowMillis) {
        this.startMillis = startMillis;
        this.nowMillis = nowMillis;
        settings = new Settings(resourceAttributes);
        moment = new Moment(startMillis);
        registry = OtlpMeterRegistry.builder(settings)
                .clock(moment)
                .metricsSender(request -> written = request.getMetricsData())
                .build();
        registrar = new OwnRegistrar(registry);
    }

    @Override
    public void value(Meter meter, double value, String... labels) {
        add(meter, value, 0, labels);
    }

    @Override
    public void timer(Meter meter, long count, double seconds, String... labels) {
        add(meter, seconds, count, labels);
    }

    private void add(Meter meter, double value, long count, String[] labels) {
        GaugeValue gaugeValue = new GaugeValue();
        gaugeValue.set(value, count);
        cells.add(gaugeValue);
        registrar.add(meter, List.of(labels), gaugeValue);
    }

    @Override
    public void histogram(Meter meter, List<Long> counts, double seconds, String... labels) {
        HistogramDataPoint.Builder point = HistogramDataPoint.newBuilder()
                .setStartTimeUnixNano(TimeUnit.MILLISECONDS.toNanos(startMillis))
                .setTimeUnixNano(TimeUnit.MILLISECONDS.toNanos(nowMillis))
                .addAllExplicitBounds(meter.bounds())
                .addAllBucketCounts(counts)
                .setCount(counts.stream().mapToLong(Long::longValue).sum())
                .setSum(seconds);
        for (int i = 0; i < labels.length; i++) {
            point.addAttributes(KeyValue.newBuilder()
                    .setKey(meter.labels().get(i))
                    .setValue(AnyValue.newBuilder().setStringValue(labels[i])));
        }
        histograms
                .computeIfAbsent(
                        meter,
                        m -> Metric.newBuilder()
                                .setName(m.id())
                                .setDescription(m.help())
                                .setUnit(m.unit()))
                .getHistogramBuilder()
                .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE)
                .addDataPoints(point);
    }

    /** Everything that was added; to be called once. */
    byte[] bytes() {
        moment.wallMillis = nowMillis;
        settings.enabled = true;
        registry.close();
        cells.clear();
        byte[] values = written;
        if (values == null) {
            throw new IllegalStateException("Micrometer wrote no message");
        }
        return histograms.isEmpty() ? values : withHistograms(values);
    }

    private byte[] withHistograms(byte[] values) {
        try {
            ExportMetricsServiceRequest.Builder all = ExportMetricsServiceRequest.parseFrom(values).toBuilder();
            histograms.values().forEach(all.getResourceMetricsBuilder(0).getScopeMetricsBuilder(0)::addMetrics);
            return all.build().toByteArray();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("Micrometer wrote a message that is none", e);
        }
    }

    private static final class Settings implements OtlpConfig {
        private final Map<String, String> resourceAttributes;
        private boolean enabled;

        Settings(Map<String, String> resourceAttributes) {
            this.resourceAttributes = resourceAttributes;
        }

        @Override
        public @Nullable String get(String key) {
            return null;
        }

        @Override
        public boolean enabled() {
            return enabled;
        }

        @Override
        public Map<String, String> resourceAttributes() {
            return resourceAttributes;
        }

        /** Returns no headers: the sender of the message knows them. */
        @Override
        public Map<String, String> headers() {
            return Map.of();
        }

        @Override
        public TimeUnit baseTimeUnit() {
            return TimeUnit.SECONDS;
        }

        @Override
        public int batchSize() {
            return 1_000_000;
        }
    }

    /**
     * A clock that shows the time at which counting began while meters are made, since they take it for their start,
     * and the current time from then on.
     */
    private static final class Moment implements Clock {
        private long wallMillis;

        Moment(long wallMillis) {
            this.wallMillis = wallMillis;
        }

        @Override
        public long wallTime() {
            return wallMillis;
        }

        @Override
        public long monotonicTime() {
            return TimeUnit.MILLISECONDS.toNanos(wallMillis);
        }
    }
}
