package dev.holdfast.client.okhttp;

import dev.holdfast.call.ReplayMemory;
import dev.holdfast.exchange.RecordedRequestStream;
import dev.holdfast.policy.RetryPolicy;
import java.io.IOException;
import java.io.OutputStream;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.Buffer;
import okio.BufferedSink;
import okio.ForwardingSink;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/**
 * A body of unknown kind, which is recorded, up to a limit, while it is written for the first time; later attempts
 * write the recording. The library may ask for it again within an attempt, as it would ask the original.
 */
final class RecordedBody extends RequestBody {
    private final RequestBody original;
    private final RetryPolicy limits;
    private final ReplayMemory memory;
    private volatile @Nullable RecordedRequestStream recording;
    private volatile boolean whole;

    RecordedBody(RequestBody original, RetryPolicy limits, ReplayMemory memory) {
        this.original = original;
        this.limits = limits;
        this.memory = memory;
    }

    /** The body of the next attempt. */
    RequestBody toSend() {
        RecordedRequestStream made = recording;
        return whole && made != null && made.isWhole() ? new Replay(original.contentType(), made) : this;
    }

    /** Returns whether it was not asked for yet, or was recorded to its end. */
    boolean isReplayable() {
        RecordedRequestStream made = recording;
        return made == null || (whole && made.isWhole());
    }

    /** Drops the recording. */
    void release() {
        RecordedRequestStream made = recording;
        if (made != null) {
            made.release();
        }
    }

    @Override
    public @Nullable MediaType contentType() {
        return original.contentType();
    }

    @Override
    public long contentLength() throws IOException {
        return original.contentLength();
    }

    /** Asked by the versions that know of it. */
    @Override
    public boolean isOneShot() {
        return OptionalMethods.isOneShot(original);
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        release();
        whole = false;
        RecordedRequestStream made =
                new RecordedRequestStream(OutputStream.nullOutputStream(), limits, memory, -1, error -> {});
        recording = made;
        BufferedSink copying = Okio.buffer(new ForwardingSink(sink) {
            @Override
            public void write(Buffer source, long byteCount) throws IOException {
                Buffer unused = source.copyTo(made, 0, byteCount);
                super.write(source, byteCount);
            }
        });
        original.writeTo(copying);
        BufferedSink unused = copying.emit();
        whole = true;
    }

    /** The body of a later attempt. */
    private static final class Replay extends RequestBody {
        private final @Nullable MediaType type;
        private final RecordedRequestStream recording;

        Replay(@Nullable MediaType type, RecordedRequestStream recording) {
            this.type = type;
            this.recording = recording;
        }

        @Override
        public @Nullable MediaType contentType() {
            return type;
        }

        @Override
        public long contentLength() {
            return recording.written();
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            recording.writeTo(sink.outputStream());
        }
    }
}
