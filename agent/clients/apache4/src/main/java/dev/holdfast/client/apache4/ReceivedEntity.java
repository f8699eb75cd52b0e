package dev.holdfast.client.apache4;

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
 * the client's own body can, and so can its stream.
 */
class ReceivedEntity extends HttpEntityWrapper {
    private final @Nullable UnaryOperator<InputStream> wrapper;
    private @Nullable InputStream stream;

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
        ConnectionReleaseTrigger connection = entity instanceof ConnectionReleaseTrigger trigger ? trigger : null;
        InputStream given = connection != null || entity instanceof EofSensorWatcher || entity instanceof ReceivedEntity
                ? new ReceivedStream(stream, connection)
                : stream;
        return connection == null ? new ReceivedEntity(entity, given) : new Managed(entity, given);
    }

    private ReceivedEntity(HttpEntity entity, UnaryOperator<InputStream> wrapper) {
        super(entity);
        this.wrapper = wrapper;
    }

    private ReceivedEntity(HttpEntity entity, InputStream stream) {
        super(entity);
        this.wrapper = null;
        this.stream = stream;
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
            InputStream received = super.getContent();
            opened = wrapper == null ? received : wrapper.apply(received);
            if (received instanceof EofSensorInputStream connection && !(opened instanceof EofSensorInputStream)) {
                opened = new ReceivedStream(opened, connection);
            }
            stream = opened;
        }
        return opened;
    }

    /** Tells the stream that nothing more is read; its connection is released already. */
    final void closeOpened() throws IOException {
        InputStream opened = stream;
        if (opened != null) {
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
