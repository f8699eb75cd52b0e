package dev.holdfast.client.urlconnection;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * The request's body as the application writes it, and its replay. In the buffered mode the JDK's own stream is a
 * {@link ByteArrayOutputStream}, so that a replay costs nothing before it is needed; in the streaming modes what passes is
 * recorded up to a limit. The mode on the wire stays the one that the application chose.
 */
abstract sealed class Upload {
    /**
     * The body behind a stream that the JDK gave out.
     *
     * @param stream the JDK's
     * @param limit how many bytes are recorded
     */
    static Upload of(OutputStream stream, long limit) {
        return stream instanceof ByteArrayOutputStream buffer ? new Buffered(buffer) : new Streamed(stream, limit);
    }

    /** What the application writes to. */
    abstract OutputStream stream();

    /** Whether the whole body is at hand. */
    abstract boolean replayable();

    /** Writes the body again. */
    abstract void replayTo(OutputStream to) throws IOException;

    private static final class Buffered extends Upload {
        private final ByteArrayOutputStream buffer;

        Buffered(ByteArrayOutputStream buffer) {
            this.buffer = buffer;
        }

        @Override
        OutputStream stream() {
            return buffer;
        }

        @Override
        boolean replayable() {
            return true;
        }

        @Override
        void replayTo(OutputStream to) throws IOException {
            buffer.writeTo(to);
            to.close();
        }
    }

    private static final class Streamed extends Upload {
        private final Recorder recorder;

        Streamed(OutputStream stream, long limit) {
            this.recorder = new Recorder(stream, limit);
        }

        @Override
        OutputStream stream() {
            return recorder;
        }

        @Override
        boolean replayable() {
            return recorder.whole();
        }

        @Override
        void replayTo(OutputStream to) throws IOException {
            recorder.writeTo(to);
            to.close();
        }
    }

    /** Passes everything on and keeps a copy while it is small enough. Used by one thread, as the JDK's own stream. */
    private static final class Recorder extends OutputStream {
        private final OutputStream to;
        private final long limit;
        private final ByteArrayOutputStream copy = new ByteArrayOutputStream();
        private boolean overflowed;
        private boolean broken;

        Recorder(OutputStream to, long limit) {
            this.to = to;
            this.limit = limit;
        }

        boolean whole() {
            return !overflowed && !broken;
        }

        void writeTo(OutputStream other) throws IOException {
            copy.writeTo(other);
        }

        @Override
        public void write(int b) throws IOException {
            broken = true;
            to.write(b);
            broken = false;
            if (fits(1)) {
                copy.write(b);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            broken = true;
            to.write(bytes, offset, length);
            broken = false;
            if (fits(length)) {
                copy.write(bytes, offset, length);
            }
        }

        private boolean fits(int length) {
            if (!overflowed && (long) copy.size() + length > limit) {
                overflowed = true;
                copy.reset();
            }
            return !overflowed;
        }

        @Override
        public void flush() throws IOException {
            to.flush();
        }

        @Override
        public void close() throws IOException {
            to.close();
        }
    }
}
