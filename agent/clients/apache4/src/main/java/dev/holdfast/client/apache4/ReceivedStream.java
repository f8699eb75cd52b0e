package dev.holdfast.client.apache4;

import java.io.IOException;
import java.io.InputStream;
import org.apache.http.conn.ConnectionReleaseTrigger;
import org.apache.http.conn.EofSensorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A stream in the place of the client's own, and of the same public type: programs cast it to abort its connection.
 * Reads from the given stream alone, which has noticed the end of the client's by itself.
 */
final class ReceivedStream extends EofSensorInputStream {
    /** Aborts the connection; null: the body comes from elsewhere. */
    private final @Nullable ConnectionReleaseTrigger received;

    /**
     * A stream of the client's type.
     *
     * @param stream what is read
     * @param received aborts the connection; null: there is none
     */
    ReceivedStream(InputStream stream, @Nullable ConnectionReleaseTrigger received) {
        super(stream, null);
        this.received = received;
    }

    @Override
    public int read() throws IOException {
        return wrappedStream.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int wanted) throws IOException {
        return wrappedStream.read(bytes, offset, wanted);
    }

    @Override
    public int read(byte[] bytes) throws IOException {
        return wrappedStream.read(bytes, 0, bytes.length);
    }

    @Override
    public long skip(long n) throws IOException {
        return wrappedStream.skip(n);
    }

    @Override
    public int available() throws IOException {
        return wrappedStream.available();
    }

    @Override
    public void close() throws IOException {
        wrappedStream.close();
    }

    @Override
    public void abortConnection() throws IOException {
        try {
            if (received != null) {
                received.abortConnection();
            }
        } finally {
            wrappedStream.close();
        }
    }
}
