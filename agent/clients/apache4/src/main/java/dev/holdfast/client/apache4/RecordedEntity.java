package dev.holdfast.client.apache4;

import dev.holdfast.call.ReplayMemory;
import dev.holdfast.exchange.RecordedRequestStream;
import dev.holdfast.policy.RetryPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.http.HttpEntity;
import org.apache.http.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A request body that can be written once, recorded while the first attempt writes it. To the client it stays one that
 * cannot be repeated, so that it does not send it again by itself. One attempt at a time.
 */
final class RecordedEntity extends HttpEntityWrapper {
    private final HttpEntity original;
    private final RetryPolicy limits;
    private final ReplayMemory memory;
    private volatile boolean begun;
    private volatile boolean whole;
    private volatile @Nullable RecordedRequestStream recording;

    /** A body of which nothing was written. */
    RecordedEntity(HttpEntity original, RetryPolicy limits, ReplayMemory memory) {
        super(original);
        this.original = original;
        this.limits = limits;
        this.memory = memory;
    }

    /** The program's own. */
    HttpEntity original() {
        return original;
    }

    /** Returns whether an attempt can send it: nothing of it was read yet, or all of it is at hand. */
    boolean canBeSent() {
        return !begun || isWhole();
    }

    /** Returns whether all of it is at hand. */
    boolean isWhole() {
        RecordedRequestStream recorded = recording;
        return whole && recorded != null && recorded.isWhole();
    }

    /** Drops the recording. */
    void release() {
        RecordedRequestStream recorded = recording;
        if (recorded != null) {
            recorded.release();
        }
    }

    @Override
    public boolean isRepeatable() {
        return false;
    }

    /** Returns the body's own stream; who reads that, and does not write it, uses it up. */
    @Override
    public InputStream getContent() throws IOException {
        begun = true;
        return super.getContent();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        RecordedRequestStream recorded = recording;
        if (whole && recorded != null) {
            recorded.writeTo(out);
            return;
        }
        boolean first = !begun;
        begun = true;
        RecordedRequestStream recorder = new RecordedRequestStream(out, limits, memory, -1, broken -> {});
        recording = recorder;
        super.writeTo(recorder);
        whole = first;
    }
}
