package dev.holdfast.observe.meters;

import dev.holdfast.observe.Snapshot;
import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Micrometer's registry for Prometheus. The agent's own few meters are Micrometer's; those of origins are made from the
 * snapshot for each scrape ({@link OriginCollector}) and forgotten. A meter of Micrometer's stays, and takes 0.7 KiB:
 * for the 1,000 origins that are listed, with 40 meters each, that was measured to be 28 MiB, and nearly double the
 * time; and it has no histogram of values that were counted elsewhere.
 */
final class PrometheusPage {
    /** The usual length of a first text. */
    private static final int BYTES = 16_384;

    private final OriginCollector origins = new OriginCollector();
    private final PrometheusMeterRegistry registry;
    private final GaugeSet agent;
    private final ExpositionFormats formats = ExpositionFormats.init();
    private int lastLength = BYTES;

    PrometheusPage() {
        QuietLogging.install();
        PrometheusRegistry prometheus = new PrometheusRegistry();
        prometheus.register(origins);
        registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, prometheus, Clock.SYSTEM);
        agent = new GaugeSet(new OwnRegistrar(registry));
    }

    Scrape.Text text(Snapshot snapshot, @Nullable String accept) throws IOException {
        agent.update(sink -> Meters.ofAgent(snapshot, sink));
        origins.show(snapshot);
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream(lastLength + lastLength / 8);
            String contentType = formats.findWriter(accept).getContentType();
            registry.scrape(out, contentType);
            lastLength = out.size();
            return new Scrape.Text(contentType, out.toByteArray());
        } finally {
            origins.show(null);
        }
    }
}
