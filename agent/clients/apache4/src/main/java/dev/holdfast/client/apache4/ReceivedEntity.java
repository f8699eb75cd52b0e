package dev.holdfast.client.apache4;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.UnaryOperator;
import org.apache.http.HttpEntity;
import org.apache.http.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/** A response's body with a stream of ours behind the client's own, or in its place. */
final class ReceivedEntity extends HttpEntityWrapper {
    private final @Nullable UnaryOperator<InputStream> wrapper;
    private @Nullable InputStream stream;

    /**
     * A body whose stream is wrapped.
     *
     * @param wrapper applied when the program asks for the stream
     */
    ReceivedEntity(HttpEntity entity, UnaryOperator<InputStream> wrapper) {
        super(entity);
        this.wrapper = wrapper;
    }

    /** A body that comes from elsewhere, such as from memory: its own stream was read. */
    ReceivedEntity(HttpEntity entity, InputStream stream) {
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
            opened = wrapper == null ? super.getContent() : wrapper.apply(super.getContent());
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
}
