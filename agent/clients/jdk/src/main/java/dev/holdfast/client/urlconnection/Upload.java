package dev.holdfast.client.urlconnection;

import dev.holdfast.call.ReplayMemory;
import dev.holdfast.exchange.RecordedRequestStream;
import dev.holdfast.policy.RetryPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The request's body as the application writes it, and its replay. In the buffered mode the JDK's own stream is a
 * {@link ByteArrayOutputStream}, so that a replay costs nothing before it is needed; in the streaming modes what passes
 * is recorded up to a limit. The mode on the wire stays the one that the application chose.
 */
abstract sealed class Upload {
    /**
     * The body behind a stream that the JDK gave out.
     *
     * @param stream the JDK's
     * @param limits how many bytes are recorded, of this body and of all
     * @param memory what all of them take
     * @param length how many bytes the application announced, -1 if none
     * @param broken told when a streamed body can no longer be sent, on the thread that writes it: by the exception
     *     that the application gets, or by null where that is the application's own mistake
     */
    static Upload of(
            OutputStream stream,
            RetryPolicy limits,
            ReplayMemory memory,
            long length,
            Consumer<@Nullable IOException> broken) {
        return stream instanceof ByteArrayOutputStream buffer
                ? new Buffered(buffer)
                : new Streamed(new RecordedRequestStream(stream, limits, memory, length, broken));
    }

    /** Returns the stream that the application writes to; null: the JDK's own, since nothing is recorded any more. */
    abstract @Nullable OutputStream stream();

    /** Returns whether the whole body is at hand. */
    abstract boolean replayable();

    /** Returns the number of bytes that the application has written, as far as this thread can tell. */
    abstract long written();

    /** Writes the body again. */
    abstract void replayTo(OutputStream to) throws IOException;

    /**
     * Releases the body, which no further attempt will need: it must not stay in memory as long as the connection
     * object does.
     */
    abstract void release();

    private static final class Buffered extends Upload {
        private volatile @Nullable ByteArrayOutputStream buffer;

        Buffered(ByteArrayOutputStream buffer) {
            this.buffer = buffer;
        }

        @Override
        @Nullable
        OutputStream stream() {
            return buffer;
        }

        @Override
        boolean replayable() {
            return buffer != null;
        }

        @Override
        long written() {
            ByteArrayOutputStream held = buffer;
            return held == null ? 0 : held.size();
        }

        @Override
        void replayTo(OutputStream to) throws IOException {
            ByteArrayOutputStream held = buffer;
            if (held == null) {
                throw new IOException("the request's body was released");
            }
            held.writeTo(to);
            to.close();
        }

        @Override
        void release() {
            buffer = null;
        }
    }

    private static final class Streamed extends Upload {
        private final RecordedRequestStream recorded;

        Streamed(RecordedRequestStream recorded) {
            this.recorded = recorded;
        }

        @Override
        OutputStream stream() {
            return recorded;
        }

        @Override
        boolean replayable() {
            return recorded.isWhole();
        }

        @Override
        long written() {
            return recorded.written();
        }

        @Override
        void replayTo(OutputStream to) throws IOException {
            recorded.writeTo(to);
            to.close();
        }

        @Override
        void release() {
            recorded.release();
        }
    }
}
