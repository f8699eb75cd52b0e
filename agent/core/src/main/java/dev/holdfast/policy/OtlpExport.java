package dev.holdfast.policy;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The receiver that meters are pushed to by OTLP, as the configuration says it. Immutable.
 *
 * @param url where it is; empty for where the environment says, or the {@link #DEFAULT_URL}
 * @param stepNanos how often meters are pushed
 * @param timeoutNanos how long one request may take
 * @param headers of the requests, beside those that the environment asks for; they may hold credentials
 * @param resourceAttributes what the program is, beside what the environment says of it
 * @param source where the URL comes from
 */
public record OtlpExport(
        String url,
        long stepNanos,
        long timeoutNanos,
        Map<String, List<String>> headers,
        Map<String, String> resourceAttributes,
        ValueSource source) {
    /** One whose URL stands in the file itself. */
    public OtlpExport(
            String url,
            long stepNanos,
            long timeoutNanos,
            Map<String, List<String>> headers,
            Map<String, String> resourceAttributes) {
        this(url, stepNanos, timeoutNanos, headers, resourceAttributes, ValueSource.FILE);
    }

    /** The path of a receiver's metrics, by OpenTelemetry's rules. */
    public static final String METRICS_PATH = "/v1/metrics";

    /** The address of a receiver by OpenTelemetry's rules, if nothing else is configured. */
    public static final String DEFAULT_URL = "http://localhost:4318" + METRICS_PATH;

    /** Headers that belong to the message and its transport, in lower case: no user sets them. */
    public static final Set<String> RESERVED_HEADERS = Set.of(
            "connection", "content-encoding", "content-length", "content-type", "expect", "host", "transfer-encoding");

    /** Returns the type's name, without what may be a credential. */
    @Override
    public String toString() {
        return "OtlpExport";
    }
}
