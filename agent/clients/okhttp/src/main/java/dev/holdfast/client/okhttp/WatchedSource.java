package dev.holdfast.client.okhttp;

import dev.holdfast.exchange.ResponseStreams;
import java.io.IOException;
import java.util.function.Consumer;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Source;
import org.jspecify.annotations.Nullable;

/**
 * The source of a response's body that tells, once, where it breaks, or ends before its announced length; not of what
 * follows from the program's own closing. The pieces of the body move through it and are not copied.
 */
final class WatchedSource extends ForwardingSource {
    /** The number of bytes that it gives, -1: not known. */
    private long length = -1;

    /** Null: nobody is told yet. */
    private @Nullable Consumer<IOException> broken;

    private long count;
    private boolean told;
    private volatile boolean closed;

    WatchedSource(Source source) {
        super(source);
    }

    /**
     * Watches it from now on.
     *
     * @param bytes the number of bytes that it gives from its beginning on, -1: not known
     * @param hears told once
     */
    void begin(long bytes, Consumer<IOException> hears) {
        length = bytes;
        broken = hears;
    }

    @Override
    public long read(Buffer to, long wanted) throws IOException {
        long n;
        try {
            n = super.read(to, wanted);
        } catch (IOException e) {
            tell(e);
            throw e;
        }
        if (n >= 0) {
            count += n;
        } else if (count < length) {
            tell(ResponseStreams.cutShort(length, count));
        }
        return n;
    }

    private void tell(IOException how) {
        Consumer<IOException> hears = broken;
        if (hears != null && !told && !closed) {
            told = true;
            hears.accept(how);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        super.close();
    }
}
