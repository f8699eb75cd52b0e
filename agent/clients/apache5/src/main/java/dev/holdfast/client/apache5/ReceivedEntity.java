package dev.holdfast.client.apache5;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.UnaryOperator;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.EofSensorInputStream;
import org.apache.hc.core5.http.io.EofSensorWatcher;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/** A response's body with a stream of ours behind the client's own, or in its place, and of its public type. */
final class ReceivedEntity extends HttpEntityWrapper {
    private final HttpEntity received;
    private final @Nullable UnaryOperator<InputStream> wrapper;
    private @Nullable InputStream stream;

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
        this.stream = entity instanceof EofSensorWatcher || entity instanceof ReceivedEntity
                ? new ReceivedStream(stream, null)
                : stream;
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
        InputStream opened = stream;
        if (opened == null) {
            InputStream content = super.getContent();
            opened = wrapper == null ? content : wrapper.apply(content);
            if (content instanceof EofSensorInputStream connection && !(opened instanceof EofSensorInputStream)) {
                opened = new ReceivedStream(opened, connection);
            }
            stream = opened;
        }
        return opened;
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
