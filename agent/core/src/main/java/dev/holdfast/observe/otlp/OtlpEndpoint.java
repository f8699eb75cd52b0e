package dev.holdfast.observe.otlp;

import dev.holdfast.policy.OtlpExport;
import dev.holdfast.policy.ValueSource;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds the URL of the receiver of the meters: in the configuration, in the environment, or by default. */
final class OtlpEndpoint {
    private static final String FOR_METRICS = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    private static final String FOR_ALL = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private OtlpEndpoint() {}

    /**
     * The URL of a receiver.
     *
     * @param source where it comes from, which decides how it is shown
     */
    record Found(URI uri, ValueSource source) {}

    /**
     * Returns the URL that requests go to, by the rules of OpenTelemetry's exporters: the variable for metrics is taken
     * as it is; to the one for everything the path is added.
     *
     * @param url as the configuration has it; empty for where the environment says
     * @param source where that comes from
     * @param environment gives the value of a variable
     * @throws IllegalArgumentException what the environment says is no such URL; the message does not show it
     */
    static Found find(String url, ValueSource source, Function<String, @Nullable String> environment) {
        if (!url.isEmpty()) {
            return new Found(uri(url, "the URL"), source);
        }
        String metrics = environment.apply(FOR_METRICS);
        if (metrics != null && !metrics.isBlank()) {
            return ofVariable(FOR_METRICS, metrics.strip());
        }
        String all = environment.apply(FOR_ALL);
        if (all == null || all.isBlank()) {
            return new Found(uri(OtlpExport.DEFAULT_URL, "the URL"), ValueSource.FILE);
        }
        String base = all.strip();
        return ofVariable(
                FOR_ALL, (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + OtlpExport.METRICS_PATH);
    }

    private static Found ofVariable(String name, String url) {
        return new Found(uri(url, "the variable " + name), new ValueSource(name));
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
