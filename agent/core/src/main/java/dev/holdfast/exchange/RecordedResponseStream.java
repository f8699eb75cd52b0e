package dev.holdfast.exchange;

import dev.holdfast.fallback.ResponseRecording;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Copies a body for the cache while the application reads it; nothing is read for the copy's sake. What was skipped, or
 * read again, makes no copy.
 */
public final class RecordedResponseStream extends FilterInputStream {
    private final ResponseRecording recording;
    private final long length;
    private long count;
    private boolean over;
    private final byte[] one = new byte[1];

    private RecordedResponseStream(InputStream in, long length, ResponseRecording recording) {
        super(in);
        this.length = length;
        this.recording = recording;
    }

    /**
     * Records a stream. As it names the class for the caller, whose own bytecode the verifier checks, a program of
     * which nothing is recorded does not load it.
     *
     * @param length the announced length, -1 if none: with its last byte the body is complete
     */
    public static InputStream of(InputStream in, long length, ResponseRecording recording) {
        return new RecordedResponseStream(in, length, recording);
    }

    @Override
    public int read() throws IOException {
        int b = in.read();
        one[0] = (byte) b;
        seen(one, 0, b < 0 ? -1 : 1);
        return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int wanted) throws IOException {
        int n = in.read(bytes, offset, wanted);
        seen(bytes, offset, n);
        return n;
    }

    private void seen(byte[] bytes, int offset, int n) {
        if (over) {
            return;
        }
        if (n > 0) {
            recording.add(bytes, offset, n);
            count += n;
        }
        if (n < 0 || count == length) {
            over = true;
            if (length < 0 || count == length) {
                recording.complete(); // else it was cut short, which this client reports as success
            }
        }
    }

    @Override
    public void close() throws IOException {
        recording.cancel(); // no effect on one that is complete
        in.close();
    }

    @Override
    public long skip(long n) throws IOException {
        over = true;
        recording.cancel();
        return in.skip(n);
    }

    @Override
    public synchronized void reset() throws IOException {
        over = true;
        recording.cancel();
        in.reset();
    }
}
