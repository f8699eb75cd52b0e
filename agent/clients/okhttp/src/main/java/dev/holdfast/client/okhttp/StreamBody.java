package dev.holdfast.client.okhttp;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.UnaryOperator;
import okhttp3.MediaType;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.Okio;
import okio.Source;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A response's body that is read from a stream. It has the type and the length of the body that it stands for; the time
 * limits that a program sets on its source are those of that body.
 */
final class StreamBody extends ResponseBody {
    private static final int PIECE = 8192;

    private final @Nullable MediaType type;
    private final long length;
    private final Timeout timeout;
    private final BufferedSource source;

    private StreamBody(@Nullable MediaType type, long length, Timeout timeout, InputStream stream) {
        this.type = type;
        this.length = length;
        this.timeout = timeout;
        this.source = Okio.buffer(new StreamSource(stream));
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

    private final class StreamSource implements Source {
        private final InputStream stream;
        private final byte[] piece = new byte[PIECE];

        StreamSource(InputStream stream) {
            this.stream = stream;
        }

        @Override
        public long read(Buffer sink, long byteCount) throws IOException {
            if (byteCount == 0) {
                return 0;
            }
            int n = stream.read(piece, 0, (int) Math.min(byteCount, piece.length));
            if (n > 0) {
                Buffer unused = sink.write(piece, 0, n);
            }
            return n;
        }

        @Override
        public Timeout timeout() {
            return timeout;
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }
}
