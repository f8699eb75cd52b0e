package dev.holdfast.client.okhttp;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import okhttp3.MediaType;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import okio.Source;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A response's body that is read from a stream. It has the type and the length of the body that it stands for; the time
 * limits that a program sets on its source are those of that body.
 */
final class StreamBody extends ResponseBody {
    /** The body that it stands for. Its type is made of a text each time that somebody asks for it. */
    private final ResponseBody received;

    private final BufferedSource source;
    /** Null: it cannot be watched. */
    private final @Nullable WatchedSource watched;

    private StreamBody(ResponseBody received, Source source) {
        this.received = received;
        this.source = Okio.buffer(source);
        this.watched = source instanceof WatchedSource mine ? mine : null;
    }

    /** A body for which nothing was received. */
    static ResponseBody of(@Nullable MediaType type, long length, InputStream stream) {
        return new StreamBody(new Announced(type, length), new StreamSource(stream, Timeout.NONE));
    }

    /** A response with another stream behind its body. */
    static Response in(Response response, UnaryOperator<InputStream> wrapper) {
        ResponseBody body = response.body();
        return body == null
                ? response
                : response.newBuilder()
                        .body(new StreamBody(
                                body,
                                new StreamSource(
                                        wrapper.apply(body.byteStream()),
                                        body.source().timeout())))
                        .build();
    }

    /** A body that can be watched, which begins with {@link #watched}. */
    static ResponseBody watchable(ResponseBody body) {
        return new StreamBody(body, new WatchedSource(body.source()));
    }

    /**
     * A response whose body is watched on its way to the program: the response itself, where it has been made with such
     * a body.
     *
     * @param length the number of bytes that the body has, -1: not known
     * @param broken see {@link WatchedSource}
     */
    static Response watched(Response response, long length, Consumer<IOException> broken) {
        ResponseBody body = response.body();
        if (body == null || (body instanceof StreamBody mine && mine.watch(length, broken))) {
            return response;
        }
        StreamBody made = new StreamBody(body, new WatchedSource(body.source()));
        boolean unused = made.watch(length, broken);
        return response.newBuilder().body(made).build();
    }

    private boolean watch(long bytes, Consumer<IOException> broken) {
        if (watched == null) {
            return false;
        }
        watched.begin(bytes, broken);
        return true;
    }

    @Override
    public @Nullable MediaType contentType() {
        return received.contentType();
    }

    @Override
    public long contentLength() {
        return received.contentLength();
    }

    @Override
    public BufferedSource source() {
        return source;
    }

    /** The head of a body that was not received. */
    private static final class Announced extends ResponseBody {
        private final @Nullable MediaType type;
        private final long length;

        Announced(@Nullable MediaType type, long length) {
            this.type = type;
            this.length = length;
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
            return new Buffer();
        }
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
