package dev.holdfast.observe.meters;

import dev.holdfast.observe.Snapshot;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The meters as text, for the endpoint: Prometheus' format, or OpenMetrics for those who accept it. Micrometer and
 * Prometheus' client are loaded with the first scrape, not with this class. Thread-safe: scrapes that come together are
 * served in turn.
 */
public final class Scrape {
    private final Supplier<Snapshot> status;
    private @Nullable PrometheusPage page;

    /**
     * Nothing is made yet.
     *
     * @param status what there is to show
     */
    public Scrape(Supplier<Snapshot> status) {
        this.status = status;
    }

    /**
     * A text.
     *
     * @param contentType the value of its {@code Content-Type} header
     * @param body its bytes, in UTF-8
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them, and a copy of some megabytes is no help
    public record Text(String contentType, byte[] body) {}

    /**
     * All meters, now.
     *
     * @param accept the request's {@code Accept} header, null if it has none
     * @throws IOException they cannot be written
     */
    public synchronized Text text(@Nullable String accept) throws IOException {
        PrometheusPage made = page;
        if (made == null) {
            made = new PrometheusPage();
            page = made;
        }
        return made.text(status.get(), accept);
    }
}
