package dev.holdfast.exchange;

import dev.holdfast.call.ReplayMemory;
import dev.holdfast.policy.RetryPolicy;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The state of a request body of a library's that can be written once: recorded while the first attempt writes it, and
 * replayed by later ones. Written by one attempt at a time.
 */
public final class RequestBodyRecording {
    /** The program's own body. */
    public interface Body {
        /** Writes it, once. */
        void writeTo(OutputStream out) throws IOException;
    }

    private final RetryPolicy limits;
    private final ReplayMemory memory;
    private volatile boolean begun;
    private volatile boolean whole;
    private volatile @Nullable RecordedRequestStream recording;

    /** A body of which nothing was written. */
    public RequestBodyRecording(RetryPolicy limits, ReplayMemory memory) {
        this.limits = limits;
        this.memory = memory;
    }

    /** Returns whether an attempt can send it: nothing of it was read yet, or all of it is at hand. */
    public boolean canBeSent() {
        return !begun || isWhole();
    }

    /** Returns whether all of it is at hand. */
    public boolean isWhole() {
        RecordedRequestStream recorded = recording;
        return whole && recorded != null && recorded.isWhole();
    }

    /** The body's own stream is read: that uses it up. */
    public void reads() {
        begun = true;
    }

    /** Writes it, as it was recorded or for the first time. */
    public void write(Body body, OutputStream out) throws IOException {
        RecordedRequestStream recorded = recording;
        if (whole && recorded != null) {
            recorded.writeTo(out);
            return;
        }
        boolean first = !begun;
        begun = true;
        RecordedRequestStream recorder = new RecordedRequestStream(out, limits, memory, -1, broken -> {});
        recording = recorder;
        body.writeTo(recorder);
        whole = first;
    }

    /** Drops what was recorded. */
    public void release() {
        RecordedRequestStream recorded = recording;
        if (recorded != null) {
            recorded.release();
        }
    }
}
