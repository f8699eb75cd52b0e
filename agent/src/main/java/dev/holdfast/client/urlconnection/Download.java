package dev.holdfast.client.urlconnection;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The response's body on its way to the application: told apart, or held back, where it is cut short. */
final class Download {
    private Download() {}

    /**
     * A stream that passes everything on and says when it ends before its announced length, which the JDK's client
     * reports as success.
     *
     * @param stream the JDK's
     * @param length the announced length
     * @param cutShort told once
     */
    static InputStream watched(InputStream stream, long length, Consumer<IOException> cutShort) {
        return new Watched(stream, length, cutShort);
    }

    /**
     * A body read ahead.
     *
     * @param stream what the application gets to read
     * @param failure why it is not whole, null if it is (or if it was longer than the limit, and flows on behind it)
     */
    record Held(InputStream stream, @Nullable IOException failure) {}

    /**
     * Reads a body up to a limit before anybody sees it.
     *
     * @param stream the JDK's
     * @param length the announced length, -1 if none
     * @param limit how many bytes at most
     */
    static Held hold(InputStream stream, long length, long limit) {
        byte[] bytes = new byte[0];
        try {
            bytes = stream.readNBytes((int) Math.min(limit, Integer.MAX_VALUE - 8));
            if (length < 0 ? bytes.length == limit : length > bytes.length && bytes.length == limit) {
                return new Held(new SequenceInputStream(new ByteArrayInputStream(bytes), stream), null);
            }
            stream.close();
            IOException failure = length > bytes.length ? cutShort(length, bytes.length) : null;
            return new Held(new ByteArrayInputStream(bytes), failure);
        } catch (IOException e) {
            return new Held(new ByteArrayInputStream(bytes), e);
        }
    }

    private static IOException cutShort(long announced, long came) {
        return new IOException("the response ended after " + came + " of " + announced + " bytes");
    }

    private static final class Watched extends FilterInputStream {
        private final long length;
        private final Consumer<IOException> cutShort;
        private long count;
        private boolean told;

        Watched(InputStream in, long length, Consumer<IOException> cutShort) {
            super(in);
            this.length = length;
            this.cutShort = cutShort;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            seen(b < 0 ? -1 : 1);
            return b;
        }

        @Override
        public int read(byte[] bytes, int offset, int wanted) throws IOException {
            int n = in.read(bytes, offset, wanted);
            seen(n);
            return n;
        }

        @Override
        public long skip(long n) throws IOException {
            long skipped = in.skip(n);
            count += skipped;
            return skipped;
        }

        @Override
        public synchronized void reset() throws IOException {
            in.reset();
            told = true; // counted from somewhere else now: nothing can be said any more
        }

        private void seen(int n) {
            if (n > 0) {
                count += n;
            } else if (n < 0 && count < length && !told) {
                told = true;
                cutShort.accept(cutShort(length, count));
            }
        }

        private static IOException cutShort(long announced, long came) {
            return Download.cutShort(announced, came);
        }
    }
}
