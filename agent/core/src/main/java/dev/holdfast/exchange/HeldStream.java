package dev.holdfast.exchange;

import java.io.IOException;
import java.io.InputStream;

/**
 * A body that was read ahead, in the place of the client's own, which was read and closed by that. Once it is closed,
 * it releases its bytes, and the client's own stream says what a closed one says. One reader at a time; any thread
 * closes it.
 */
public final class HeldStream extends InputStream {
    /** The place that the client's own stream comes from. */
    @FunctionalInterface
    public interface Origin {
        /**
         * Returns the client's own stream, which was closed.
         *
         * @throws IOException as the client throws it
         */
        InputStream open() throws IOException;
    }

    private final Origin own;
    private volatile InputStream bytes;
    private volatile boolean closed;

    /**
     * A body of which nothing was read.
     *
     * @param bytes the body, which is closed with this stream
     * @param own opens the client's own stream
     */
    public HeldStream(InputStream bytes, Origin own) {
        this.bytes = bytes;
        this.own = own;
    }

    private InputStream source() throws IOException {
        return closed ? own.open() : bytes;
    }

    @Override
    public int read() throws IOException {
        return source().read();
    }

    @Override
    public int read(byte[] into, int offset, int wanted) throws IOException {
        return source().read(into, offset, wanted);
    }

    @Override
    public int available() throws IOException {
        return source().available();
    }

    @Override
    public void close() throws IOException {
        InputStream held = bytes;
        drop();
        held.close();
    }

    /** Closes it, and leaves alone what of the body is still on its way: the connection is to be aborted. */
    public void drop() {
        closed = true;
        bytes = InputStream.nullInputStream();
    }
}
