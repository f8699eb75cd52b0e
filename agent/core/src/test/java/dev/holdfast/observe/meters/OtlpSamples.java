package dev.holdfast.observe.meters;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Messages of OTLP taken apart, each value under the name that it has in a scrape of Prometheus. */
public final class OtlpSamples {
    private final Map<String, Double> values = new TreeMap<>();
    private final Map<String, String> resource = new LinkedHashMap<>();
    private final Set<Long> starts = new HashSet<>();
    private final Set<Long> times = new HashSet<>();

    private OtlpSamples() {}

    public static OtlpSamples of(byte[] message) {
        return of(List.of(message));
    }

    public static OtlpSamples of(List<byte[]> messages) {
        OtlpSamples samples = new OtlpSamples();
        try {
            for (byte[] message : messages) {
                for (ResourceMetrics part :
                        ExportMetricsServiceRequest.parseFrom(message).getResourceMetricsList()) {
                    part.getResource()
                            .getAttributesList()
                            .forEach(a -> samples.resource.put(
                                    a.getKey(), a.getValue().getStringValue()));
                    part.getScopeMetricsList()
                            .forEach(scope -> scope.getMetricsList().forEach(samples::add));
                }
            }
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
        return samples;
    }

    private void add(Metric metric) {
        String name = metric.getName().replace('.', '_') + (metric.getUnit().isEmpty() ? "" : "_" + metric.getUnit());
        metric.getGauge().getDataPointsList().forEach(point -> add(name, point));
        if (metric.hasSum()) {
            if (!metric.getSum().getIsMonotonic()) {
                throw new AssertionError(name + " is no counter");
            }
            metric.getSum().getDataPointsList().forEach(point -> {
                starts.add(point.getStartTimeUnixNano());
                add(name + "_total", point);
            });
        }
        metric.getHistogram().getDataPointsList().forEach(point -> add(name, point));
    }

    private void add(String name, NumberDataPoint point) {
        times.add(point.getTimeUnixNano());
        put(name + labels(point.getAttributesList(), ""), point.getAsDouble());
    }

    private void add(String name, HistogramDataPoint point) {
        times.add(point.getTimeUnixNano());
        starts.add(point.getStartTimeUnixNano());
        String labels = labels(point.getAttributesList(), "");
        put(name + "_count" + labels, point.getCount());
        put(name + "_sum" + labels, point.getSum());
        long sum = 0;
        for (int i = 0; i < point.getBucketCountsCount(); i++) {
            sum += point.getBucketCounts(i);
            String bound = i < point.getExplicitBoundsCount() ? Double.toString(point.getExplicitBounds(i)) : "+Inf";
            put(name + "_bucket" + labels(point.getAttributesList(), ",le=\"" + bound + '"'), sum);
        }
    }

    private void put(String sample, double value) {
        if (values.put(sample, value) != null) {
            throw new AssertionError(sample + " is there twice");
        }
    }

    private static String labels(List<KeyValue> attributes, String more) {
        return attributes.isEmpty() && more.isEmpty()
                ? ""
                : attributes.stream()
                                .map(a -> a.getKey() + "=\"" + a.getValue().getStringValue() + '"')
                                .collect(Collectors.joining(",", "{", more))
                        + '}';
    }

    /** All values, by sample. */
    public Map<String, Double> values() {
        return values;
    }

    /** Returns the attributes of the program. */
    public Map<String, String> resource() {
        return resource;
    }

    /** Since when was counted, in nanoseconds. */
    public Set<Long> starts() {
        return starts;
    }

    /** Returns the times of the values, in nanoseconds. */
    public Set<Long> times() {
        return times;
    }
}
