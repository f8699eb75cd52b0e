package dev.holdfast.exchange;

import dev.holdfast.policy.ByteString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.SocketTimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The response's body on its way to the application: told apart, or held back, where it is cut short. */
public final class ResponseStreams {
    private static final int PIECE = 8192;

    private ResponseStreams() {}

    /**
     * A stream that passes everything on and says when it breaks, or ends before its announced length, which the JDK's
     * client reports as success.
     *
     * @param stream the JDK's
     * @param length the announced length, -1 if none
     * @param broken told once; not of what follows from the application's own closing
     */
    public static InputStream watched(InputStream stream, long length, Consumer<IOException> broken) {
        return new Watched(stream, length, broken);
    }

    /**
     * Makes streams that are {@link #watched}. No lambda: a program's first call comes through here.
     *
     * @param length the announced length, -1 if none
     * @param broken told once of each stream
     */
    record Watch(long length, Consumer<IOException> broken) implements UnaryOperator<InputStream> {
        @Override
        public InputStream apply(InputStream stream) {
            return watched(stream, length, broken);
        }
    }

    /**
     * A body read ahead.
     *
     * @param stream what the application gets to read
     * @param failure why it is not whole, null if it is (or if it was longer than the limit, and flows on behind it)
     * @param flowsOn whether the rest of it is yet to come
     * @param whole the whole of it; null: it is not whole
     */
    public record Held(
            InputStream stream,
            @Nullable IOException failure,
            boolean flowsOn,
            @Nullable ByteString whole) {
        /**
         * The response as it is judged: with its body, if that is whole.
         *
         * @param limit the most bytes of text
         */
        public ResponseHead seenWith(ResponseHead head, long limit) {
            ByteString body = whole;
            return body == null ? head : HeldResponse.of(head, body.bytes(), limit);
        }
    }

    /**
     * Reads a body up to a limit before anybody sees it. What it lacks then, it lacks for the application too: where
     * the JDK's stream broke, what came is followed by that very exception.
     *
     * @param stream the JDK's
     * @param length the announced length, -1 if none
     * @param limit how many bytes at most
     * @param late whether the attempt's time is up; asked between reads
     * @param beforeLast null, or run before the last byte of a body with an announced length is read, with which the
     *     JDK may close the socket; that byte is left to the application if it is not there yet
     */
    public static Held hold(
            InputStream stream, long length, long limit, BooleanSupplier late, @Nullable Runnable beforeLast) {
        // One byte past the limit tells whether a body of unknown length ends there.
        long most = length < 0 ? limit + 1 : limit;
        long guarded = beforeLast == null || length < 0 ? most : Math.min(limit, length - 1);
        ByteArrayOutputStream held = new ByteArrayOutputStream();
        try {
            read(stream, guarded, held, late);
            if (beforeLast != null && held.size() == length - 1) {
                beforeLast.run();
                if (stream.available() == 0) {
                    InputStream first = new ByteArrayInputStream(held.toByteArray());
                    return new Held(new SequenceInputStream(first, stream), null, true, null);
                }
                read(stream, limit, held, late);
            }
            byte[] came = held.toByteArray();
            InputStream bytes = new ByteArrayInputStream(came);
            if (length < 0 ? held.size() > limit : length > held.size() && held.size() == limit) {
                return new Held(new SequenceInputStream(bytes, stream), null, true, null);
            }
            stream.close();
            return length > came.length
                    ? new Held(bytes, cutShort(length, came.length), false, null)
                    : new Held(bytes, null, false, ByteString.owning(came));
        } catch (IOException e) {
            letGo(stream);
            InputStream broken = new SequenceInputStream(new ByteArrayInputStream(held.toByteArray()), new Broken(e));
            return new Held(broken, e, false, null);
        }
    }

    private static void read(InputStream stream, long upTo, ByteArrayOutputStream held, BooleanSupplier late)
            throws IOException {
        byte[] piece = new byte[(int) Math.min(Math.max(1, upTo), PIECE)];
        int n = 0;
        while (held.size() < upTo && n >= 0) {
            n = stream.read(piece, 0, (int) Math.min(piece.length, upTo - held.size()));
            held.write(piece, 0, Math.max(0, n));
            if (n >= 0 && late.getAsBoolean()) {
                throw new SocketTimeoutException("Read timed out");
            }
        }
    }

    /**
     * A whole body, if it is there: never waits for the peer.
     *
     * @param stream the JDK's, of which nothing was read
     * @param length the announced length, -1 if none
     * @param limit how many bytes at most
     * @return null: its end is not known beforehand, it is too long, or something of it has not arrived or will not;
     *     nothing of it is lost then
     */
    public static byte @Nullable [] arrived(InputStream stream, long length, int limit) {
        try {
            if (length < 0 || length > limit || stream.available() < length) {
                return null;
            }
            byte[] body = stream.readNBytes((int) length);
            return body.length == length ? body : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static void letGo(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            // It is broken already.
        }
    }

    /**
     * The failure of a body that ended before its announced length.
     *
     * @param came the number of bytes that came
     */
    public static IOException cutShort(long announced, long came) {
        return new IOException("the response ended after " + came + " of " + announced + " bytes");
    }

    /** The end of a body that broke. */
    private static final class Broken extends InputStream {
        private final IOException failure;

        Broken(IOException failure) {
            this.failure = failure;
        }

        @Override
        public int read() throws IOException {
            throw failure;
        }

        @Override
        public int read(byte[] bytes, int offset, int wanted) throws IOException {
            throw failure; // InputStream would swallow it behind the first byte
        }
    }

    private static final class Watched extends FilterInputStream {
        private final long length;
        private final Consumer<IOException> broken;
        private long count;
        private boolean told;
        private volatile boolean closed;

        Watched(InputStream in, long length, Consumer<IOException> broken) {
            super(in);
            this.length = length;
            this.broken = broken;
        }

        @Override
        public int read() throws IOException {
            try {
                int b = in.read();
                seen(b < 0 ? -1 : 1);
                return b;
            } catch (IOException e) {
                throw broke(e);
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int wanted) throws IOException {
            try {
                int n = in.read(bytes, offset, wanted);
                seen(n);
                return n;
            } catch (IOException e) {
                throw broke(e);
            }
        }

        @Override
        public long skip(long n) throws IOException {
            try {
                long skipped = in.skip(n);
                count += skipped;
                return skipped;
            } catch (IOException e) {
                throw broke(e);
            }
        }

        @Override
        public synchronized void reset() throws IOException {
            in.reset();
            told = true; // counted from somewhere else now: nothing can be said any more
        }

        @Override
        public void close() throws IOException {
            closed = true;
            in.close();
        }

        private void seen(int n) {
            if (n > 0) {
                count += n;
            } else if (n < 0 && count < length) {
                IOException unused = broke(cutShort(length, count));
            }
        }

        private IOException broke(IOException how) {
            if (!told && !closed) {
                told = true;
                broken.accept(how);
            }
            return how;
        }
    }
}
