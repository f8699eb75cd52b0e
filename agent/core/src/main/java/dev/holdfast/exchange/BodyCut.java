package dev.holdfast.exchange;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The cut of a response's body by an injected fault: what comes before it is passed on, and then the body breaks.
 *
 * @param bytes the number of bytes before it
 * @param error the exception that the reader gets then
 */
public record BodyCut(long bytes, IOException error) {
    /** Returns the stream with the cut. */
    public InputStream of(InputStream stream) {
        return new Cut(stream, bytes, error);
    }

    private static final class Cut extends FilterInputStream {
        private final IOException error;
        private long left;

        Cut(InputStream stream, long left, IOException error) {
            super(stream);
            this.left = left;
            this.error = error;
        }

        /** Breaks where the cut is; a body that ends there is whole. */
        private void pass() throws IOException {
            if (left <= 0 && in.read() >= 0) {
                throw error;
            }
        }

        @Override
        public int read() throws IOException {
            pass();
            int b = in.read();
            left -= b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] buffer, int offset, int wanted) throws IOException {
            if (wanted == 0) {
                return 0;
            }
            pass();
            int n = in.read(buffer, offset, (int) Math.min(wanted, Math.max(1, left)));
            left -= Math.max(0, n);
            return n;
        }

        @Override
        public long skip(long n) throws IOException {
            long skipped = in.skip(Math.min(n, left));
            left -= skipped;
            return skipped;
        }

        @Override
        public int available() throws IOException {
            return (int) Math.min(in.available(), left);
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
