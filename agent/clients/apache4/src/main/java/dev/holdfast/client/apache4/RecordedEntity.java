package dev.holdfast.client.apache4;

import dev.holdfast.call.ReplayMemory;
import dev.holdfast.exchange.RequestBodyRecording;
import dev.holdfast.policy.RetryPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.http.HttpEntity;
import org.apache.http.entity.HttpEntityWrapper;

/**
 * A request body that can be written once, recorded while the first attempt writes it. To the client it stays one that
 * cannot be repeated, so that it does not send it again by itself. One attempt at a time.
 */
final class RecordedEntity extends HttpEntityWrapper {
    private final HttpEntity original;
    private final RequestBodyRecording recording;

    /** A body of which nothing was written. */
    RecordedEntity(HttpEntity original, RetryPolicy limits, ReplayMemory memory) {
        super(original);
        this.original = original;
        this.recording = new RequestBodyRecording(limits, memory);
    }

    /** The program's own. */
    HttpEntity original() {
        return original;
    }

    /** The state of it: the bytes that were written. */
    RequestBodyRecording recording() {
        return recording;
    }

    @Override
    public boolean isRepeatable() {
        return false;
    }

    /** Returns the body's own stream; who reads that, and does not write it, uses it up. */
    @Override
    public InputStream getContent() throws IOException {
        recording.reads();
        return super.getContent();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        recording.write(super::writeTo, out);
    }
}
