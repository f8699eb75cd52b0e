package dev.holdfast.client.okhttp;

import java.io.InputStream;
import java.util.function.UnaryOperator;
import okhttp3.MediaType;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A response's body that is read from a stream. It has the type and the length of the body that it stands for; the time
 * limits that a program sets on its source are those of that body.
 */
final class StreamBody extends ResponseBody {
    private final @Nullable MediaType type;
    private final long length;
    private final BufferedSource source;

    private StreamBody(@Nullable MediaType type, long length, Timeout timeout, InputStream stream) {
        this.type = type;
        this.length = length;
        this.source = Okio.buffer(new StreamSource(stream, timeout));
    }

    /** A body for which nothing was received. */
    static ResponseBody of(@Nullable MediaType type, long length, InputStream stream) {
        return new StreamBody(type, length, Timeout.NONE, stream);
    }

    /** A response with another stream behind its body. */
    static Response in(Response response, UnaryOperator<InputStream> wrapper) {
        ResponseBody body = response.body();
        return body == null
                ? response
                : response.newBuilder()
                        .body(new StreamBody(
                                body.contentType(),
                                body.contentLength(),
                                body.source().timeout(),
                                wrapper.apply(body.byteStream())))
                        .build();
    }

    @Override
    public @Nullable MediaType contentType() {
        return type;
    }

    @Override
    public long contentLength() {
        return length;
    }

    @Override
    public BufferedSource source() {
        return source;
    }

    /**
     * The library's own source, which reads into the memory that it keeps for all bodies: a piece of our own would be 8
     * KiB for each call.
     */
    private static final class StreamSource extends ForwardingSource {
        private final Timeout limits;

        StreamSource(InputStream stream, Timeout limits) {
            super(Okio.source(stream));
            this.limits = limits;
        }

        @Override
        public Timeout timeout() {
            return limits;
        }
    }
}
