package dev.holdfast.exchange;

import dev.holdfast.call.ReplayMemory;
import dev.holdfast.policy.RetryPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A streamed request body on its way: passes everything on, keeps a copy while that is small enough, and tells when the
 * body can no longer be sent. Written by one thread, as the JDK's own stream; replayed and released by others too.
 */
public final class RecordedRequestStream extends OutputStream {
    private final OutputStream to;
    private final RetryPolicy limits;
    private final ReplayMemory.Share share;
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
     * @param limits how many bytes are kept, of this body and of all
     * @param memory what all of them take
     * @param announced how many bytes are to be written, -1 if that is not known
     * @param broken told when the body can no longer be sent, on the thread that writes it: by the exception that the
     *     application gets, or by null where that is the application's own mistake
     */
    public RecordedRequestStream(
            OutputStream to,
            RetryPolicy limits,
            ReplayMemory memory,
            long announced,
            Consumer<@Nullable IOException> broken) {
        this.to = to;
        this.limits = limits;
        this.share = memory.open(this);
        this.announced = announced;
        this.broken = broken;
    }

    /** Returns whether all that was written was sent, and is at hand. */
    public boolean isWhole() {
        return copy != null && !failed;
    }

    /** Writes what was written again. */
    public void writeTo(OutputStream other) throws IOException {
        ByteArrayOutputStream whole = copy;
        if (whole == null) {
            throw new IOException("the request's body was released, or not recorded");
        }
        whole.writeTo(other);
    }

    /** The number of bytes that were written; seen by another thread than the writing one, perhaps some fewer. */
    public long written() {
        return written;
    }

    /** Drops the copy. */
    public void release() {
        copy = null;
        share.close();
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
        if (kept != null
                && (kept.size() + (long) length > limits.replayLimitBytes()
                        || !share.take(length, limits.replayMaxBytes()))) {
            release();
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
