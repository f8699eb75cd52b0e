package dev.holdfast.observe.meters;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.observe.OriginStats;
import dev.holdfast.observe.ProcessIdentity;
import dev.holdfast.observe.Snapshot;
import io.micrometer.registry.otlp.OtlpConfig;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The meters as messages of OTLP, made by Micrometer's registry for it. A registry lives for one message: that of a
 * program with {@value #ORIGINS_EACH} origins at most, so that little is held at a time, whatever number is called, and
 * nothing between two pushes ({@link PrometheusPage} says what meters take that stay). Micrometer and protobuf are
 * loaded with this class. Not thread-safe.
 */
public final class OtlpEncoder {
    private static final String HEADERS = "OTEL_EXPORTER_OTLP_HEADERS";
    private static final String METRICS_HEADERS = "OTEL_EXPORTER_OTLP_METRICS_HEADERS";
    private static final int ORIGINS_EACH = 100;

    private final Map<String, String> attributes;

    /**
     * An encoder.
     *
     * @param resourceAttributes what the program is, beside what the environment says of it
     * @throws IllegalArgumentException the environment's variable cannot be read
     */
    public OtlpEncoder(Map<String, String> resourceAttributes) {
        QuietLogging.install();
        attributes =
                new LinkedHashMap<>(environment("OTEL_RESOURCE_ATTRIBUTES", OtlpConfig.DEFAULT::resourceAttributes));
        attributes.putAll(resourceAttributes);
    }

    /** Takes messages. */
    @FunctionalInterface
    public interface Taker {
        /** Takes one. */
        void take(byte[] message) throws IOException;
    }

    /** The headers that the environment asks for; they may hold credentials. */
    public Map<String, String> environmentHeaders() {
        return environment(headersVariable(System.getenv()), OtlpConfig.DEFAULT::headers);
    }

    /** The variables whose headers come together, as far as they are there. */
    static String headersVariable(Map<String, String> variables) {
        boolean forAll = variables.containsKey(HEADERS);
        boolean forMetrics = variables.containsKey(METRICS_HEADERS);
        return forAll && forMetrics ? METRICS_HEADERS + " or " + HEADERS : forMetrics ? METRICS_HEADERS : HEADERS;
    }

    /** Reads a variable. An error is not described: the message would hold the variable's value. */
    private static Map<String, String> environment(String variable, Supplier<Map<String, String>> values) {
        try {
            return values.get();
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("the variable " + variable + " cannot be read", null);
        }
    }

    /** All meters of a snapshot, as {@code ExportMetricsServiceRequest}s. */
    public void encode(Snapshot snapshot, Taker to) throws IOException {
        Map<String, String> resource = resource(snapshot);
        List<OriginStats> origins = snapshot.origins();
        int from = 0;
        do {
            int end = Math.min(from + ORIGINS_EACH, origins.size());
            OtlpMessage message = new OtlpMessage(resource, snapshot.startedEpochMillis(), snapshot.epochMillis());
            if (from == 0) {
                Meters.ofAgent(snapshot, message);
            }
            for (OriginStats origin : origins.subList(from, end)) {
                Meters.ofOrigin(origin, message);
            }
            to.take(message.bytes());
            from = end;
        } while (from < origins.size());
    }

    /**
     * Returns the attributes of the process, by the names of OpenTelemetry's conventions as far as there are any; what
     * the environment or the configuration says of it goes first.
     */
    private Map<String, String> resource(Snapshot snapshot) {
        ProcessIdentity process = snapshot.process();
        Map<String, String> resource = new LinkedHashMap<>();
        resource.put("host.name", process.host());
        resource.put("process.pid", Long.toString(process.pid()));
        resource.put("process.creation.time", process.started());
        // Receivers tell the processes of a service apart by this.
        resource.put("service.instance.id", process.pid() + "@" + process.host());
        resource.put("holdfast.program", process.program());
        resource.put("holdfast.configuration", snapshot.file());
        putKnown(resource, "holdfast.configuration.sha256", snapshot.fingerprint());
        putKnown(resource, "holdfast.version", snapshot.version());
        resource.putAll(attributes);
        return resource;
    }

    private static void putKnown(Map<String, String> resource, String name, @Nullable String value) {
        if (value != null) {
            resource.put(name, value);
        }
    }

    /**
     * Returns the number of values that the receiver reports as rejected although it accepted the message; 0 where it
     * reports none.
     */
    public long rejected(byte[] response) {
        try {
            return ExportMetricsServiceResponse.parseFrom(response)
                    .getPartialSuccess()
                    .getRejectedDataPoints();
        } catch (InvalidProtocolBufferException e) {
            return 0; // it answered in another format, and it is the status that counts
        }
    }
}
