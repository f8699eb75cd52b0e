package dev.holdfast.observe.meters;

import dev.holdfast.observe.Snapshot;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The meters of origins in Prometheus' model, made when they are collected. Not thread-safe: {@link Scrape} takes
 * turns.
 */
final class OriginCollector implements MultiCollector {
    private @Nullable Snapshot snapshot;

    /** Sets what is collected; null for nothing. */
    void show(@Nullable Snapshot next) {
        snapshot = next;
    }

    @Override
    public MetricSnapshots collect() {
        Snapshot shown = snapshot;
        if (shown == null) {
            return new MetricSnapshots();
        }
        Families families = new Families();
        Meters.ofOrigins(shown, families);
        return families.all();
    }

    /** Values by meter, each meter as one family. */
    private static final class Families implements MeterSink {
        private final Map<Meter, List<CounterSnapshot.CounterDataPointSnapshot>> counters = new EnumMap<>(Meter.class);
        private final Map<Meter, List<GaugeSnapshot.GaugeDataPointSnapshot>> gauges = new EnumMap<>(Meter.class);
        private final Map<Meter, List<SummarySnapshot.SummaryDataPointSnapshot>> timers = new EnumMap<>(Meter.class);
        private final Map<Meter, List<HistogramSnapshot.HistogramDataPointSnapshot>> histograms =
                new EnumMap<>(Meter.class);
        private final Map<Meter, String[]> labelNames = new EnumMap<>(Meter.class);
        private final Map<Meter, double[]> bounds = new EnumMap<>(Meter.class);

        private static double[] bounds(Meter meter) {
            double[] bounds = new double[meter.bounds().size() + 1];
            for (int i = 0; i < bounds.length - 1; i++) {
                bounds[i] = meter.bounds().get(i);
            }
            bounds[bounds.length - 1] = Double.POSITIVE_INFINITY;
            return bounds;
        }

        @Override
        public void value(Meter meter, double value, String... labels) {
            if (meter.kind() == Meter.Kind.COUNTER) {
                counters.computeIfAbsent(meter, m -> new ArrayList<>())
                        .add(new CounterSnapshot.CounterDataPointSnapshot(value, labels(meter, labels), null, 0));
            } else {
                gauges.computeIfAbsent(meter, m -> new ArrayList<>())
                        .add(new GaugeSnapshot.GaugeDataPointSnapshot(value, labels(meter, labels), null));
            }
        }

        @Override
        public void timer(Meter meter, long count, double seconds, String... labels) {
            timers.computeIfAbsent(meter, m -> new ArrayList<>())
                    .add(new SummarySnapshot.SummaryDataPointSnapshot(
                            count, seconds, Quantiles.EMPTY, labels(meter, labels), Exemplars.EMPTY, 0));
        }

        @Override
        public void histogram(Meter meter, List<Long> counts, double seconds, String... labels) {
            long[] each = new long[counts.size()];
            for (int i = 0; i < each.length; i++) {
                each[i] = counts.get(i);
            }
            histograms
                    .computeIfAbsent(meter, m -> new ArrayList<>())
                    .add(new HistogramSnapshot.HistogramDataPointSnapshot(
                            ClassicHistogramBuckets.of(bounds.computeIfAbsent(meter, Families::bounds), each),
                            seconds,
                            labels(meter, labels),
                            Exemplars.EMPTY,
                            0));
        }

        private Labels labels(Meter meter, String[] values) {
            String[] names = labelNames.computeIfAbsent(meter, m -> m.labels().toArray(String[]::new));
            return Labels.of(names, values);
        }

        MetricSnapshots all() {
            MetricSnapshots.Builder all = MetricSnapshots.builder();
            counters.forEach((meter, points) -> all.metricSnapshot(new CounterSnapshot(about(meter), points)));
            gauges.forEach((meter, points) -> all.metricSnapshot(new GaugeSnapshot(about(meter), points)));
            timers.forEach((meter, points) -> all.metricSnapshot(new SummarySnapshot(about(meter), points)));
            histograms.forEach((meter, points) -> all.metricSnapshot(new HistogramSnapshot(about(meter), points)));
            return all.build();
        }

        private static MetricMetadata about(Meter meter) {
            return meter.unit().isEmpty()
                    ? new MetricMetadata(meter.prometheusName(), meter.help())
                    : new MetricMetadata(meter.prometheusName(), meter.help(), new Unit(meter.unit()));
        }
    }
}
