package dev.holdfast.client.apache5;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.io.EofSensorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A stream in the place of the client's own, and of the same public type: programs cast it to abort its connection.
 * Reads from the given stream alone, which has noticed the end of the client's by itself.
 */
final class ReceivedStream extends EofSensorInputStream {
    private final InputStream stream;
    /** Aborts the connection; null: the body comes from elsewhere. */
    private final @Nullable EofSensorInputStream received;

    /**
     * A stream of the client's type.
     *
     * @param stream what is read
     * @param received aborts the connection; null: there is none
     */
    ReceivedStream(InputStream stream, @Nullable EofSensorInputStream received) {
        super(stream, null);
        this.stream = stream;
        this.received = received;
    }

    @Override
    public int read() throws IOException {
        return stream.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int wanted) throws IOException {
        return stream.read(bytes, offset, wanted);
    }

    @Override
    public int read(byte[] bytes) throws IOException {
        return stream.read(bytes, 0, bytes.length);
    }

    @Override
    public long skip(long n) throws IOException {
        return stream.skip(n);
    }

    @Override
    public int available() throws IOException {
        return stream.available();
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }

    @Override
    public void abort() throws IOException {
        try {
            if (received != null) {
                received.abort();
            }
        } finally {
            stream.close();
        }
    }
}
