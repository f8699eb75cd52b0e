package dev.holdfast.client.urlconnection;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A streamed request body on its way: passes everything on, keeps a copy while that is small enough, and tells when the body
 * can no longer be sent. Written by one thread, as the JDK's own stream; replayed and released by others too.
 */
final class RecordedUpload extends OutputStream {
    private final OutputStream to;
    private final long limit;
    private final long announced;
    private final Consumer<@Nullable IOException> broken;
    /** Null: it has become too large, or is not needed any more. */
    private volatile @Nullable ByteArrayOutputStream copy = new ByteArrayOutputStream();

    private long written;
    private volatile boolean failed;
    private boolean closed;

    /**
     * A body of which nothing was written yet.
     *
     * @param to the JDK's stream
     * @param limit how many bytes are kept
     * @param announced how many bytes are to be written, -1 if that is not known
     * @param broken see {@link Upload#of}
     */
    RecordedUpload(OutputStream to, long limit, long announced, Consumer<@Nullable IOException> broken) {
        this.to = to;
        this.limit = limit;
        this.announced = announced;
        this.broken = broken;
    }

    /** Whether all that was written was sent, and is at hand. */
    boolean isWhole() {
        return copy != null && !failed;
    }

    /** Writes what was written again. */
    void writeTo(OutputStream other) throws IOException {
        ByteArrayOutputStream whole = copy;
        if (whole == null) {
            throw new IOException("the request's body was released, or not recorded");
        }
        whole.writeTo(other);
    }

    /** Drops the copy. */
    void release() {
        copy = null;
    }

    @Override
    public void write(int b) throws IOException {
        try {
            to.write(b);
        } catch (IOException e) {
            throw broken(e, 1);
        }
        ByteArrayOutputStream kept = kept(1);
        if (kept != null) {
            kept.write(b);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            to.write(bytes, offset, length);
        } catch (IOException e) {
            throw broken(e, length);
        }
        ByteArrayOutputStream kept = kept(length);
        if (kept != null) {
            kept.write(bytes, offset, length);
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            to.flush();
        } catch (IOException e) {
            throw broken(e, 0);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            to.close();
        } catch (IOException e) {
            throw written < announced ? misused(e) : broken(e, 0);
        } finally {
            closed = true;
        }
    }

    private @Nullable ByteArrayOutputStream kept(int length) {
        written += length;
        ByteArrayOutputStream kept = copy;
        if (kept != null && kept.size() + (long) length > limit) {
            copy = null;
            return null;
        }
        return kept;
    }

    private IOException broken(IOException how, int length) {
        if (closed) {
            return how; // the JDK's stream refuses what comes behind its end, which changes nothing
        }
        if (announced >= 0 && written + length > announced) {
            return misused(how);
        }
        if (!failed) {
            failed = true;
            broken.accept(how);
        }
        return how;
    }

    /** The application wrote more, or less, than it announced: the JDK gives the request up. */
    private IOException misused(IOException how) {
        if (!failed) {
            failed = true;
            broken.accept(null);
        }
        return how;
    }
}
