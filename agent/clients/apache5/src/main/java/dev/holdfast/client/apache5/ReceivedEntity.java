package dev.holdfast.client.apache5;

import dev.holdfast.exchange.HeldStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.UnaryOperator;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.EofSensorInputStream;
import org.apache.hc.core5.http.io.EofSensorWatcher;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A response's body with a stream of ours behind the client's own, or in its place, and of its public type. Each stream
 * that the program asks for is another one over the same bytes, as with the client's own body; once one of them has
 * ended, the client's own body says what follows from that, in its own exceptions.
 */
final class ReceivedEntity extends HttpEntityWrapper implements EofSensorWatcher {
    private final HttpEntity received;
    private final @Nullable UnaryOperator<InputStream> wrapper;
    /** The client's own that is wrapped; null: nothing was asked for, or the body comes from elsewhere. */
    private @Nullable EofSensorInputStream connection;
    /** True if the client's streams are of its public type. */
    private boolean sensed;

    private @Nullable InputStream stream;
    private volatile boolean over;

    /**
     * A body whose stream is wrapped.
     *
     * @param wrapper applied when the program asks for the stream
     */
    ReceivedEntity(HttpEntity entity, UnaryOperator<InputStream> wrapper) {
        super(entity);
        this.received = entity;
        this.wrapper = wrapper;
    }

    /** A body that comes from elsewhere, such as from memory: its own stream was read. */
    ReceivedEntity(HttpEntity entity, InputStream stream) {
        super(entity);
        this.received = entity;
        this.wrapper = null;
        this.stream = new HeldStream(stream, entity::getContent);
        this.sensed = entity instanceof EofSensorWatcher;
    }

    @Override
    public boolean isRepeatable() {
        return false;
    }

    @Override
    public boolean isStreaming() {
        return true;
    }

    @Override
    public InputStream getContent() throws IOException {
        if (over) {
            return super.getContent();
        }
        InputStream opened = stream;
        if (opened == null) {
            InputStream content = super.getContent();
            opened = wrapper == null ? content : wrapper.apply(content);
            if (content instanceof EofSensorInputStream own && opened != content) {
                connection = own;
                sensed = true;
            }
            stream = opened;
        }
        return sensed ? new EofSensorInputStream(opened, this) : opened;
    }

    @Override
    public boolean eofDetected(InputStream ended) {
        over = true;
        return true;
    }

    @Override
    public boolean streamClosed(InputStream ended) {
        over = true;
        return true;
    }

    @Override
    public boolean streamAbort(InputStream ended) throws IOException {
        over = true;
        if (ended instanceof HeldStream held) {
            held.drop();
        }
        EofSensorInputStream aborted = connection;
        if (aborted != null) {
            aborted.abort();
        } else if (super.getContent() instanceof EofSensorInputStream other) {
            other.abort(); // each of the client's streams has the connection
        }
        return true;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        try (InputStream content = getContent()) {
            long unused = content.transferTo(out);
        }
    }

    @Override
    public void close() throws IOException {
        InputStream opened = stream;
        if (opened != null) {
            over = sensed;
            opened.close();
        }
        super.close();
    }

    /** Returns the text of the client's own body, which a response includes in its text. */
    @Override
    public String toString() {
        return received.toString();
    }
}
