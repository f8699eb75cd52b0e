package dev.holdfast.observe.otlp;

import dev.holdfast.policy.OtlpExport;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds the URL of the receiver of the meters: in the configuration, in the environment, or by default. */
final class OtlpEndpoint {
    private OtlpEndpoint() {}

    /**
     * Returns the URL that requests go to, by the rules of OpenTelemetry's exporters: the variable for metrics is taken
     * as it is; to the one for everything the path is added.
     *
     * @param url as the configuration has it; empty for where the environment says
     * @param environment gives the value of a variable
     * @throws IllegalArgumentException what the environment says is no such URL; the message does not show it
     */
    static URI uri(String url, Function<String, @Nullable String> environment) {
        if (!url.isEmpty()) {
            return uri(url, "the URL");
        }
        String metrics = environment.apply("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT");
        if (metrics != null && !metrics.isBlank()) {
            return uri(metrics.strip(), "the variable OTEL_EXPORTER_OTLP_METRICS_ENDPOINT");
        }
        String all = environment.apply("OTEL_EXPORTER_OTLP_ENDPOINT");
        if (all == null || all.isBlank()) {
            return uri(OtlpExport.DEFAULT_URL, "the URL");
        }
        String base = all.strip();
        return uri(
                (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + OtlpExport.METRICS_PATH,
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
}
