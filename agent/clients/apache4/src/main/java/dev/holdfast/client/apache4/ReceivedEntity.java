package dev.holdfast.client.apache4;

import dev.holdfast.exchange.HeldStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.UnaryOperator;
import org.apache.http.HttpEntity;
import org.apache.http.conn.ConnectionReleaseTrigger;
import org.apache.http.conn.EofSensorInputStream;
import org.apache.http.conn.EofSensorWatcher;
import org.apache.http.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A response's body with a stream of ours behind the client's own, or in its place. It can release its connection where
 * the client's own body can, and so can its streams. Each stream that the program asks for is another one over the same
 * bytes, as with the client's own body; once one of them has ended, the client's own body says what follows from that,
 * in its own exceptions.
 */
class ReceivedEntity extends HttpEntityWrapper implements EofSensorWatcher {
    private final @Nullable UnaryOperator<InputStream> wrapper;
    /** The client's own that is wrapped; null: nothing was asked for, or the body comes from elsewhere. */
    private @Nullable EofSensorInputStream connection;
    /** True if the client's streams are of its public type. */
    private boolean sensed;

    private @Nullable InputStream stream;
    private boolean asked;
    private volatile boolean over;

    /**
     * A body whose stream is wrapped.
     *
     * @param wrapper applied when the program asks for the stream
     */
    static HttpEntity of(HttpEntity entity, UnaryOperator<InputStream> wrapper) {
        return entity instanceof ConnectionReleaseTrigger
                ? new Managed(entity, wrapper)
                : new ReceivedEntity(entity, wrapper);
    }

    /** A body that comes from elsewhere, such as from memory: its own stream was read. */
    static HttpEntity of(HttpEntity entity, InputStream stream) {
        return entity instanceof ConnectionReleaseTrigger
                ? new Managed(entity, stream)
                : new ReceivedEntity(entity, stream);
    }

    private ReceivedEntity(HttpEntity entity, UnaryOperator<InputStream> wrapper) {
        super(entity);
        this.wrapper = wrapper;
    }

    private ReceivedEntity(HttpEntity entity, InputStream stream) {
        super(entity);
        this.wrapper = null;
        this.stream = new HeldStream(stream, () -> closed(entity));
        this.sensed = entity instanceof EofSensorWatcher || entity instanceof ConnectionReleaseTrigger;
    }

    private static InputStream closed(HttpEntity entity) throws IOException {
        try {
            return entity.getContent();
        } catch (IllegalStateException e) { // 4.0 gives its stream once
            throw new IOException("Attempted read from closed stream.", e);
        }
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
        if (over) {
            return super.getContent();
        }
        if (opened == null) {
            InputStream content = super.getContent();
            opened = wrapper == null ? content : wrapper.apply(content);
            if (content instanceof EofSensorInputStream own && opened != content) {
                connection = own;
                sensed = true;
            }
            stream = opened;
        } else if (asked) {
            InputStream unused = super.getContent(); // 4.0 gives no second one
        }
        asked = true;
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
        ConnectionReleaseTrigger aborted = connection;
        if (aborted == null && wrappedEntity instanceof ConnectionReleaseTrigger managed) {
            aborted = managed;
        } else if (aborted == null && super.getContent() instanceof EofSensorInputStream other) {
            aborted = other; // each of the client's streams has the connection
        }
        if (aborted != null) {
            aborted.abortConnection();
        }
        return true;
    }

    /** Tells the stream that nothing more is read; its connection is released already. */
    final void closeOpened() throws IOException {
        InputStream opened = stream;
        if (opened != null) {
            over = sensed;
            opened.close();
        }
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        try (InputStream content = getContent()) {
            long unused = content.transferTo(out);
        }
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // it is the client's
    public void consumeContent() throws IOException {
        getContent().close();
    }

    /** Returns the text of the client's own body, which a response includes in its text. */
    @Override
    public String toString() {
        return wrappedEntity.toString();
    }

    /** The body of an old client, which has its connection. */
    private static final class Managed extends ReceivedEntity implements ConnectionReleaseTrigger {
        Managed(HttpEntity entity, UnaryOperator<InputStream> wrapper) {
            super(entity, wrapper);
        }

        Managed(HttpEntity entity, InputStream stream) {
            super(entity, stream);
        }

        private ConnectionReleaseTrigger connection() {
            return (ConnectionReleaseTrigger) wrappedEntity;
        }

        @Override
        public void releaseConnection() throws IOException {
            try {
                connection().releaseConnection();
            } finally {
                closeOpened();
            }
        }

        @Override
        public void abortConnection() throws IOException {
            try {
                connection().abortConnection();
            } finally {
                closeOpened();
            }
        }
    }
}
