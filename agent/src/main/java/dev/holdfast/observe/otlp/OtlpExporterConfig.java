package dev.holdfast.observe.otlp;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The receiver of the meters, and the interval between pushes.
 *
 * @param url where it is; empty for where the environment says, or the usual place
 * @param stepNanos how often meters are pushed
 * @param timeoutNanos how long one request may take
 * @param headers of the requests, beside those that the environment asks for; they may hold credentials
 * @param resourceAttributes what the program is, beside what the environment says of it
 */
public record OtlpExporterConfig(
        String url,
        long stepNanos,
        long timeoutNanos,
        Map<String, List<String>> headers,
        Map<String, String> resourceAttributes) {
    private static final String PATH = "/v1/metrics";
    private static final String USUAL = "http://localhost:4318" + PATH;

    /**
     * Returns the URL that requests go to, by the rules of OpenTelemetry's exporters: the variable for metrics is taken
     * as it is; to the one for everything the path is added.
     *
     * @param environment gives the value of a variable
     * @throws IllegalArgumentException what the environment says is no such URL; the message does not show it
     */
    URI uri(Function<String, @Nullable String> environment) {
        if (!url.isEmpty()) {
            return uri(url, "the URL");
        }
        String metrics = environment.apply("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT");
        if (metrics != null && !metrics.isBlank()) {
            return uri(metrics.strip(), "the variable OTEL_EXPORTER_OTLP_METRICS_ENDPOINT");
        }
        String all = environment.apply("OTEL_EXPORTER_OTLP_ENDPOINT");
        if (all == null || all.isBlank()) {
            return uri(USUAL, "the URL");
        }
        String base = all.strip();
        return uri(
                (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + PATH,
                "the variable OTEL_EXPORTER_OTLP_ENDPOINT");
    }

    private static URI uri(String text, String from) {
        URI uri = null;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            // Its message would show what may be a credential.
        }
        if (uri == null
                || uri.getHost() == null
                || uri.getPort() > 65535
                || !("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()))) {
            throw new IllegalArgumentException(from + " names no http or https URL");
        }
        return uri;
    }

    /** Without what may be a credential. */
    @Override
    public String toString() {
        return "OtlpExporterConfig";
    }
}
